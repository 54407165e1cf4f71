"""Erasing a person: no table and no file has a word of them afterwards, and everything can still be counted."""

from __future__ import annotations

import pytest

from customers.actors import Actor
from customers.erasing import erase
from customers.models import Customer
from helpdesk.accounts.models import User
from tests.integrations.receiver import Receiver
from tests.privacy import seeding
from tests.privacy.seeding import ADDRESS, NAME, WORDS, erase_all, found
from tickets.models import Inbox, Message, SlaTarget, Ticket, TicketEvent

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def person(support: Inbox, grace: User, radia: User, receiver: Receiver, other: Customer) -> Customer:
    return seeding.seed(support, grace, radia, receiver.url, other)


def numbers() -> dict[str, object]:
    return {
        "tickets": sorted(Ticket.objects.values_list("pk", "status", "created_at", "message_count", "reply_count")),
        "messages": sorted(Message.objects.values_list("pk", "ticket", "kind", "created_at", "author_role")),
        "events": sorted(TicketEvent.objects.values_list("pk", "ticket", "kind", "created_at", "gesture_id")),
        "targets": sorted(SlaTarget.objects.values_list("pk", "state", "elapsed")),
    }


def test_no_word_is_left_anywhere_and_numbers_stay(person: Customer, radia: User) -> None:
    rare = [*WORDS.values(), ADDRESS, NAME, "Zelphora"]
    everywhere = {word for _place, word in found(rare)}
    assert everywhere >= set(WORDS.values()) | {ADDRESS, NAME}, "the seeding reaches every place"
    before = numbers()
    job = erase(person, actor=Actor.agent(radia), reason=f"{NAME} asked")
    erase_all(job.pk)
    assert list(found(rare)) == []
    assert numbers() == before
    job.refresh_from_db()
    assert (job.state, job.sealed, job.report) == ("done", "", [])
    assert (job.done, job.counts["tickets"]) == (job.total, job.total)
