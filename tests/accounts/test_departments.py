"""Other departments read customers, leave notes and give feedback; nothing of the work on tickets reaches them."""

from __future__ import annotations

import json

import pytest
from asgiref.sync import sync_to_async
from django.test import Client
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer, CustomField, Organisation, RecordEvent, Segment
from helpdesk.accounts.models import Role, Team, User
from tests.cast import open_for, staff
from tests.tickets.sockets import Sockets
from tickets.consumers import NOT_OPEN
from tickets.customers.listing import with_tickets
from tickets.customers.organisation_numbers import in_list, numbers_of
from tickets.models import Inbox, Mention, Message, Notification, Ticket
from tickets.services import add_follower, add_note, add_reply, assign, mentionable
from tickets.services.errors import Refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def sam(db: None) -> User:
    return staff("sam@onethread.test", "Sam Sales", Role.COMPANY)


@pytest.fixture
def sales(client: Client, sam: User) -> Client:
    client.force_login(sam)
    return client


def test_after_signing_in_they_are_at_the_customers(sales: Client) -> None:
    answer = sales.get("/agent/")
    assert (answer.status_code, answer["Location"]) == (302, "/customers/")


def test_the_page_offers_only_what_is_theirs(sales: Client, ada: Customer) -> None:
    page = sales.get(f"/customers/{ada.pk}/").content.decode()
    assert 'id="nav-customers"' in page and 'id="nav-feedback"' in page
    for closed in (
        "<ot-live",
        "<ot-bell",
        "data-suggest-url",
        "data-ticket-url",
        "nav-settings",
        "/agent/new/",
        "/merge/",
    ):
        assert closed not in page, closed


def test_they_read_what_was_said_but_no_notes(sales: Client, adas_ticket: Ticket, grace: User) -> None:
    add_note(adas_ticket, "<p>Ada is difficult.</p>", actor=Actor.agent(grace))
    add_reply(adas_ticket, "<p>We look into it.</p>", actor=Actor.agent(grace))
    page = sales.get(f"/agent/of-customer/{adas_ticket.requester_id}/timeline/").content.decode()
    assert "It rattles when it multiplies." in page and "We look into it." in page
    assert "difficult" not in page and "Notes" not in page
    assert f"/agent/tickets/{adas_ticket.pk}/" not in page
    said, note = (
        Message.objects.get(kind=kind, author_role=role) for kind, role in (("public", ""), ("note", "agent"))
    )
    assert sales.get(f"/agent/messages/{said.pk}/whole/").status_code == 200
    assert sales.get(f"/agent/messages/{note.pk}/whole/").status_code == 404


def test_a_message_that_needs_a_frame_is_read_as_text(sales: Client, adas_ticket: Ticket) -> None:
    said = Message.objects.get()
    html = '<table><tr><td>Cogs</td></tr></table><img src="/agent/attachments/7/cog.png">'
    Message.objects.filter(pk=said.pk).update(
        html=html, needs_frame=True, has_remote_images=True, quoted_html="<p>Before</p>", quoted_text="Before"
    )
    page = sales.get(f"/agent/messages/{said.pk}/whole/").content.decode()
    assert "It rattles when it multiplies." in page and "Before" in page
    assert "/body/" not in page and "/agent/attachments/" not in page
    said.refresh_from_db()
    assert said.html == html


def test_a_private_teams_tickets_are_not_told(sales: Client, ada: Customer, support: Inbox) -> None:
    ticket = open_for(ada, support, "A confidential matter")
    Ticket.objects.filter(pk=ticket.pk).update(team=Team.objects.create(name="Legal", is_private=True))
    page = sales.get(f"/agent/of-customer/{ada.pk}/timeline/").content.decode()
    assert "confidential" not in page
    message = Message.objects.get()
    assert sales.get(f"/agent/messages/{message.pk}/whole/").status_code == 404


def test_internal_fields_are_not_theirs_now_or_in_the_past(sales: Client, ada: Customer, grace: User) -> None:
    for key, is_internal in (("risk", True), ("plan", False)):
        CustomField.objects.create(of="customer", key=key, title=key.title(), kind="text", is_internal=is_internal)
        RecordEvent.objects.create(
            customer=ada, kind="record.changed", actor_kind="user", actor_name="Grace",
            payload={"field": f"custom_fields.{key}", "old": None, "new": f"{key}-value"},
        )  # fmt: skip
    Customer.objects.filter(pk=ada.pk).update(custom_fields={"risk": "risk-value", "plan": "plan-value"})
    timeline = f"/agent/of-customer/{ada.pk}/timeline/"
    for address in (f"/customers/{ada.pk}/", timeline):
        assert "risk-value" not in sales.get(address).content.decode()
    assert "plan-value" in sales.get(timeline).content.decode()
    agent = Client()
    agent.force_login(grace)
    assert "risk-value" in agent.get(timeline).content.decode()


def test_what_was_in_an_internal_field_is_not_told_once_it_is_deleted(
    sales: Client, ada: Customer, grace: User
) -> None:
    RecordEvent.objects.create(
        customer=ada, kind="record.changed", actor_kind="user", actor_name="Grace",
        payload={"field": "custom_fields.risk", "old": None, "new": "risk-value"},
    )  # fmt: skip
    timeline = f"/agent/of-customer/{ada.pk}/timeline/"
    assert "risk-value" not in sales.get(timeline).content.decode()
    sales.force_login(grace)
    assert "risk-value" in sales.get(timeline).content.decode()


def test_nothing_is_asked_of_internal_fields(sales: Client, ada: Customer, grace: User) -> None:
    options = {"title": "Risk", "kind": "dropdown", "options": ["high", "low"], "is_internal": True}
    CustomField.objects.create(of="customer", key="risk", **options)
    Customer.objects.filter(pk=ada.pk).update(custom_fields={"risk": "high"})
    risky = {"all": [{"field": "custom_fields.risk", "operator": "is", "value": "high"}]}
    segment = Segment.objects.create(name="Trouble", is_badge=True, conditions=risky)
    wrong = {"all": [{"field": "custom_fields.risk", "operator": "is", "value": "?"}]}
    for tree in (risky, wrong):
        for address in ("/customers/", "/customers/count/"):
            answer = sales.get(address, {"filter": json.dumps(tree)})
            assert "Ada" not in answer.content.decode() and "high" not in answer.content.decode().split("<main")[-1]
    assert "Trouble" not in sales.get("/customers/").content.decode()
    assert sales.get("/customers/", {"segment": segment.pk}).status_code == 422
    health = f"/agent/of-customer/{ada.pk}/health/"
    assert "Trouble" not in sales.get(health).content.decode()
    sales.force_login(grace)
    assert "Ada" in sales.get("/customers/", {"filter": json.dumps(risky)}).content.decode()
    assert "Trouble" in sales.get(health).content.decode()


def test_numbers_are_those_of_what_they_read(
    sales: Client, adas_ticket: Ticket, ada: Customer, sam: User, support: Inbox
) -> None:
    hidden = open_for(ada, support, "A confidential matter")
    Ticket.objects.filter(pk=hidden.pk).update(team=Team.objects.create(name="Legal", is_private=True))
    company = Organisation.objects.create(name="Analytical Engines")
    Customer.objects.filter(pk=ada.pk).update(organisation=company)
    (row,) = with_tickets([ada], sam)
    assert (row.open_tickets, bool(row.last_contact)) == (1, True)
    numbers = numbers_of(company, sam, now=timezone.now())
    assert (numbers.tickets, numbers.open_tickets) == (1, 1)
    assert in_list([company], sam)[company.pk] == {"members": 1, "open": 1}


def test_a_note_of_theirs_is_on_the_timeline(sales: Client, ada: Customer, sam: User) -> None:
    sales.post(f"/customers/{ada.pk}/notes/", {"text": "Met her at the fair.\nWants more engines."})
    event = RecordEvent.objects.get(kind="note.added")
    assert (event.actor_user, event.payload) == (sam, {"text": "Met her at the fair.\nWants more engines."})
    assert "Met her at the fair." in sales.get(f"/agent/of-customer/{ada.pk}/timeline/").content.decode()
    answer = sales.post(f"/customers/{ada.pk}/notes/", {"text": "  "}, follow=True)
    assert "Nothing was written." in answer.content.decode()
    assert RecordEvent.objects.filter(kind="note.added").count() == 1


def test_tickets_are_invisible_to_every_question(adas_ticket: Ticket, sam: User) -> None:
    assert not Ticket.objects.visible_to(sam).exists()


def test_nobody_gives_them_tickets_or_names_them_in_notes(adas_ticket: Ticket, grace: User, sam: User) -> None:
    with pytest.raises(Refused):
        assign(adas_ticket, sam, actor=Actor.agent(grace))
    assert sam.email not in [one.email for one in mentionable(adas_ticket)]
    add_note(adas_ticket, "<p>@Sam Sales, look.</p>", actor=Actor.agent(grace))
    assert not Mention.objects.exists()


def test_who_followed_before_changing_departments_hears_nothing_more(
    adas_ticket: Ticket, grace: User, alan: User
) -> None:
    add_follower(adas_ticket, alan, actor=Actor.agent(grace))
    User.objects.filter(pk=alan.pk).update(role=Role.COMPANY)
    add_note(adas_ticket, "<p>Secret.</p>", actor=Actor.agent(grace))
    assert not Notification.objects.filter(user=alan).exists()


@pytest.mark.django_db(transaction=True)
async def test_the_socket_is_closed_to_them(sockets: Sockets) -> None:
    sam = await sync_to_async(staff)("sam@onethread.test", "Sam Sales", Role.COMPANY)
    socket = await sockets.connect(sam)
    assert (await socket.receive_output())["code"] == NOT_OPEN


def test_admins_make_them(client: Client, radia: User) -> None:
    client.force_login(radia)
    assert "Other department" in client.get("/settings/staff/new/").content.decode()
