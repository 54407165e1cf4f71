"""Calls that ring: whom they are put before, who takes them, who lets them go to a colleague."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Q
from django.utils.translation import gettext as _

from helpdesk.accounts.models import Availability, User
from tickets import policies
from tickets.calls import log, signals
from tickets.calls.life import locked
from tickets.calls.telephone import telephone
from tickets.models import AgentPhone, Call, CallDirection, CallRefusal, CallState
from tickets.services import Refused

RINGS_FOR: Final = timedelta(minutes=30)  # then the telephone has forgotten to say that it stopped
AT_ONCE: Final = 5
WRITE_UP_WITHIN: Final = timedelta(hours=12)


def ringing_for(user: User, *, now: datetime) -> list[Call]:
    """What this person may take at this moment; nothing while they are away, or take no calls."""
    if not policies.may_take_calls(user) or user.availability != Availability.ONLINE or not takes_calls(user):
        return []
    teams = [None, *user.teams.values_list("pk", flat=True)]
    rings = log.visible_to(user).filter(
        Q(team__in=[team for team in teams if team]) | Q(team=None) | Q(agent=user),
        Q(agent=None) | Q(agent=user),
        state=CallState.RINGING,
        rings=True,
        direction=CallDirection.IN,
        started_at__gt=now - RINGS_FOR,
    )
    return list(rings.exclude(refusals__user=user).order_by("started_at", "pk")[:AT_ONCE])


def in_hand(user: User, *, now: datetime) -> list[Call]:
    """Their own calls under way, and those that they have not written up yet."""
    own = log.visible_to(user).filter(agent=user)
    live = Q(state__in=[CallState.ANSWERED, CallState.HELD]) | Q(state=CallState.RINGING, direction=CallDirection.OUT)
    to_write_up = Q(
        state=CallState.ENDED, wrapped_up_at=None, answered_at__isnull=False, ended_at__gt=now - WRITE_UP_WITHIN
    )
    recent = Q(started_at__gt=now - WRITE_UP_WITHIN)
    return list(own.filter((live & recent) | to_write_up).order_by("-started_at", "-pk")[:AT_ONCE])


def takes_calls(user: User) -> bool:
    phone = AgentPhone.objects.filter(user=user).first()
    return phone is None or phone.takes_calls


def take_call(call: Call, user: User) -> Call:
    """Theirs from now on, and their telephone rings. Raises `Refused` where a colleague was quicker, or it rings no
    more.
    """
    with locked(call.pk) as call:
        if call.agent_id == user.pk:
            return call
        if call.agent_id:
            raise Refused(_("%(name)s was quicker.") % {"name": call.agent})
        if call.state != CallState.RINGING or not call.rings:
            raise Refused(_("This call does not ring any more."))
        call.agent = user
        call.save(update_fields=["agent"])
        signals.tell_pages()
    if telephone().can_control(call):
        try:
            telephone().ring_agent(call, user)
        except Refused:
            give_back(call.pk, user.pk)
            raise
    return call


def give_back(call_id: int, user_id: int) -> None:
    """Their telephone was not picked up: it rings for everybody again."""
    with locked(call_id) as call:
        if call.agent_id == user_id and call.state == CallState.RINGING and call.direction == CallDirection.IN:
            call.agent = None
            call.save(update_fields=["agent"])
            signals.tell_pages()


def refuse_call(call: Call, user: User) -> None:
    """Not now: it goes on ringing for the others."""
    CallRefusal.objects.get_or_create(call=call, user=user)
    if call.agent_id == user.pk:
        give_back(call.pk, user.pk)
    signals.tell_pages()
