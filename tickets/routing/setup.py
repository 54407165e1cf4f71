"""Changing how a team's tickets find their people, and what each person can take."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone

from helpdesk.accounts.models import Team, User
from tickets.models import Capacity, RoutingMode, Skill, TeamRouting
from tickets.routing.queue import empty_queue, fill_queue, leave_with_people
from tickets.routing.tasks import ask_for_routing


@transaction.atomic
def change_routing(team: Team, **fields: Any) -> TeamRouting:
    """Switched on, it takes in hand what waits already; switched off, it leaves all to people."""
    routing, _made = TeamRouting.objects.select_for_update().get_or_create(team=team)
    before = routing.mode
    for name, value in fields.items():
        setattr(routing, name, value)
    routing.updated_at = timezone.now()
    routing.save()
    if routing.mode == RoutingMode.MANUAL or not routing.take_back_after:
        leave_with_people(team)
    if routing.mode == RoutingMode.MANUAL:
        empty_queue(team)
    elif before == RoutingMode.MANUAL:
        fill_queue(team)
    else:
        transaction.on_commit(ask_for_routing)
    return routing


@transaction.atomic
def change_person(user: User, *, per_channel: Mapping[str, int], skills: Collection[Skill]) -> None:
    Capacity.objects.update_or_create(user=user, defaults={"per_channel": dict(per_channel)})
    user.skills.set(skills)
    transaction.on_commit(ask_for_routing)
