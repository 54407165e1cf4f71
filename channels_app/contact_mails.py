"""The mails with the links by which requests from forms become tickets.

They hold nothing that was written into the form: whoever fills in somebody else's address reaches them with our words
only.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from channels_app.adapters.email.link_mail import link_mail
from channels_app.link_outbox import LinkOutbox
from helpdesk.lib.signing import sign
from knowledge_base.centres import spoken_in
from tickets.models import ContactRequest, RequestState
from tickets.portal.contact_links import mail_link
from tickets.portal.opening import inbox_for

PAUSES = [timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10), timedelta(minutes=60)]


class ContactMails(LinkOutbox[ContactRequest]):
    due = "mail_due_at"
    pauses = PAUSES

    def rows(self) -> QuerySet[ContactRequest]:
        return ContactRequest.objects.select_related("form__inbox", "centre")

    def why_not(self, row: ContactRequest, now: datetime) -> str | None:
        return "" if row.state != RequestState.WAITING or row.expires_at <= now else None

    def render(self, row: ContactRequest, *, now: datetime) -> bytes:
        """In the language of the form. Answers to it are read: it comes from the form's inbox."""
        inbox = inbox_for(row.form)
        with translation.override(spoken_in(row.language)):
            facts: dict[str, object] = {"house": inbox.name, "link": mail_link(row), "until": row.expires_at}
            return link_mail(
                "channels/contact_mail",
                facts,
                subject=_("One click, and your request is on its way"),
                sender=(inbox.name, inbox.address),
                to=row.email,
                mail_id=self.mail_id(row),
                now=now,
            )

    def mail_id(self, row: ContactRequest) -> str:
        return f"c.{row.pk}.{sign('contact-mail-id', row.pk)}@{settings.INSTANCE_DOMAIN}"


OUTBOX = ContactMails()
