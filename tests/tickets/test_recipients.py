"""Whom a reply goes to is what its writer saw; what others change meanwhile is kept."""

from __future__ import annotations

import pytest

from channels_app.adapters.email.render import render
from channels_app.models import Delivery
from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets.models import Message, Ticket, TicketCC, TicketEvent
from tickets.services import Recipients, Refused, add_cc, add_reply, merged, retract_reply
from tickets.services.fields import MAX_CCS
from tickets.surroundings import surroundings

ADA = "ada@example.org"


def send(ticket: Ticket, author: User, to: tuple[str, ...] = (ADA,), **more: tuple[str, ...]) -> Message:
    people = Recipients(to, **more)
    return add_reply(ticket, "<p>Oil it.</p>", actor=Actor.agent(author), recipients=people)


def copies(ticket: Ticket) -> list[str]:
    return list(TicketCC.objects.filter(ticket=ticket, state="cc").values_list("address", flat=True))


def test_bcc_is_in_the_envelope_and_in_no_header(adas_ticket: Ticket, grace: User) -> None:
    message = send(adas_ticket, grace, cc=("ben@example.org",), bcc=("boss@example.org", "law@example.org"))
    delivery = Delivery.objects.get(message=message)
    assert set(delivery.envelope_to) == {ADA, "ben@example.org", "boss@example.org", "law@example.org"}
    mail = render(message.pk, delivery.mail_id, now=message.created_at)
    assert set(mail.envelope_to) == set(delivery.envelope_to)
    assert b"ben@example.org" in mail.raw
    assert b"boss@" not in mail.raw and b"law@" not in mail.raw and b"bcc" not in mail.raw.lower()


def test_who_is_put_in_copy_stays_on_the_ticket(adas_ticket: Ticket, grace: User) -> None:
    send(adas_ticket, grace, cc=("Ben@Example.org",), bcc=("boss@example.org",))
    assert copies(adas_ticket) == ["ben@example.org"]
    send(adas_ticket, grace, cc=())
    assert copies(adas_ticket) == []
    kinds = TicketEvent.objects.filter(ticket=adas_ticket).values_list("kind", flat=True)
    assert {"cc.added", "cc.removed"} <= set(kinds)


def test_a_copy_that_a_colleague_added_meanwhile_is_kept(adas_ticket: Ticket, grace: User, alan: User) -> None:
    send(adas_ticket, grace, cc=("ben@example.org",))
    add_cc(adas_ticket, adas_ticket.requester, "cleo@example.org", actor=Actor.agent(alan))
    message = send(adas_ticket, grace, cc=("dan@example.org",), cc_seen=("ben@example.org",))
    assert message.cc == ["cleo@example.org", "dan@example.org"]
    assert copies(adas_ticket) == ["cleo@example.org", "dan@example.org"]


def test_each_address_once_in_the_first_field_that_names_it(adas_ticket: Ticket, grace: User) -> None:
    message = send(adas_ticket, grace, (ADA, ADA.upper()), cc=(ADA, "ben@example.org"), bcc=("ben@example.org",))
    assert (message.to, message.cc, message.bcc) == ([ADA], ["ben@example.org"], [])


@pytest.mark.parametrize(
    ("people", "field"),
    [
        (Recipients(()), "to"),
        (Recipients((ADA,), ("no address",)), "cc"),
        (Recipients((ADA,), (), ("support+t.1@onethread.test",)), "bcc"),
        (Recipients((ADA,), tuple(f"p{n}@example.org" for n in range(MAX_CCS + 1))), "cc"),
    ],
)
def test_wrong_recipients_are_named_at_their_place(
    people: Recipients, field: str, adas_ticket: Ticket, grace: User
) -> None:
    with pytest.raises(Refused) as refusal:
        add_reply(adas_ticket, "<p>Oil</p>", actor=Actor.agent(grace), recipients=people)
    assert refusal.value.field == field
    assert copies(adas_ticket) == [] and not Message.objects.filter(author_user=grace).exists()


def test_taken_back_the_recipients_are_in_the_draft(adas_ticket: Ticket, grace: User) -> None:
    draft = retract_reply(send(adas_ticket, grace, bcc=("boss@example.org",)), actor=Actor.agent(grace))
    assert draft and draft.recipients
    assert (draft.recipients["to"], draft.recipients["bcc"]) == ([ADA], ["boss@example.org"])
    usual = retract_reply(send(adas_ticket, grace), actor=Actor.agent(grace))
    assert usual and usual.recipients is None


def test_the_page_names_those_whom_the_service_would_take(adas_ticket: Ticket, grace: User) -> None:
    send(adas_ticket, grace, cc=("ben@example.org",))
    around = surroundings(adas_ticket, grace)
    message = add_reply(adas_ticket, "<p>More</p>", actor=Actor.agent(grace))
    assert (around.usual_to, around.usual_cc) == (message.to, message.cc)


def test_merging_keeps_both_peoples_changes() -> None:
    assert merged(["a", "x"], ["a", "b"], ["b", "c"]) == ["x", "c"]
