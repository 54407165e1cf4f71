"""Who is there for new work: chosen in the workspace, and away by itself when no page has been open for a while."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction

from helpdesk.accounts.models import Availability, User
from tickets.models import Capacity
from tickets.realtime import me_topic, publish
from tickets.routing.tasks import ask_for_routing

SILENCE = timedelta(minutes=3)  # without a page: a laptop closed, a train in a tunnel lasts less


@transaction.atomic
def set_availability(user: User, availability: str) -> None:
    """What they choose holds. Until a page of theirs speaks, silence does not count: there may be no script running."""
    User.objects.filter(pk=user.pk).update(availability=Availability(availability))
    user.availability = availability
    Capacity.objects.update_or_create(user=user, defaults={"away_by_itself_at": None, "last_seen_at": None})
    _tell_pages([user.pk])
    if availability == Availability.ONLINE:
        transaction.on_commit(ask_for_routing)


@transaction.atomic
def note_page(user_id: int, *, now: datetime) -> None:
    """A page of theirs is open; whoever was sent away by silence is back."""
    capacity, _made = Capacity.objects.select_for_update().get_or_create(user_id=user_id)
    was_away = capacity.away_by_itself_at
    capacity.last_seen_at, capacity.away_by_itself_at = now, None
    capacity.save(update_fields=["last_seen_at", "away_by_itself_at"])
    if was_away and User.objects.filter(pk=user_id, availability=Availability.AWAY).update(
        availability=Availability.ONLINE
    ):
        _tell_pages([user_id])
        transaction.on_commit(ask_for_routing)


@transaction.atomic
def send_silent_away(*, now: datetime) -> int:
    """Nobody is given work while all their pages are gone. Who never had one is left as they are."""
    silent = Capacity.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        user__availability=Availability.ONLINE, last_seen_at__lt=now - SILENCE
    )
    users = list(silent.values_list("user_id", flat=True))
    Capacity.objects.filter(user__in=users).update(away_by_itself_at=now)
    _tell_pages(users)
    return User.objects.filter(pk__in=users).update(availability=Availability.AWAY)


def _tell_pages(users: Iterable[int]) -> None:
    """The dot beside their name follows on every page of theirs."""
    topics = [me_topic(user) for user in users]
    if topics:
        transaction.on_commit(lambda: publish({"t": "changed", "topics": topics}))
