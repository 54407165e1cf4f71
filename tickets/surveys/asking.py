"""Asking what is due: each invitation is decided once, under the lock of its ticket, and its mail written down with it.

A worker that is killed leaves it as it was. The mail is sent by channels_app, from the row written here.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from time import monotonic

from django.conf import settings
from django.db import connection, transaction
from django.utils import timezone
from django.utils.module_loading import import_string

from customers.actors import SYSTEM
from customers.consent import may_contact
from customers.models import ContactChannel, Customer, Purpose
from knowledge_base.centres import spoken_in
from tickets.events import SurveySent, SurveySkipped
from tickets.models import (
    InvitationState,
    SurveyInvitation,
    SurveyKind,
    SurveyMail,
    SurveyMailKind,
    SurveyMoment,
    Ticket,
    WhySkipped,
)
from tickets.services import gesture, own_addresses, usual_recipients
from tickets.surveys.planning import DONE

logger = logging.getLogger(__name__)

BATCH = 200
KEPT_FOR = timedelta(days=90)
SLICE = 3.0  # seconds that one sweep goes on for


def sweep(*, now: datetime | None = None, seconds: float = SLICE) -> int:
    """Ask and remind where it is due, and end what nobody answered; how many were asked or reminded."""
    now, until, done = now or timezone.now(), monotonic() + seconds, 0
    expire(now=now)
    for pk, ticket_id in _due(now):
        if monotonic() > until:
            break
        try:
            done += decide(pk, ticket_id, now=now)
        except Exception:
            logger.exception("the survey invitation %s could not be decided", pk)
            SurveyInvitation.objects.filter(pk=pk).update(due_at=now + timedelta(hours=1))
    return done


def _due(now: datetime) -> list[tuple[int, int]]:
    rows = SurveyInvitation.objects.all()
    asked = rows.filter(due_at__lte=now).order_by("due_at").values_list("pk", "ticket_id")[:BATCH]
    reminded = rows.filter(remind_at__lte=now).order_by("remind_at").values_list("pk", "ticket_id")[:BATCH]
    return [*asked, *reminded]


def expire(*, now: datetime) -> int:
    """What nobody answered in time."""
    late = SurveyInvitation.objects.filter(state=InvitationState.SENT, expires_at__lte=now).order_by("expires_at")
    ids = list(late.values_list("pk", flat=True)[:1000])
    open_still = SurveyInvitation.objects.filter(pk__in=ids, state=InvitationState.SENT)
    return open_still.update(state=InvitationState.EXPIRED, remind_at=None)


@transaction.atomic
def decide(pk: int, ticket_id: int, *, now: datetime) -> bool:
    """Whether somebody was asked or reminded. A ticket that somebody else holds is left to the next sweep."""
    ticket = Ticket.objects.with_people().select_for_update(skip_locked=True, of=("self",)).filter(pk=ticket_id).first()
    if ticket is None:
        return False
    rows = SurveyInvitation.objects.select_related("survey", "customer").select_for_update(of=("self",))
    invitation = rows.get(pk=pk)
    if invitation.state == InvitationState.WAITING and invitation.due_at and invitation.due_at <= now:
        return _ask(invitation, ticket, now)
    if invitation.state == InvitationState.SENT and invitation.remind_at and invitation.remind_at <= now:
        return _remind(invitation, ticket, now)
    SurveyInvitation.objects.filter(pk=pk).update(due_at=None, remind_at=None)  # decided meanwhile
    return False


def _ask(invitation: SurveyInvitation, ticket: Ticket, now: datetime) -> bool:
    invitation.customer = ticket.requester  # records may have been merged since
    address = _address_of(ticket)
    reason = _reason_not_to(invitation, ticket, address, now)
    invitation.due_at = None
    if reason and not _was_asked_in_chat(invitation, reason):
        invitation.state, invitation.reason = InvitationState.SKIPPED, reason
        invitation.save(update_fields=["state", "reason", "due_at", "customer"])
        with gesture(ticket, actor=SYSTEM, now=now, is_locked=True) as g:
            g.record(SurveySkipped(invitation.pk, invitation.survey.title, reason))
        return False
    note_asked(invitation, ticket, "" if reason else address, now)
    return True


def note_asked(
    invitation: SurveyInvitation, ticket: Ticket, address: str, now: datetime, *, is_history: bool = False
) -> None:
    """From now on it counts as asked, by a mail to `address` if there is one. `is_history`: sent long ago, not now."""
    survey = invitation.survey
    invitation.state, invitation.sent_at, invitation.mailed_to = InvitationState.SENT, now, address
    invitation.language = spoken_in(ticket.requester.language)
    invitation.expires_at = now + timedelta(days=survey.open_days)
    if address and not is_history and survey.remind_after_days and survey.remind_after_days < survey.open_days:
        invitation.remind_at = now + timedelta(days=survey.remind_after_days)
    invitation.save()
    with gesture(ticket, actor=SYSTEM, now=now, is_locked=True) as g:
        if address and not is_history:
            queue_mail(invitation, SurveyMailKind.QUESTION, now=now)
        g.record(SurveySent(invitation.pk, survey.title, address))


def _remind(invitation: SurveyInvitation, ticket: Ticket, now: datetime) -> bool:
    """Once, and only where asking would be right today as well."""
    survey, invitation.remind_at = invitation.survey, None
    wanted = survey.is_active and invitation.customer and _allows(invitation.customer)
    if not wanted or _goes_on(invitation, ticket):
        invitation.save(update_fields=["remind_at"])
        return False
    invitation.reminded_at = now
    invitation.save(update_fields=["remind_at", "reminded_at"])
    with gesture(ticket, actor=SYSTEM, now=now, is_locked=True) as g:
        queue_mail(invitation, SurveyMailKind.REMINDER, now=now)
        g.record(SurveySent(invitation.pk, survey.title, invitation.mailed_to, reminder=True))
    return True


def queue_mail(invitation: SurveyInvitation, kind: str, *, now: datetime) -> SurveyMail:
    mail = SurveyMail.objects.create(
        kind=kind,
        survey=invitation.survey,
        invitation=invitation,
        email=invitation.mailed_to,
        language=invitation.language,
        due_at=now,
        created_at=now,
    )
    transaction.on_commit(hurry)
    return mail


def hurry() -> None:
    """The sweeper of channels_app finds it as well."""
    for path in settings.SURVEY_MAIL_WAITS:
        import_string(path)()


def _address_of(ticket: Ticket) -> str:
    """Where the requester is answered; none where that would be ourselves."""
    to = usual_recipients(ticket).to
    return to[0] if to and not own_addresses(to) else ""


def _reason_not_to(invitation: SurveyInvitation, ticket: Ticket, address: str, now: datetime) -> str:
    survey, customer = invitation.survey, invitation.customer
    if not survey.is_active or survey.deleted_at or not ticket.inbox.is_active:
        return WhySkipped.INACTIVE
    if _goes_on(invitation, ticket):
        return WhySkipped.REOPENED
    if not address or customer is None or customer.erased_at:
        return WhySkipped.ADDRESS
    if _is_machine(ticket):
        return WhySkipped.MACHINE
    if not _allows(customer):
        return WhySkipped.CONSENT
    return WhySkipped.RECENT if _was_asked_lately(customer, survey.apart_days, now) else ""


def _goes_on(invitation: SurveyInvitation, ticket: Ticket) -> bool:
    return invitation.moment == SurveyMoment.SOLVED and ticket.status not in DONE


def _was_asked_in_chat(invitation: SurveyInvitation, reason: str) -> bool:
    """The chat's own window asks how content they are, whether or not a mail follows."""
    asks = invitation.moment == SurveyMoment.CHAT and invitation.survey.kind == SurveyKind.CSAT
    return asks and reason not in (WhySkipped.INACTIVE, WhySkipped.REOPENED)


def _allows(customer: Customer) -> bool:
    return may_contact(customer, ContactChannel.EMAIL, Purpose.SURVEY)


def _is_machine(ticket: Ticket) -> bool:
    newest = ticket.messages.filter(author_role="", author_customer=ticket.requester_id).order_by("-pk").first()
    return bool(newest and (newest.is_auto_reply or newest.refuses_answers))


def _was_asked_lately(customer: Customer, days: int, now: datetime) -> bool:
    """By any survey. Two of their tickets that are due at once are counted one after the other."""
    if not days:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"survey {customer.pk}"])
    asked = SurveyInvitation.objects.filter(customer=customer, sent_at__gt=now - timedelta(days=days))
    return asked.exclude(mailed_to="").exists()


@transaction.atomic
def note_undelivered(mail: SurveyMail, *, now: datetime) -> None:
    """Whom the question never reached was not asked: they don't count among those who did not answer."""
    if mail.kind != SurveyMailKind.QUESTION or mail.invitation is None:
        return
    ticket = Ticket.objects.lock(mail.invitation.ticket_id)
    reached = SurveyInvitation.objects.filter(pk=mail.invitation.pk, state=InvitationState.SENT)
    lost = {"state": InvitationState.SKIPPED, "reason": WhySkipped.BOUNCED, "sent_at": None, "remind_at": None}
    if reached.update(**lost):
        with gesture(ticket, actor=SYSTEM, now=now, is_locked=True) as g:
            g.record(SurveySkipped(mail.invitation.pk, mail.survey.title, WhySkipped.BOUNCED))


def forget_old_mails(*, now: datetime, limit: int = 5_000) -> int:
    """Where mails went is nobody's business for ever; how many rows went."""
    old = SurveyMail.objects.filter(created_at__lt=now - KEPT_FOR, due_at=None).order_by("pk")
    return SurveyMail.objects.filter(pk__in=list(old.values_list("pk", flat=True)[:limit])).delete()[0]
