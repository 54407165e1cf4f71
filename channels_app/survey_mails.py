"""Mails of surveys: the question, its one reminder, and an admin's test to themselves."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet

from channels_app.adapters.email.survey_mail import render_survey_mail
from channels_app.link_outbox import LinkOutbox
from channels_app.stored_mail import TO_STAFF
from customers.models import Purpose
from helpdesk.lib.signing import sign
from tickets.models import InvitationState, SurveyMail
from tickets.surveys.asking import note_undelivered

PAUSES = [timedelta(minutes=minutes) for minutes in (1, 10, 60, 240)]


class SurveyMails(LinkOutbox[SurveyMail]):
    due = "due_at"
    pauses = PAUSES

    def rows(self) -> QuerySet[SurveyMail]:
        return SurveyMail.objects.select_related("survey", "invitation__ticket__inbox", "invitation__customer")

    def why_not(self, row: SurveyMail, now: datetime) -> str | None:
        """Who has answered meanwhile is asked no more."""
        if row.invitation and row.invitation.state != InvitationState.SENT:
            return "answered meanwhile"
        return None

    def purpose_of(self, row: SurveyMail) -> str:
        return Purpose.SURVEY if row.invitation else TO_STAFF

    def render(self, row: SurveyMail, *, now: datetime) -> bytes:
        return render_survey_mail(row, mail_id=self.mail_id(row), now=now)

    def mail_id(self, row: SurveyMail) -> str:
        return f"s.{row.pk}.{sign('survey-mail-id', row.pk)}@{settings.INSTANCE_DOMAIN}"

    def given_up(self, row: SurveyMail, error: str, *, now: datetime) -> None:
        note_undelivered(row, now=now)


OUTBOX = SurveyMails()
