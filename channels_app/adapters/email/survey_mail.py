"""The mail of a survey: its question with one link for each answer. An answer by mail goes to the ticket.

Faces and numbers are characters, so that they are there also where pictures are not loaded; each is a link to a page
on which the answer is chosen already, and nothing is counted before a person presses the button there.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import translation

from channels_app.adapters.email import tokens
from channels_app.adapters.email.chat_mail import reply_address
from channels_app.adapters.email.link_mail import link_mail
from customers.models import ContactChannel, Purpose
from customers.preferences import preferences_address, unsubscribe_address
from tickets.models import Inbox, SurveyInvitation, SurveyMail, SurveyMailKind
from tickets.services import Refused
from tickets.surveys.links import answer_address, trial_address
from tickets.surveys.preview import TEMPLATE, facts_of


def render_survey_mail(mail: SurveyMail, *, mail_id: str, now: datetime) -> bytes:
    """Raises `BadAddress`, and `Refused` where there is nobody to be asked any more."""
    if mail.invitation is None:
        return _trial(mail, mail_id=mail_id, now=now)
    invitation = mail.invitation
    if invitation.customer is None:
        raise Refused("nobody is there to be asked")
    inbox = invitation.ticket.inbox
    stop = preferences_address(invitation.customer, ContactChannel.EMAIL, Purpose.SURVEY)
    facts = facts_of(
        mail.survey, mail.language, inbox, lambda value: answer_address(invitation, value),
        is_reminder=mail.kind == SurveyMailKind.REMINDER, stop=stop, mark=_mark(invitation),
        number=invitation.ticket.number, about=invitation.ticket.subject,
    )  # fmt: skip
    with translation.override(facts["language"]):
        return link_mail(
            TEMPLATE,
            facts,
            subject=facts["subject"],
            sender=(inbox.name, inbox.address),
            to=mail.email,
            reply_to=reply_address(inbox, invitation.ticket),
            mail_id=mail_id,
            now=now,
            unsubscribe=unsubscribe_address(invitation.customer, ContactChannel.EMAIL, Purpose.SURVEY),
        )


def _trial(mail: SurveyMail, *, mail_id: str, now: datetime) -> bytes:
    """To the admin who made the survey: from the first inbox that is active, with links that keep nothing."""
    inbox = Inbox.objects.filter(is_active=True).order_by("pk").first()
    if inbox is None:
        raise Refused("there is no inbox to send from")
    facts = facts_of(
        mail.survey, mail.language, inbox, lambda value: trial_address(mail.survey, value), is_trial=True
    )  # fmt: skip
    with translation.override(facts["language"]):
        return link_mail(
            TEMPLATE, facts, subject=facts["subject"], sender=(inbox.name, inbox.address), to=mail.email,
            mail_id=mail_id, now=now,
        )  # fmt: skip


def _mark(invitation: SurveyInvitation) -> str:
    return tokens.footer_mark(invitation.ticket.inbox_id, invitation.ticket.number)
