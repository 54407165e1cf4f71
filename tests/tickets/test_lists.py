"""What an address of a list means: the view, the filter, the order, the groups, and whose tickets they are."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.http import QueryDict

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tickets.lists import ListQuery, read_list
from tickets.models import Inbox, SavedView, Ticket
from tickets.saved_views import create_view
from tickets.services import assign, assign_team, change_priority

HIGH = {"all": [{"field": "priority", "operator": "is", "value": "high"}]}


def asked(user: User, **params: Any) -> ListQuery:
    listed = read_list({name: json.dumps(it) if isinstance(it, dict) else it for name, it in params.items()}, user)
    assert listed is not None
    return listed


def subjects(listed: ListQuery) -> list[str]:
    return [ticket.subject for ticket in listed.page().tickets]


@pytest.fixture
def three(ada: Customer, support: Inbox, grace: User) -> list[Ticket]:
    """Gears (high, Grace's), Cogs (high), Springs."""
    gears, cogs, springs = (open_for(ada, support, subject) for subject in ("Gears", "Cogs", "Springs"))
    for ticket in (gears, cogs):
        change_priority(ticket, "high", actor=Actor.agent(grace))
    assign(gears, grace, actor=Actor.agent(grace))
    return [gears, cogs, springs]


def test_a_filter_narrows_the_view_it_stands_in(grace: User, three: list[Ticket]) -> None:
    assert set(subjects(asked(grace, view="open", filter=HIGH))) == {"Gears", "Cogs"}
    assert subjects(asked(grace, view="mine", filter=HIGH)) == ["Gears"]


def test_a_saved_view_is_asked_for_by_its_number(grace: User, three: list[Ticket]) -> None:
    view = create_view(grace, "High", conditions=HIGH, sort="subject")
    listed = asked(grace, view=view.slug)
    assert listed.title == "High"
    assert subjects(listed) == ["Cogs", "Gears"]
    assert subjects(asked(grace, view=view.slug, sort="-subject")) == ["Gears", "Cogs"]


def test_a_view_of_somebody_else_does_not_exist(grace: User, alan: User, margaret: User) -> None:
    view = create_view(alan, "Alan's own")
    assert read_list({"view": view.slug}, grace) is None
    assert read_list({"view": view.slug}, margaret) is None
    assert read_list({"view": "v999999"}, grace) is None


def test_a_teams_view_is_for_its_members_and_for_leads(
    grace: User, alan: User, margaret: User, support_team: Team
) -> None:
    view = create_view(margaret, "Ours", team=support_team)
    assert read_list({"view": view.slug}, grace)
    assert read_list({"view": view.slug}, margaret)
    assert read_list({"view": view.slug}, alan) is None


def test_a_view_never_shows_more_than_its_reader_may_see(grace: User, linus: User, three: list[Ticket]) -> None:
    legal = Team.objects.create(name="Legal", is_private=True)
    assign_team(three[0], legal, actor=Actor.agent(grace))
    view = create_view(grace, "High", mine=False, conditions=HIGH)
    assert subjects(asked(linus, view=view.slug)) == ["Cogs"]
    assert subjects(asked(linus, view="all", filter=HIGH)) == ["Cogs"]


@pytest.mark.parametrize(
    "text",
    ["{", "[]", '"x"', "1", '{"all": 3}', '{"all": [{"field": "nonsense", "operator": "is", "value": 1}]}',
     "[" * 3000, '{"all": []}' + " " * 9000],
)  # fmt: skip
def test_a_filter_that_can_not_be_read_shows_nothing_rather_than_everything(
    text: str, grace: User, three: list[Ticket]
) -> None:
    listed = asked(grace, view="all", filter=text)
    assert listed.refused
    assert not listed.tickets.exists()


def test_what_is_unknown_counts_as_not_asked(grace: User, three: list[Ticket]) -> None:
    listed = asked(grace, view="nonsense", sort="nonsense", group="nonsense", layout="nonsense", after="nonsense")
    assert (listed.view.slug, listed.sort, listed.group_by, listed.layout) == ("unassigned", "-updated_at", "", "rows")


def test_the_address_is_read_back_the_same(grace: User, three: list[Ticket]) -> None:
    view = create_view(grace, "High", conditions=HIGH, group_by="status")
    for params in (
        {"view": "all", "filter": HIGH, "sort": "-priority", "group": "team", "layout": "table"},
        {"view": view.slug, "group": "none"},
        {"view": view.slug},
    ):
        listed = asked(grace, **params)
        again = read_list(QueryDict(listed.query()), grace)
        assert again is not None
        assert (again.view, again.filter, again.sort, again.group_by, again.layout) == (
            listed.view, listed.filter, listed.sort, listed.group_by, listed.layout,
        )  # fmt: skip


def test_groups_are_counted_over_all_pages(grace: User, three: list[Ticket]) -> None:
    assert asked(grace, view="all", group="priority").group_counts() == {"high": 2, "": 1}
    assert asked(grace, view="all", group="organisation").group_counts() == {None: 3}
    assert asked(grace, view="all").group_counts() == {}


def test_a_view_that_names_somebody_deleted_says_so_and_holds_nobody_elses_tickets(
    grace: User, three: list[Ticket]
) -> None:
    gone = Team.objects.create(name="Gone")
    view = create_view(grace, "Theirs", conditions={"all": [{"field": "group_id", "operator": "is", "value": gone.pk}]})
    assert asked(grace, view=view.slug).broken == []
    gone.delete()
    listed = asked(grace, view=view.slug)
    assert [problem.path for problem in listed.broken] == ["all.0"]
    assert not listed.tickets.exists()


def test_a_view_with_a_field_of_the_past_is_empty_and_says_why(grace: User, three: list[Ticket]) -> None:
    view = SavedView.objects.create(
        title="Old", owner=grace, conditions={"all": [{"field": "fax", "operator": "is", "value": "1"}]}
    )
    listed = asked(grace, view=view.slug)
    assert listed.broken
    assert subjects(listed) == []
