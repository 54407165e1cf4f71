"""The API: the page's twin in Zendesk's shape, with the same permissions and services."""

from typing import Any

import pytest
from django.test import Client
from pytest_django import DjangoAssertNumQueries

from customers.actors import Actor
from customers.models import Customer, Organisation
from helpdesk.accounts.models import Team, User
from tests.cast import open_for
from tickets.api.reading import shown_ticket, shown_tickets
from tickets.models import Message, Ticket, TicketEvent
from tickets.services import add_cc, add_follower, add_note, assign_team, change_status


def client_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def put(client: Client, ticket: Ticket, changes: Any) -> Any:
    return client.put(f"/api/v2/tickets/{ticket.number}.json", changes, content_type="application/json")


def test_without_a_sign_in_nothing_is_told(adas_ticket: Ticket, client: Client) -> None:
    answer = client.get("/api/v2/tickets.json")
    assert (answer.status_code, answer.json()) == (401, {"error": "Couldn't authenticate you"})


@pytest.mark.parametrize("address", ["/api/v2/tickets.json", "/api/v2/tickets"])
def test_tickets_are_listed_by_cursor(adas_ticket: Ticket, grace: User, address: str) -> None:
    answer = client_of(grace).get(address, {"page[size]": 1}).json()
    assert [ticket["subject"] for ticket in answer["tickets"]] == ["The engine rattles"]
    assert answer["meta"] == {"has_more": False, "after_cursor": None, "before_cursor": None}
    assert answer["links"]["next"] is None


def test_the_cursor_leads_through_every_ticket_once(adas_ticket: Ticket, grace: User) -> None:
    for number in range(4):
        open_for(adas_ticket.requester, adas_ticket.inbox, f"Question {number}")
    client, after, seen = client_of(grace), "", list[int]()
    for _ in range(5):
        page = client.get("/api/v2/tickets.json", {"page[size]": "2", "page[after]": after}).json()
        seen += [ticket["id"] for ticket in page["tickets"]]
        after = page["meta"]["after_cursor"]
        if not page["meta"]["has_more"]:
            break
    assert len(seen) == len(set(seen)) == 5


def test_what_stands_beside_a_ticket_is_what_its_relations_hold(
    adas_ticket: Ticket, grace: User, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    actor = Actor.agent(grace)
    charles = Customer.objects.create(name="Charles", organisation=Organisation.objects.create(name="Engines"))
    add_cc(adas_ticket, charles, "charles@example.org", actor=actor)
    add_follower(adas_ticket, grace, actor=actor)
    follow_up = open_for(adas_ticket.requester, adas_ticket.inbox, "Again")
    Ticket.objects.filter(pk=follow_up.pk).update(follow_up_of=adas_ticket, assignee=grace, requester=charles)
    grace.hidden_team_ids  # noqa: B018  read beforehand, as with the session
    with django_assert_num_queries(1):
        shown = {one.ticket.pk: one for one in shown_tickets(grace, "", 50).tickets}
    first, second = shown[adas_ticket.pk], shown[follow_up.pk]
    assert first[1:] == (adas_ticket.inbox.address, None, [charles.pk], [grace.pk], [follow_up.pk])
    assert second.organisation_id == charles.organisation_id and second.ticket.assignee_id == grace.pk
    assert shown_ticket(grace, adas_ticket.pk)[1:] == first[1:]


def test_nobody_is_told_of_more_than_their_pages_show(adas_ticket: Ticket, grace: User) -> None:
    private = Team.objects.create(name="Board", is_private=True)
    Ticket.objects.filter(pk=adas_ticket.pk).update(team=private)
    for change in ({}, {"is_active": False}, {"role": "company"}, {"role": "admin"}):
        reader = User.objects.get(pk=grace.pk)
        vars(reader).update(change)
        expected = list(Ticket.objects.visible_to(reader).values_list("pk", flat=True))
        assert [one.ticket.pk for one in shown_tickets(reader, "", 50).tickets] == expected
    private.members.add(grace)
    reader = User.objects.get(pk=grace.pk)
    assert [one.ticket.pk for one in shown_tickets(reader, "", 50).tickets] == [adas_ticket.pk]


def test_a_ticket_and_its_comments(adas_ticket: Ticket, grace: User) -> None:
    add_note(adas_ticket, "<p>Ask the workshop.</p>", actor=Actor.agent(grace))
    client = client_of(grace)
    ticket = client.get(f"/api/v2/tickets/{adas_ticket.number}").json()["ticket"]
    assert (ticket["status"], ticket["priority"], ticket["requester_id"]) == ("new", None, adas_ticket.requester_id)
    assert ticket["requester_id"] > 1_000_000
    assert ticket["created_at"].endswith("Z")
    assert "." not in ticket["created_at"]
    comments = client.get(f"/api/v2/tickets/{adas_ticket.number}/comments.json").json()["comments"]
    assert [(comment["public"], comment["plain_body"]) for comment in comments] == [
        (True, "It rattles when it multiplies.\n\nAda"),
        (False, "Ask the workshop."),
    ]


def test_one_put_is_one_gesture(adas_ticket: Ticket, grace: User) -> None:
    changes = {"ticket": {"status": "solved", "priority": "high", "comment": {"body": "Oil it."}, "tags": ["oil"]}}
    answer = put(client_of(grace), adas_ticket, changes)
    assert answer.status_code == 200
    assert (answer.json()["ticket"]["status"], answer.json()["ticket"]["tags"]) == ("solved", ["oil"])
    kinds = [event["type"] for event in answer.json()["audit"]["events"]]
    assert "reply.added" in kinds
    assert kinds[-1] == "status.changed"
    assert TicketEvent.objects.filter(ticket=adas_ticket).values("gesture_id").distinct().count() == 3


def test_a_forbidden_part_undoes_the_whole_put(adas_ticket: Ticket, grace: User) -> None:
    change_status(adas_ticket, "open", actor=Actor.agent(grace))
    answer = put(client_of(grace), adas_ticket, {"ticket": {"comment": {"body": "Bye"}, "status": "closed"}})
    assert answer.status_code == 422
    assert answer.json()["details"]["status"][0]["description"].startswith("Status: ")
    assert Message.objects.filter(ticket=adas_ticket).count() == 1


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({"status": "solved"}, 400),
        ({"ticket": []}, 400),
        ({"ticket": {"status": "nonsense"}}, 422),
        ({"ticket": {"assignee_id": 999}}, 422),
        ({"ticket": {"comment": {"body": ""}}}, 422),
        ({"ticket": {"comment": {"body": "   "}}}, 422),
    ],
)
def test_bad_input_is_said_in_the_clients_words(adas_ticket: Ticket, grace: User, changes: Any, status: int) -> None:
    answer = put(client_of(grace), adas_ticket, changes)
    assert answer.status_code == status
    assert answer.json()["error"] in ("ParameterMissing", "RecordInvalid")
    assert Ticket.objects.get(pk=adas_ticket.pk).last_event_id == adas_ticket.last_event_id


def test_a_light_agent_notes_but_neither_replies_nor_changes(adas_ticket: Ticket, linus: User) -> None:
    client = client_of(linus)
    assert put(client, adas_ticket, {"ticket": {"comment": {"body": "Hm", "public": False}}}).status_code == 200
    for changes in ({"comment": {"body": "Hello"}}, {"status": "solved"}):
        answer = put(client, adas_ticket, {"ticket": changes})
        assert (answer.status_code, answer.json()["error"]["title"]) == (403, "Forbidden")


def test_a_private_teams_ticket_does_not_exist_for_others(adas_ticket: Ticket, grace: User, margaret: User) -> None:
    assign_team(adas_ticket, Team.objects.create(name="Board", is_private=True), actor=Actor.agent(margaret))
    answer = client_of(grace).get(f"/api/v2/tickets/{adas_ticket.number}.json")
    assert (answer.status_code, answer.json()["error"]) == (404, "RecordNotFound")
    assert client_of(margaret).get(f"/api/v2/tickets/{adas_ticket.number}.json").status_code == 200
