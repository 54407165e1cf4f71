"""The rows of lists: what hand-written statements and plain values bring is what querysets and models would."""

from __future__ import annotations

import pytest

from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tickets import listed
from tickets.listed import STANDARD, Row, page_of_rows, standard_page
from tickets.models import Inbox, Status, Ticket
from tickets.paging import NEWEST
from tickets.queue import VIEWS, tickets_in


@pytest.fixture
def desk(ada: Customer, support: Inbox, grace: User) -> Team:
    """A ticket in each status, unassigned, Grace's, and of a private team: the team."""
    board = Team.objects.create(name="Board", is_private=True)
    for status in Status:
        for assignee, team in ((None, None), (grace, None), (None, board)):
            ticket = open_for(ada, support, f"{status} {assignee} {team}")
            done = {"solved_at": ticket.created_at} if status in (Status.SOLVED, Status.CLOSED) else {}
            Ticket.objects.filter(pk=ticket.pk).update(status=status, assignee=assignee, team=team, **done)
    return board


@pytest.mark.parametrize("view", STANDARD)
@pytest.mark.parametrize("is_member", [False, True])
def test_a_standard_view_holds_what_its_queryset_holds(
    view: str, is_member: bool, desk: Team, grace: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listed, "PAGE_SIZE", 2)
    if is_member:
        grace.teams.add(desk)
    reader, after, pages = User.objects.get(pk=grace.pk), "", 0
    while pages == 0 or after:
        page = standard_page(view, reader, after)
        assert page == page_of_rows(tickets_in(view, reader), after, NEWEST)
        assert page.tickets == [Row.of(Ticket.objects.get(pk=row.pk)) for row in page.tickets]
        after, pages = page.after, pages + 1
    assert pages > 1


def test_whoever_left_sees_nothing(desk: Team, grace: User) -> None:
    grace.is_active = False
    assert not any(standard_page(view, grace, "").tickets for view in STANDARD)


def test_every_view_that_holds_the_same_for_everybody_is_written_by_hand() -> None:
    assert VIEWS.keys() - STANDARD.keys() == {"mentions"}
