"""Payment cards are told from other long numbers by how they begin and by their check digit."""

import pytest

from helpdesk.lib.card_numbers import card_numbers


@pytest.mark.parametrize(
    "number",
    ["4111 1111 1111 1111", "4111111111111111", "5555-5555-5555-4444", "378282246310005", "6011 1111 1111 1117"],
)
def test_cards_are_found(number: str) -> None:
    assert list(card_numbers(f"My card is {number}, valid until 12/29.")) == [number]


@pytest.mark.parametrize(
    "text",
    ["4111 1111 1111 1112", "0000 0000 0000 0000", "order 20261122093011", "+49 30 901820 1234", "4111.1111", ""],
)
def test_other_numbers_are_not(text: str) -> None:
    assert list(card_numbers(text)) == []
