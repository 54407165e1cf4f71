"""The property that rules and lists stand on: what a `Q` finds is what `matches` says, for any tree and any ticket."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.db.models import IntegerField, Value
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from customers.identify import identify
from customers.models import Customer, Organisation
from helpdesk.accounts.models import Team, User
from tests.tickets.conditions.trees import NOW, tickets, trees
from tickets.conditions import Tree, as_q, check, facts_of, facts_of_many, matches
from tickets.conditions.kind import MAX_ID
from tickets.conditions.tree import parse
from tickets.models import Attachment, Draft, Follower, Inbox, Mention, Message, Status, Ticket, TicketCC

pytestmark = pytest.mark.django_db
# The tests know the ids before any exists: every run tells the same examples, so a failure can be told again.
IDS = {
    "assignee_id": [101, 102, 103], "follower": [101, 102], "mention": [101, 102, 103], "group_id": [11, 12],
    "requester_id": [1_900_101, 1_900_102, 1_900_103], "organization_id": [21, 22], "inbox_id": [31, 32],
}  # fmt: skip
ASKING = [None, (101, "UTC"), (102, "America/New_York"), (103, "Asia/Kolkata")]


@pytest.fixture
def house(db: None) -> None:
    """Three agents, one of them in both teams and one in none; three customers in two organisations and none."""
    teams = [Team.objects.create(pk=pk, name=f"Team {pk}") for pk in IDS["group_id"]]
    for place, pk in enumerate(IDS["assignee_id"]):
        user = User.objects.create(pk=pk, email=f"u{pk}@onethread.test", name=f"Agent {pk}", password="-")
        user.teams.set(teams[: 2 - place])
    for pk, name in zip(IDS["organization_id"], ("Acme", "Initech"), strict=True):
        Organisation.objects.create(pk=pk, name=name)
    for pk, organisation, language in zip(IDS["requester_id"], (21, None, 22), ("de", "", "en"), strict=True):
        Customer.objects.create(pk=pk, name=f"Customer {pk}", organisation_id=organisation, language=language)
    for pk, address in zip(IDS["inbox_id"], ("support@onethread.test", "ada@example.org"), strict=True):
        Inbox.objects.create(pk=pk, name=f"Inbox {pk}", address=address)
    identify("email", "ada@example.org").customer.identities.update(customer_id=IDS["requester_id"][0])
    identify("email", "bob@example.com").customer.identities.update(customer_id=IDS["requester_id"][0])
    identify("email", "grace@onethread.test").customer.identities.update(customer_id=IDS["requester_id"][2])


def store(specs: Iterable[dict[str, Any]]) -> list[Ticket]:
    """The tickets with all that belongs to them, in few statements; services would need seconds and keep histories."""
    specs = [dict(spec) for spec in specs]
    parts = {name: [spec.pop(name) for spec in specs] for name in
             ("messages", "followers", "mentions", "team_mentions", "drafts", "copies")}  # fmt: skip
    for spec in specs:
        if spec["status"] not in (Status.SOLVED, Status.CLOSED):
            spec["solved_at"] = None
    made = Ticket.objects.bulk_create(Ticket(**spec) for spec in specs)
    rows = list(zip(made, range(len(made)), strict=True))
    messages = Message.objects.bulk_create(
        Message(ticket=ticket, text=it["text"], kind=it["kind"], channel="email", author_name="A",
                delivery_state="cancelled" if it["is_cancelled"] and it["kind"] == "public" else "")
        for ticket, n in rows for it in parts["messages"][n]
    )  # fmt: skip
    wanted = [it["file"] for list_ in parts["messages"] for it in list_]
    Attachment.objects.bulk_create(
        Attachment(message=message, file="x", filename="x", size=1, sha256="x")
        for message, has_file in zip(messages, wanted, strict=True) if has_file
    )  # fmt: skip
    Follower.objects.bulk_create(Follower(ticket=t, user_id=pk) for t, n in rows for pk in parts["followers"][n])
    Draft.objects.bulk_create(Draft(ticket=t, user_id=pk, mode="reply") for t, n in rows for pk in parts["drafts"][n])
    TicketCC.objects.bulk_create(
        TicketCC(ticket=t, customer_id=IDS["requester_id"][1], address=f"{state}@example.org", state=state)
        for t, n in rows for state in parts["copies"][n]
    )  # fmt: skip
    _mention(rows, parts)
    return list(Ticket.objects.select_related("requester", "inbox").filter(pk__in=[t.pk for t in made]))


def _mention(rows: list[tuple[Ticket, int]], parts: dict[str, list[Any]]) -> None:
    """In notes on a ticket of another time, so that a ticket with mentions may still be one without messages."""
    elsewhere = Ticket.objects.create(requester_id=IDS["requester_id"][1], inbox_id=31, channel="email")
    notes = Message.objects.bulk_create(
        Message(ticket=elsewhere, kind="note", channel="web", author_name="A") for _row in rows
    )
    people = [Mention(ticket=t, message=notes[n], user_id=pk) for t, n in rows for pk in parts["mentions"][n]]
    teams = [Mention(ticket=t, message=notes[n], team_id=pk) for t, n in rows for pk in parts["team_mentions"][n]]
    Mention.objects.bulk_create([*people, *teams])


def found(asked: list[Tree], user: User | None, among: Iterable[int]) -> set[tuple[int, int]]:
    """(place of the tree, ticket) for all trees in one statement, each through the WHERE that a list would have."""
    lists = [
        Ticket.objects.filter(as_q(tree, user=user, now=NOW), pk__in=among)
        .annotate(place=Value(place, output_field=IntegerField()))
        .values_list("place", "pk")
        for place, tree in enumerate(asked)
    ]
    return set(lists[0].union(*lists[1:], all=True))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    specs=st.lists(tickets(IDS), min_size=8, max_size=8),
    asked=st.lists(trees(IDS), min_size=12, max_size=12),
    who=st.sampled_from(ASKING),
)
def test_a_list_finds_what_a_rule_would_match(
    house: None, specs: list[dict[str, Any]], asked: list[Tree], who: tuple[int, str] | None
) -> None:
    user = User(pk=who[0], time_zone=who[1]) if who else None
    with transaction.atomic():
        facts = facts_of_many(store(specs))
        matched = {
            (place, pk)
            for place, tree in enumerate(asked)
            for pk in facts
            if matches(tree, facts[pk], user=user, now=NOW)
        }
        both = found(asked, user, among=list(facts)), matched
        transaction.set_rollback(True)
    assert both[0] == both[1]


def test_no_ticket_is_found_twice(house: None) -> None:
    """What a test of sets would not see: conditions on many rows must not multiply the ticket."""
    spec = {"requester_id": 1_900_101, "inbox_id": 31, "channel": "email"}
    lots = {"messages": [{"text": "refund", "kind": "public", "is_cancelled": False, "file": True}] * 3,
            "followers": [101, 102], "mentions": [101, 102], "team_mentions": [11, 12], "drafts": [101, 102],
            "copies": ["cc"], "status": Status.NEW, "subject": "refund refund"}  # fmt: skip
    store([{**spec, **lots}])
    user = User.objects.get(pk=101)
    tree = {
        "all": [
            {"field": "comment_includes_word", "operator": "includes", "value": ["refund", "ref"]},
            {"field": "description_includes_word", "operator": "includes", "value": "refund"},
            {"field": "requester_address", "operator": "includes", "value": "ada bob"},
            {"field": "follower", "operator": "includes", "value": [101, 102]},
            {"field": "mention", "operator": "includes", "value": [101, 102]},
            {"field": "draft_of_mine", "operator": "is", "value": "true"},
            {"field": "attachment", "operator": "present"},
            {"field": "cc", "operator": "present"},
            {"field": "ticket_is_public", "operator": "is", "value": "public"},
        ]
    }
    assert Ticket.objects.filter(as_q(tree, user=user, now=NOW)).count() == 1


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=trees(IDS))
def test_a_checked_tree_means_the_same_and_stays_as_it_is(house: None, tree: Tree) -> None:
    assume("987654" not in json.dumps(tree))
    normal = check(tree)
    assert check(json.loads(json.dumps(normal))) == normal
    assert parse(normal) == parse(tree)


def test_facts_take_one_statement_beside_the_ticket(house: None, django_assert_num_queries: Any) -> None:
    made = store([{"requester_id": 1_900_101, "inbox_id": 31, "channel": "email", "status": "new", "messages": [],
            "followers": [], "mentions": [], "team_mentions": [], "drafts": [], "copies": []}])  # fmt: skip
    (ticket,) = made
    with django_assert_num_queries(1):
        facts = facts_of(ticket)
    plain = {"all": [{"field": "status", "operator": "is", "value": "new"}]}
    with django_assert_num_queries(0):
        assert matches(plain, facts, user=None, now=NOW)
        assert matches(plain, facts_of(ticket, [plain]), user=None, now=NOW)


def test_the_largest_number_that_the_database_holds_can_be_asked_for(house: None) -> None:
    tree = {"all": [{"field": "assignee_id", "operator": "is", "value": MAX_ID}]}
    assert not Ticket.objects.filter(as_q(tree, user=None, now=NOW + timedelta(days=1))).exists()
