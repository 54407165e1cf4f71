"""An address that a visitor typed: staff see that nothing proves it, and can have it proved."""

from __future__ import annotations

from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.adapters.email.proof_mail import render_proof_mail
from customers.actors import SYSTEM
from customers.identities import add_identity
from customers.models import Customer, Identity, IdentityLink, ProvedBy
from customers.proving import token_of, use_link
from helpdesk.accounts.models import User
from tickets.chat.offline import leave_message
from tickets.models import ChatVisitor, Ticket


@pytest.fixture
def as_ada(visitor: ChatVisitor, ada: Customer) -> Ticket:
    """Somebody who says that Ada's address is theirs."""
    return leave_message(visitor, "It's me", client_id=uuid4(), email="ada@example.org")


def link_sent(client: Client, agent: User, ticket: Ticket) -> IdentityLink:
    client.force_login(agent)
    answer = client.post(f"/agent/tickets/{ticket.pk}/claim/", headers={"HX-Request": "true"})
    assert answer.status_code == 200 and "on its way to ada@example.org" in answer.content.decode()
    return IdentityLink.objects.get()


def test_staff_see_whose_it_is_and_that_nothing_proves_it(client: Client, grace: User, as_ada: Ticket) -> None:
    client.force_login(grace)
    page = client.get(f"/agent/tickets/{as_ada.pk}/claim/").content.decode()
    assert "ada@example.org" in page and "Ada Lovelace" in page and "Nothing proves it" in page
    page = client.get(f"/agent/tickets/{as_ada.pk}/").content.decode()
    assert f"/agent/tickets/{as_ada.pk}/claim/" in page
    assert 'data-usual-to="ada@example.org"' in page, "a reply goes to where they said"


def test_whoever_reads_mail_there_makes_the_two_one(client: Client, grace: User, as_ada: Ticket, ada: Customer) -> None:
    link = link_sent(client, grace, as_ada)
    assert b"Somebody who chats with" in render_proof_mail(link, now=timezone.now())
    Client().get(f"/identity/{token_of(link)}/")
    as_ada.refresh_from_db()
    assert as_ada.requester != ada, "a scanner opens links"
    assert Client().post(f"/identity/{token_of(link)}/").status_code == 200
    as_ada.refresh_from_db()
    assert as_ada.requester == ada and ChatVisitor.objects.get().customer == ada
    page = client.get(f"/agent/tickets/{as_ada.pk}/claim/").content.decode()
    assert "Nothing proves it" not in page


def test_who_is_proved_to_be_somebody_else_is_not_joined(
    client: Client, grace: User, as_ada: Ticket, ada: Customer
) -> None:
    link = link_sent(client, grace, as_ada)
    add_identity(as_ada.requester, "email", "other@example.org", actor=SYSTEM, proved_by=ProvedBy.RECEIVED_MAIL)
    use_link(link)
    as_ada.refresh_from_db()
    assert as_ada.requester != ada


def test_a_new_address_is_proved_on_their_own_record(client: Client, grace: User, visitor: ChatVisitor) -> None:
    ticket = leave_message(visitor, "Hello", client_id=uuid4(), email="new@example.org")
    client.force_login(grace)
    client.post(f"/agent/tickets/{ticket.pk}/claim/")
    link = IdentityLink.objects.get()
    assert link.joins is None
    use_link(link)
    identity = Identity.objects.get(value="new@example.org")
    assert identity.is_verified and identity.customer == ticket.requester
