"""What may be private in a conversation: found by what we know and by its form, and replaced wherever it stands."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.lib.masking import MARK
from tickets.knowledge.private_data import Found, Kind, Known, find, placeholders, replaced, replaced_text
from tickets.knowledge.private_forms import is_iban

NOBODY = Known()
ADA = Known(
    names=frozenset({"Ada Lovelace", "Grace Hopper"}),
    organisations=frozenset({"Analytical Engines Ltd"}),
    addresses=frozenset({"ada@example.org", "+442079460958"}),
    orders=frozenset({"A-2291"}),
)


def kinds(text: str, known: Known = NOBODY) -> dict[str, Kind]:
    return {found.words: found.kind for found in find(text, known)}


@pytest.mark.parametrize(
    ("text", "words", "kind"),
    [
        ("Write to jo.smith+shop@mail.example.co.uk please", "jo.smith+shop@mail.example.co.uk", Kind.EMAIL),
        ("Call +49 30 901820 tomorrow", "+49 30 901820", Kind.PHONE),
        ("Ruf 030/901820-15 an", "030/901820-15", Kind.PHONE),
        ("My card is 4111 1111 1111 1111.", "4111 1111 1111 1111", Kind.CARD),
        ("IBAN DE89 3704 0044 0532 0130 00, thanks", "DE89 3704 0044 0532 0130 00", Kind.ACCOUNT),
        ("Order number: 4711-99 never came", "4711-99", Kind.ORDER),
        ("My order is 4711-22, please help.", "4711-22", Kind.ORDER),
        ("Meine Kundennummer lautet K-4711", "K-4711", Kind.ORDER),
        ("Meine Bestellung Nr. 882331 fehlt", "882331", Kind.ORDER),
        ("see #10482 for it", "10482", Kind.ORDER),
        ("It goes to 12 Baker Street, London", "12 Baker Street", Kind.ADDRESS),
        ("Ich wohne Lindenstraße 5a", "Lindenstraße 5a", Kind.ADDRESS),
        ("10115 Berlin", "10115 Berlin", Kind.ADDRESS),
        ("SW1A 1AA is mine", "SW1A 1AA", Kind.ADDRESS),
        ("The key is 9f3a77c21b0d", "9f3a77c21b0d", Kind.NUMBER),
        ("from 192.168.178.24 it fails", "192.168.178.24", Kind.NUMBER),
        ("Call (555) 123-4567 tomorrow", "(555) 123-4567", Kind.PHONE),
        ("Call 555-123-4567 tomorrow", "555-123-4567", Kind.PHONE),
        ("My SSN is 123-45-6789.", "123-45-6789", Kind.NUMBER),
        ("I was born on 12.03.1984 in Bonn", "12.03.1984", Kind.NUMBER),
        ("My name is Katherine Johnson and", "Katherine Johnson", Kind.NAME),
        ("It works.\n\nBest regards\nKatherine", "Katherine", Kind.NAME),
        ("Hello Katherine,\nit works", "Katherine", Kind.NAME),
        ("Liebe Frau Meier,\ndas geht", "Meier", Kind.NAME),
    ],
)
def test_its_form_tells(text: str, words: str, kind: Kind) -> None:
    assert kinds(text).get(words) == kind


def test_short_names_are_names() -> None:
    assert kinds("Thank you Li, it works.", Known(names=frozenset({"Li Wu"}))) == {"Li": Kind.NAME}
    assert kinds("An apple an hour.", Known(names=frozenset({"An Nguyen"}))) == {}


@pytest.mark.parametrize(
    "text",
    [
        "Hold the button for 10 seconds, then turn it 3 times.",
        "Version 2.14.1 of the app, since 2024.",
        "Open Settings > Devices and choose “Forget”.",
        "Hello everyone,\nit works again.",
        "It costs 1,250.00 EUR in 12 months.",
        "See https://help.example.org/hc/en/articles/12-how-to-reset-your-grinder/ for more.",
    ],
)
def test_ordinary_words_stay(text: str) -> None:
    assert kinds(text) == {}


@pytest.mark.parametrize(
    "url",
    [
        "https://shop.example.org/reset?token=8fj3kd92ldk3jfh2k3j4h5",
        "https://shop.example.org/orders/88213377",
        "https://shop.example.org/login?email=ada@example.org",
        "https://shop.example.org/s/9f8e7d6c5b4a39281706f5e4d3c2b1a0",
    ],
)
def test_links_that_are_one_persons_always_go(url: str) -> None:
    found = find(f"Use {url}.", NOBODY)
    assert [(each.words, each.kind, each.is_certain) for each in found] == [(url, Kind.LINK, True)]


def test_what_our_records_say_is_found_wherever_it_stands() -> None:
    found = kinds("Ada from ANALYTICAL ENGINES LTD ordered a-2291 and Lovelace paid. Ring +442079460958.", ADA)
    assert found == {
        "Ada": Kind.NAME,
        "Lovelace": Kind.NAME,
        "Analytical Engines Ltd": Kind.ORGANISATION,
        "A-2291": Kind.ORDER,
        "+442079460958": Kind.PHONE,
    }


def test_a_name_that_is_an_ordinary_word_here_does_not_take_the_word_away() -> None:
    known = Known(names=frozenset({"Will Smith"}))
    assert kinds("Will Smith asks whether it will work.", known) == {"Will Smith": Kind.NAME}


def test_the_words_around_it_are_shown() -> None:
    (found,) = find("First line.\nCall me on +49 30 901820 in the morning.\nLast", NOBODY)
    assert found.near == "Call me on +49 30 901820 in the morning."


def test_each_is_replaced_by_what_it_was_across_tags_and_in_links() -> None:
    html = '<p>Ask <b>Ada</b> Lovelace at <a href="mailto:ada@example.org">her address</a>: ada@example.org</p>'
    found = find("Ada Lovelace ada@example.org", ADA)
    assert replaced(html, found) == "<p>Ask <b>[name]</b> at <a>her address</a>: [e-mail address]</p>"


def test_what_was_redacted_on_the_ticket_stays_out() -> None:
    assert replaced_text(f"It is {MARK}.", []) == "It is [removed]."


def test_an_account_number_is_known_by_its_checksum() -> None:
    assert is_iban("GB82 WEST 1234 5698 7654 32")
    assert not is_iban("GB83 WEST 1234 5698 7654 32")


@given(st.lists(st.sampled_from(["Ada", "ada@example.org", "A-2291", "and", "<b>", "</b>", "4111111111111111", "\n"])))
def test_nothing_that_was_found_is_left(words: list[str]) -> None:
    text = " ".join(words)
    out = replaced_text(text, find(text, ADA))
    assert not [each for each in ("Ada", "ada@example.org", "A-2291", "4111111111111111") if each in out]


def test_every_kind_has_something_in_its_place() -> None:
    assert set(placeholders()) == set(Kind)
    assert replaced_text("x Foo y", [Found(Kind.OTHER, "foo")]) == "x [removed] y"
