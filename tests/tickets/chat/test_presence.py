"""Whether anybody is there: by hours and by people."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts import calendar_changes
from helpdesk.accounts.models import Availability, Calendar, Role, User
from helpdesk.accounts.working_hours import timeline_of
from tickets.chat.answer_times import usual_answer
from tickets.chat.presence import is_online
from tickets.models import Channel, ChatWidget
from tickets.services import add_reply, opening_ticket

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
    assert said.answer_by == datetime(2026, 3, 9, 17, 0, tzinfo=UTC), "nothing is known yet: a working day"


def test_when_there_will_be_an_answer_is_what_it_was_lately(
    widget: ChatWidget, there: User, office: Calendar, ada: Customer
) -> None:
    """Ten mails of Monday at noon were answered after half an hour, one, … five hours: four of five within four."""
    widget.calendar = office
    for halves in range(1, 11):
        with opening_ticket(
            ada, "Help", inbox=widget.inbox, channel=Channel.EMAIL, actor=Actor.of_customer(ada), now=MONDAY_NOON
        ) as ticket:
            pass
        at = timeline_of(office).add(MONDAY_NOON, halves * 1800 - 60)
        for minutes in (0, 90):  # what is said afterwards does not count
            add_reply(ticket, "<p>Here</p>", actor=Actor.agent(there), now=at + timedelta(minutes=minutes))
    assert is_online(widget, SATURDAY).answer_by == datetime(2026, 3, 9, 13, 0, tzinfo=UTC)
    assert usual_answer(None, None, now=SATURDAY) == 8 * 3600


def test_the_teams_hours_where_the_widget_has_none(widget: ChatWidget, there: User, office: Calendar) -> None:
    assert widget.team
    widget.team.calendar = office
    assert is_online(widget, SATURDAY).why == "hours"


def test_without_a_team_anybody_who_answers_will_do(widget: ChatWidget, there: User) -> None:
    widget.team = widget.inbox.team = None
    assert is_online(widget, MONDAY_NOON).is_online
