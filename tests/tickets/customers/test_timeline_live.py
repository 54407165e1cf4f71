"""Open timelines hear of what is new on them, through the socket that every page has, and once it is committed."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

import pytest
from asgiref.sync import sync_to_async
from django.db import transaction

from customers.actors import Actor
from customers.events import RecordChanged, record
from customers.models import Customer, Organisation
from helpdesk.accounts.models import User
from tests.tickets.sockets import Sockets
from tickets.models import Channel, Ticket
from tickets.services import Incoming, add_note, receive_message

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.asyncio]


@pytest.fixture
def house(ada: Customer) -> Organisation:
    house = Organisation.objects.create(name="Analytical Engines")
    Customer.objects.filter(pk=ada.pk).update(organisation=house)
    return house


async def test_a_gesture_on_a_ticket_reaches_the_timelines_of_its_requester_and_their_organisation(
    adas_ticket: Ticket, ada: Customer, house: Organisation, grace: User, sockets: Sockets
) -> None:
    page = await sockets.ready(grace)
    await sync_to_async(add_note)(adas_ticket, "<p>Hm.</p>", actor=Actor.agent(grace))
    said = await page.receive_json_from()
    assert {f"customer:{ada.pk}", f"organisation:{house.pk}"} <= set(said["topics"])


async def test_who_writes_on_a_ticket_of_somebody_else_has_it_on_their_own_timeline(
    adas_ticket: Ticket, ada: Customer, grace: User, sockets: Sockets
) -> None:
    @sync_to_async
    def charles_writes() -> int:
        charles = Customer.objects.create(name="Charles Babbage")
        mail = Incoming(text="It does.", from_address="charles@example.org")
        receive_message(adas_ticket, mail, customer=charles, channel=Channel.EMAIL, actor=Actor.of_customer(charles))
        return charles.pk

    page = await sockets.ready(grace)
    charles = await charles_writes()
    said = await page.receive_json_from()
    assert {f"customer:{ada.pk}", f"customer:{charles}"} <= set(said["topics"])


async def test_what_happens_to_records_in_one_transaction_is_one_ping_after_it(
    ada: Customer, house: Organisation, grace: User, sockets: Sockets
) -> None:
    @sync_to_async
    def change() -> None:
        with transaction.atomic():
            for n in range(3):
                record(ada, RecordChanged("tier", str(n), str(n + 1)), actor=Actor.agent(grace))
            record(house, RecordChanged("tier", "", "Gold"), actor=Actor.agent(grace))

    page = await sockets.ready(grace)
    await change()
    said = await page.receive_json_from()
    assert set(said["topics"]) == {f"customer:{ada.pk}", f"organisation:{house.pk}"}
    assert await page.receive_nothing()


async def test_what_is_rolled_back_is_not_told(ada: Customer, grace: User, sockets: Sockets) -> None:
    class Undone(Exception):
        pass

    @sync_to_async
    def change() -> None:
        with suppress(Undone), transaction.atomic():
            record(ada, RecordChanged("tier", "", "Gold"), actor=Actor.agent(grace))
            raise Undone

    page = await sockets.ready(grace)
    await change()
    assert await page.receive_nothing()


async def test_a_ping_says_what_changed_and_never_what_it_says(
    adas_ticket: Ticket, grace: User, sockets: Sockets
) -> None:
    page = await sockets.ready(grace)
    await sync_to_async(add_note)(adas_ticket, "<p>A secret.</p>", actor=Actor.agent(grace))
    said: dict[str, Any] = await page.receive_json_from()
    assert set(said) == {"t", "topics"} and "secret" not in str(said)
