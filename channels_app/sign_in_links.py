"""The mails with the links by which customers sign in."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import QuerySet

from channels_app.adapters.email.sign_in_mail import mail_id_of, render_sign_in_mail
from channels_app.link_outbox import LinkOutbox
from tickets.models import SignInLink

PAUSES = [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=8), timedelta(minutes=20)]


class SignInLinks(LinkOutbox[SignInLink]):
    due = "due_at"
    pauses = PAUSES

    def rows(self) -> QuerySet[SignInLink]:
        return SignInLink.objects.select_related("centre")

    def why_not(self, row: SignInLink, now: datetime) -> str | None:
        return "expired" if row.used_at or row.expires_at <= now else None

    def render(self, row: SignInLink, *, now: datetime) -> bytes:
        return render_sign_in_mail(row, now=now)

    def mail_id(self, row: SignInLink) -> str:
        return mail_id_of(row)


OUTBOX = SignInLinks()
