"""A team whose tickets are given in turn, and its people."""

from __future__ import annotations

import pytest

from helpdesk.accounts.models import Availability, Role, Team, User
from tests.cast import staff
from tickets.models import RoutingMode
from tickets.routing import setup


def online(name: str, team: Team, **fields: object) -> User:
    user = staff(f"{name.lower()}@onethread.test", name, Role.AGENT)
    user.teams.add(team)
    User.objects.filter(pk=user.pk).update(availability=Availability.ONLINE, **fields)
    return user


@pytest.fixture
def in_turn(support_team: Team) -> Team:
    setup.change_routing(support_team, mode=RoutingMode.ROUND_ROBIN)
    return support_team


@pytest.fixture
def joan(in_turn: Team) -> User:
    return online("Joan", in_turn)


@pytest.fixture
def mary(in_turn: Team) -> User:
    return online("Mary", in_turn)
