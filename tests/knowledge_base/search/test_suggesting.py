"""Articles offered to somebody who is writing: from a subject, or from a whole ticket."""

from __future__ import annotations

import pytest

from knowledge_base.audience import ANYBODY, STAFF
from knowledge_base.models import HelpCentre
from knowledge_base.search.finding import suggest
from tests.knowledge_base.search.conftest import Write, section_of


def offered(words: str, centre: HelpCentre, language: str = "en") -> list[str]:
    return [hit.title for hit in suggest(words, reader=ANYBODY, centre=centre, language=language)]


@pytest.fixture
def shop(write: Write, centre: HelpCentre) -> HelpCentre:
    write("Changing the delivery address", "As long as the parcel has not left us, the address can be changed.")
    write("Where is my parcel?", "Follow the parcel with the number in our mail. It takes three days.")
    write("Returning an order", "Print the label, stick it on the box, bring it to the post office.")
    write("Paying by invoice", "Invoices are due within two weeks. They come by mail.")
    write("Reiniger für die Kette", "Damit reinigen Sie die Kette des Fahrrads.", language="de")
    return centre


@pytest.mark.parametrize(
    ("subject", "first"),
    [
        ("parcel", "Where is my parcel?"),
        ("I moved house and need another delivery address please", "Changing the delivery address"),
        ("retuning my order", "Returning an order"),
        ("invo", "Paying by invoice"),
        ("can i pay with an invoice?", "Paying by invoice"),
    ],
)
def test_a_subject_as_it_is_typed(shop: HelpCentre, subject: str, first: str) -> None:
    assert offered(subject, shop)[:1] == [first]


def test_nothing_rather_than_anything(shop: HelpCentre) -> None:
    assert offered("the weather in Lisbon was lovely yesterday", shop) == []
    assert offered("", shop) == []
    assert offered("?!", shop) == []


def test_a_whole_ticket_whose_first_line_is_its_subject(shop: HelpCentre) -> None:
    ticket = (
        "Delivery address\nHello,\n\nI hope this finds you well. Last week I placed an order with you, and since then "
        "we have moved. Would you be so kind as to send it to our new address instead? It is Station Road 5.\n\nAda"
    )
    assert offered(ticket, shop)[0] == "Changing the delivery address"


def test_the_language_to_fall_back_on_and_no_other(shop: HelpCentre) -> None:
    assert offered("Kette reinigen", shop, "de") == ["Reiniger für die Kette"]
    assert offered("parcel", shop, "de")[0] == "Where is my parcel?"
    assert offered("Kette reinigen", shop, "en") == []


def test_nobody_is_offered_what_they_may_not_read(write: Write, shop: HelpCentre) -> None:
    write("Refusing a chargeback", "How we answer the bank.", within=section_of(shop, "Inside", "Money", "staff"))
    assert offered("chargeback of the bank", shop) == []
    found = suggest("chargeback of the bank", reader=STAFF, centre=shop, language="en")
    assert [hit.title for hit in found] == ["Refusing a chargeback"]
