"""A wrong match is undone from the page."""

from django.test import Client

from helpdesk.accounts.models import User
from tests.cast import open_for
from tickets.models import Message, Ticket


def page_of(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_a_message_becomes_a_ticket_of_its_own_and_comes_back(adas_ticket: Ticket, grace: User) -> None:
    open_for(adas_ticket.requester, adas_ticket.inbox, "Another question")
    message = Message.objects.get(ticket=adas_ticket)
    client = page_of(grace)
    answer = client.post(f"/agent/messages/{message.pk}/detachment/")
    message.refresh_from_db()
    assert message.ticket_id != adas_ticket.pk
    assert answer["Location"] == f"/agent/tickets/{message.ticket_id}/"
    client.post(f"/agent/messages/{message.pk}/move/", {"number": f"#{adas_ticket.number}"})
    message.refresh_from_db()
    assert message.ticket_id == adas_ticket.pk


def test_an_unknown_number_is_said_and_nothing_moves(adas_ticket: Ticket, grace: User) -> None:
    message = Message.objects.get(ticket=adas_ticket)
    for number in ("999999", "tomorrow", ""):
        answer = page_of(grace).post(f"/agent/messages/{message.pk}/move/", {"number": number}, follow=True)
        assert "There is no ticket with that number." in answer.content.decode()
    message.refresh_from_db()
    assert message.ticket_id == adas_ticket.pk


def test_a_light_agent_moves_nothing(adas_ticket: Ticket, linus: User) -> None:
    message = Message.objects.get(ticket=adas_ticket)
    assert page_of(linus).post(f"/agent/messages/{message.pk}/detachment/").status_code == 403
