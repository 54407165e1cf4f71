"""The timeline is a union over its sources: all of it, in one order, however paged; and nothing one may not see."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.actors import Actor
from customers.consent import ConsentChanged
from customers.events import RecordChanged, record
from customers.identify import identify
from customers.models import Customer, Organisation, RecordEvent
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tickets.customers import timeline
from tickets.customers.ticket_sources import Happened, Spoken
from tickets.customers.timeline import Asked, Place, Subject, kinds_of, page_of
from tickets.models import Channel, Inbox, Message, Ticket, TicketEvent
from tickets.models.event import TOLD
from tickets.services import Incoming, add_note, assign_team, receive_message

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


@pytest.fixture
def charles(db: None) -> Customer:
    return identify("email", "charles@example.org", name="Charles Babbage").customer


@pytest.fixture
def engines(ada: Customer, charles: Customer) -> Organisation:
    house = Organisation.objects.create(name="Analytical Engines")
    Customer.objects.filter(pk__in=[ada.pk, charles.pk]).update(organisation=house)
    return house


def pages(subject: Subject, user: User, **asked: object) -> Iterator[list[Place]]:
    after: Place | None = None
    while True:
        page = page_of(subject, user, Asked(after=after, **asked))  # type: ignore[arg-type]
        yield [entry.place for entry in page.entries]
        after = page.after
        if after is None:
            return


def naive(user: User, customers: list[int], organisations: list[int]) -> list[Place]:
    """What the timeline should hold, asked for as plainly as can be."""
    tickets = Ticket.objects.visible_to(user)
    mine = tickets.filter(requester__in=customers)
    messages = Message.objects.filter(ticket__in=mine) | Message.objects.filter(
        ticket__in=tickets, author_customer__in=customers
    )
    found = [Place(m.created_at, "note" if m.is_note else "message", m.pk) for m in messages.distinct()]
    events = TicketEvent.objects.filter(ticket__in=mine, kind__in=TOLD)
    found += [Place(e.created_at, "ticket", e.pk) for e in events]
    records = RecordEvent.objects.filter(customer__in=customers) | RecordEvent.objects.filter(
        organisation__in=organisations
    )
    found += [Place(e.created_at, "consent" if e.kind == "consent.changed" else "record", e.pk) for e in records]
    return in_order(found)


def in_order(places: list[Place]) -> list[Place]:
    return sorted(places, key=lambda place: (-place.at.timestamp(), place.source, -place.id))


AGREED = ConsentChanged(channel="email", purpose="outreach", is_given=True, source="agent")
UPGRADED = RecordChanged("tier", "", "gold")

# What happens: (whose ticket, what, how many minutes before noon). Few minutes, so that much happens at one moment.
DEEDS = st.lists(
    st.tuples(
        st.integers(0, 3),
        st.sampled_from(["message", "note", "elsewhere", "event", "untold", "record", "consent", "house"]),
        st.integers(0, 4),
    ),
    max_size=30,
)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(deeds=DEEDS, size=st.integers(1, 9))
def test_pages_of_any_size_are_the_plain_union_in_order(
    deeds: list[tuple[int, str, int]],
    size: int,
    ada: Customer,
    charles: Customer,
    engines: Organisation,
    support: Inbox,
    grace: User,
) -> None:
    board, _made = Team.objects.get_or_create(name="Board", defaults={"is_private": True})
    Message.objects.all().delete()
    TicketEvent.objects.all().delete()
    RecordEvent.objects.all().delete()
    owners, teams = [ada, ada, charles, ada], [None, None, None, board]
    tickets = [
        Ticket.objects.create(requester=owner, team=team, inbox=support, channel=Channel.EMAIL)
        for owner, team in zip(owners, teams, strict=True)
    ]
    for place, what, minutes in deeds:
        do(what, tickets[place], ada, engines, NOON - timedelta(minutes=minutes))
    for subject, customers, organisations in (
        (Subject([ada.pk]), [ada.pk], []),
        (Subject.of(engines), [ada.pk, charles.pk], [engines.pk]),
    ):
        expected = naive(grace, customers, organisations)
        assert [place for page in pages(subject, grace, size=size) for place in page] == expected
        for last in expected[:: max(1, len(expected) // 3)]:
            above = page_of(subject, grace, Asked(until=last)).entries
            assert [entry.place for entry in above] == expected[: expected.index(last) + 1]
    Ticket.objects.all().delete()


def do(what: str, ticket: Ticket, ada: Customer, engines: Organisation, at: datetime) -> None:
    if what in ("message", "note", "elsewhere"):
        author = ada if what == "elsewhere" else ticket.requester
        Message.objects.create(
            ticket=ticket, kind="note" if what == "note" else "public", channel=Channel.EMAIL, text=what,
            author_customer=None if what == "note" else author, author_name="Somebody", created_at=at,
        )  # fmt: skip
    elif what in ("event", "untold"):
        TicketEvent.objects.create(
            ticket=ticket, kind="status.changed" if what == "event" else "tags.changed", payload={},
            actor_kind="system", actor_name="Onethread", gesture_id=uuid4(), created_at=at,
        )  # fmt: skip
    else:
        of = {"organisation": engines} if what == "house" else {"customer": ticket.requester}
        RecordEvent.objects.create(
            **of, kind="consent.changed" if what == "consent" else "record.changed", actor_kind="system",
            actor_name="Onethread", payload=(AGREED if what == "consent" else UPGRADED).payload(),
            created_at=at,
        )  # fmt: skip


def test_what_is_said_and_done_is_told_with_its_ticket(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    add_note(adas_ticket, "<p>She knows engines.</p>", actor=Actor.agent(grace))
    record(ada, RecordChanged("tier", "", "Gold"), actor=Actor.agent(grace))
    told = [entry.told for entry in page_of(Subject.of(ada), grace).entries]
    assert told[0].line == "Grace Hopper changed tier: – → Gold"
    note, message, opened = told[1], told[2], told[3]
    assert isinstance(note, Spoken) and note.kind == "note" and note.excerpt == "She knows engines."
    assert isinstance(message, Spoken) and message.excerpt == "It rattles when it multiplies.\nAda"
    assert isinstance(opened, Happened) and opened.event.kind == "ticket.opened"
    assert note.ticket and note.ticket.number == adas_ticket.pk


def test_only_kinds_that_exist_are_offered_and_they_filter(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    assert [kind.slug for kind in kinds_of(Subject.of(ada), grace)] == ["messages", "tickets"]
    add_note(adas_ticket, "<p>She knows engines.</p>", actor=Actor.agent(grace))
    assert [kind.slug for kind in kinds_of(Subject.of(ada), grace)] == ["messages", "notes", "tickets"]
    only = page_of(Subject.of(ada), grace, Asked(kinds=frozenset({"notes", "record"}))).entries
    assert [entry.kind.slug for entry in only] == ["notes"]


def test_words_are_looked_for_in_what_was_said(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    add_note(adas_ticket, "<p>Größe 100% geprüft</p>", actor=Actor.agent(grace))
    for words, found in (("rattles MULTIPLIES", 1), ("grosse", 0), ("größe", 1), ("100%", 1), ("1__%", 0), ("x", 0)):
        assert len(page_of(Subject.of(ada), grace, Asked(words=words)).entries) == found, words


def test_a_private_teams_tickets_are_its_own(
    ada: Customer, charles: Customer, support: Inbox, grace: User, alan: User, margaret: User
) -> None:
    """Neither as the requester's nor as what somebody wrote on it, nor as a kind that could be asked for."""
    board = Team.objects.create(name="Board", is_private=True)
    alan.teams.add(board)
    secret = open_for(charles, support, "A confidential matter")
    receive_message(
        secret, Incoming(text="I know of it", from_address="ada@example.org"),
        customer=ada, channel=Channel.EMAIL, actor=Actor.of_customer(ada),
    )  # fmt: skip
    assign_team(secret, board, actor=Actor.agent(margaret))
    for customer in (ada, charles):
        subject = Subject.of(customer)
        assert page_of(subject, grace).entries == [] == kinds_of(subject, grace)
        assert page_of(subject, alan).entries and page_of(subject, margaret).entries


def test_nobody_is_told_more_than_the_tickets_that_are_visible_to_them(
    ada: Customer, support: Inbox, grace: User, alan: User, margaret: User, linus: User
) -> None:
    board, law = (Team.objects.create(name=name, is_private=True) for name in ("Board", "Law"))
    alan.teams.add(board)
    for team in (None, board, law):
        ticket = open_for(ada, support, "engine")
        Ticket.objects.filter(pk=ticket.pk).update(team=team)
    for reader in (grace, alan, margaret, linus):
        told = {entry.told.ticket.number for entry in page_of(Subject.of(ada), reader).entries if entry.told.ticket}
        assert told == set(Ticket.objects.visible_to(reader).values_list("pk", flat=True))


def test_a_page_is_few_statements_whatever_is_on_it(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    for n in range(20):
        add_note(adas_ticket, f"<p>{n}</p>", actor=Actor.agent(grace))
        record(ada, RecordChanged("tier", str(n), str(n + 1)), actor=Actor.agent(grace))
    assert grace.hidden_team_ids == []
    with CaptureQueriesContext(
        connection,
    ) as statements:
        page_of(Subject.of(ada), grace)
    assert len(statements) <= 5  # the union, and one for each source


@pytest.mark.parametrize(
    "cursor", ["", "1-2", "x-message-1", "1-message-x", "1-'-1", "9" * 19 + "-message-1", "²-message-1"]
)
def test_a_cursor_that_is_none_counts_as_none(cursor: str) -> None:
    assert Place.read(cursor) is None


def test_a_cursor_says_what_it_said() -> None:
    place = Place(NOON + timedelta(microseconds=7), "message", 5)
    assert Place.read(str(place)) == place


def test_sources_are_registered_under_names_that_cursors_can_hold() -> None:
    with pytest.raises(ValueError, match="no name"):
        timeline.register(timeline.Source("a-b", timeline.Kind("a", "A", "x"), "t", at="at", arms=[], read=dict))  # type: ignore[arg-type]
