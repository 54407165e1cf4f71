"""Whether anybody is there: by hours and by people."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from helpdesk.accounts import calendar_changes
from helpdesk.accounts.models import Availability, Calendar, Role, User
from tickets.chat.presence import is_online
from tickets.models import ChatWidget

MONDAY_NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
SATURDAY = datetime(2026, 3, 7, 12, 0, tzinfo=UTC)


@pytest.fixture
def there(grace: User) -> User:
    User.objects.filter(pk=grace.pk).update(availability=Availability.ONLINE)
    return grace


@pytest.fixture
def office(db: None) -> Calendar:
    """Monday to Friday from nine to five, in UTC."""
    week = [(day * 1440 + 540, day * 1440 + 1020) for day in range(1, 6)]
    return calendar_changes.create_calendar("Office", time_zone="UTC", week=week, is_default=False)


def test_somebody_of_the_team_is_there(widget: ChatWidget, there: User, alan: User) -> None:
    assert is_online(widget, SATURDAY).is_online, "without hours it is always open"
    User.objects.filter(pk=there.pk).update(availability=Availability.AWAY)
    User.objects.filter(pk=alan.pk).update(availability=Availability.ONLINE)  # of no team
    said = is_online(widget, SATURDAY)
    assert (said.is_online, said.why, said.opens_at) == (False, "nobody", None)


@pytest.mark.parametrize("fields", [{"role": Role.LIGHT}, {"is_active": False}, {"availability": Availability.OFFLINE}])
def test_who_takes_no_chats_is_nobody(widget: ChatWidget, there: User, fields: dict[str, object]) -> None:
    User.objects.filter(pk=there.pk).update(**fields)
    assert is_online(widget, MONDAY_NOON).why == "nobody"


def test_out_of_hours_it_says_when_it_opens_and_when_there_will_be_an_answer(
    widget: ChatWidget, there: User, office: Calendar
) -> None:
    widget.calendar = office
    assert is_online(widget, MONDAY_NOON).is_online
    said = is_online(widget, SATURDAY)
    assert (said.is_online, said.why) == (False, "hours")
    assert said.opens_at == datetime(2026, 3, 9, 9, 0, tzinfo=UTC)
    assert said.answer_by == datetime(2026, 3, 9, 13, 0, tzinfo=UTC)


def test_the_teams_hours_where_the_widget_has_none(widget: ChatWidget, there: User, office: Calendar) -> None:
    assert widget.team
    widget.team.calendar = office
    assert is_online(widget, SATURDAY).why == "hours"


def test_without_a_team_anybody_who_answers_will_do(widget: ChatWidget, there: User) -> None:
    widget.team = widget.inbox.team = None
    assert is_online(widget, MONDAY_NOON).is_online
