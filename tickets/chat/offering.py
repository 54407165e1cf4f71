"""Putting what waits before somebody: one person at a time, who takes it, declines, or lets the time run out."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from datetime import datetime, timedelta

from celery import shared_task
from django.db import connection, transaction
from django.utils import timezone

from helpdesk.accounts.models import Availability, User
from helpdesk.lib.handover import hand_over
from tickets.chat import queue
from tickets.chat.desk import ChatDesk
from tickets.chat.settling import settle
from tickets.models import Chat, ChatOffer, ChatState, OfferState
from tickets.routing.availability import set_availability
from tickets.routing.candidates import Reason

logger = logging.getLogger(__name__)

LOCK = 0x0A551618  # any number of our own
MOST = 200  # chats in one pass; the next sweep goes on
LAPSES = 3  # offers in a row that somebody let run out


def offer_waiting(*, now: datetime) -> int:
    """Offer what nobody has been asked for; how many offers. Rules have their say on the ticket first."""
    for chat in Chat.objects.filter(state=ChatState.WAITING, ticket=None).order_by("queued_at")[:MOST]:
        try:
            settle(chat)
        except Exception:
            logger.exception("chat %s is offered without a ticket", chat.pk)
    return _offer_waiting(now)


@transaction.atomic
def _offer_waiting(now: datetime) -> int:
    """Under one lock for the house: nobody gets too many."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [LOCK])
    unasked = Chat.objects.filter(state=ChatState.WAITING).exclude(offers__state=OfferState.OPEN)
    # Locked, so that none is accepted or passed on meanwhile; then read as they are now.
    locked = list(unasked.order_by(*queue.ORDER).select_for_update(of=("self",)).values_list("pk", flat=True)[:MOST])
    waiting = list(unasked.filter(pk__in=locked).select_related("widget", "ticket").order_by(*queue.ORDER))
    if not waiting:
        return 0
    desk = ChatDesk.open({chat.team_id for chat in waiting}, now)
    offered = 0
    for chat in waiting:
        choice = desk.choose(chat)
        if choice.person:
            desk.give(choice.person)
            _offer(chat, choice.person.id, choice.reasons, now)
            offered += 1
    return offered


def offer_to(chat: Chat, user: User, reasons: Sequence[Reason], *, now: datetime) -> ChatOffer:
    """Put it before this person, whether or not they have room: a colleague chose them."""
    return _offer(chat, user.pk, reasons, now)


def _offer(chat: Chat, user_id: int, reasons: Sequence[Reason], now: datetime) -> ChatOffer:
    offer = ChatOffer.objects.create(
        chat=chat,
        user_id=user_id,
        reasons=[json.dumps(reason) for reason in reasons],
        offered_at=now,
        expires_at=now + timedelta(seconds=chat.widget.offer_seconds),
    )
    queue.tell_staff(user_id)
    return offer


def close(chat: Chat, *, now: datetime, accepted_by: User | None = None) -> None:
    """What was put before somebody is answered, or no longer needed."""
    still_open = chat.offers.filter(state=OfferState.OPEN)
    if accepted_by:
        still_open.filter(user=accepted_by).update(state=OfferState.ACCEPTED, answered_at=now)
    others = list(still_open.values_list("user", flat=True))
    if others:
        still_open.update(state=OfferState.WITHDRAWN, answered_at=now)
        queue.tell_staff(*others)


@transaction.atomic
def expire_due(*, now: datetime) -> int:
    """Offers that were not answered in time; how many. The next person is asked by `offer_waiting`."""
    due = ChatOffer.objects.select_for_update(skip_locked=True, of=("self",)).select_related("user")
    late = list(due.filter(state=OfferState.OPEN, expires_at__lte=now))
    ChatOffer.objects.filter(pk__in=[offer.pk for offer in late]).update(state=OfferState.EXPIRED, answered_at=now)
    if late:
        queue.tell_staff(*(offer.user_id for offer in late))
    for user in {offer.user_id: offer.user for offer in late}.values():
        if _is_not_there(user):
            set_availability(user, Availability.AWAY)
    return len(late)


def _is_not_there(user: User) -> bool:
    """They let one offer after the other run out: visitors are not to wait for somebody who left a page open."""
    answered = ChatOffer.objects.filter(user=user).exclude(state__in=[OfferState.OPEN, OfferState.WITHDRAWN])
    last = list(answered.order_by("-offered_at").values_list("state", flat=True)[:LAPSES])
    return user.availability == Availability.ONLINE and last == [OfferState.EXPIRED] * LAPSES


@shared_task(expires=5)
def offer_chats() -> int:
    """What waits is offered at once; the sweep finds what no message told of."""
    return offer_waiting(now=timezone.now())


def ask_for_offers() -> None:
    hand_over(offer_chats)
