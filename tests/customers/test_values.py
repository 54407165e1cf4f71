"""What people type becomes one spelling, which stays as it is; or a reason why it cannot be kept."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from customers import fields, words
from customers.errors import Refused
from customers.models import CustomField, FieldKind, IdentityKind
from customers.normalising import LONGEST, normalise, shown
from customers.patterns import check_pattern, matches

typed = st.text(max_size=60) | st.from_regex(r"[+0-9 ()/@._a-zA-Z-]{1,40}", fullmatch=True)
numbers = st.from_regex(r"(\+|00)?[1-9][0-9 /()-]{5,14}", fullmatch=True)


@given(st.sampled_from(IdentityKind.values), typed | numbers, st.sampled_from(["", "DE", "US", "GB"]))
@settings(max_examples=200, deadline=None)
def test_what_was_normalised_stays_as_it_is(kind: str, value: str, country: str) -> None:
    try:
        once = normalise(kind, value, country=country)
    except Refused:
        return
    assert normalise(kind, once) == normalise(kind, once, country=country) == once
    assert (len(once) <= max(LONGEST, len(value)) and shown(kind, once)) or not once


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        ("phone", "0171/555 01 23", "+491715550123"),
        ("phone", "tel:+49-30-1234567", "+49301234567"),
        ("phone", "0049 30 1234567", "+49301234567"),
        ("phone", "+1 (212) 555-0100 ext. 12", "+12125550100"),
        ("whatsapp", "US.13491208655302741918", "US.13491208655302741918"),
        ("x", "https://x.com/Ada_Lovelace?s=20", "@ada_lovelace"),
        ("x", "@12345", "@12345"),
        ("x", "1457372823", "1457372823"),
        ("telegram", "-1001234567890", "-1001234567890"),
        ("telegram", "t.me/AdaLovelace", "@adalovelace"),
        ("instagram", "www.instagram.com/ada.l/", "@ada.l"),
        ("messenger", "m.me/ada.lovelace", "@ada.lovelace"),
        ("messenger", "7293847561029384", "7293847561029384"),
        ("external", " CRM-00042 ", "CRM-00042"),
        ("email", " Ada@Example.ORG ", "ada@example.org"),
    ],
)
def test_one_spelling_for_each(kind: str, value: str, kept: str) -> None:
    assert normalise(kind, value, country="DE") == kept


@pytest.mark.parametrize("address", ["t.me/ada/../x", "x.com/", "https://example.org/ada", "@", "ada lovelace"])
def test_other_addresses_are_no_names(address: str) -> None:
    if address == "t.me/ada/../x":
        with pytest.raises(Refused):
            normalise("telegram", address)
    else:
        with pytest.raises(Refused):
            normalise("x", address)


def field(kind: FieldKind, **more: Any) -> CustomField:
    return CustomField(of="customer", key="it", title="It", kind=kind, **more)


OPTIONS = ["Red", "Green", "Dark blue"]
FIELDS = [
    field(FieldKind.TEXT), field(FieldKind.TEXTAREA), field(FieldKind.CHECKBOX), field(FieldKind.DATE),
    field(FieldKind.INTEGER), field(FieldKind.DECIMAL), field(FieldKind.DROPDOWN, options=OPTIONS),
    field(FieldKind.MULTISELECT, options=OPTIONS), field(FieldKind.REGEXP, pattern="[A-Z]{2}-[0-9]{4}"),
]  # fmt: skip
anything = (
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=300) | st.dates()
    | st.lists(st.sampled_from([*OPTIONS, "red", "Pink"])) | st.sampled_from(OPTIONS) | st.decimals()
    | st.from_regex(r"[+-]?[0-9]{0,17}[.,]?[0-9]{0,9}", fullmatch=True)
)  # fmt: skip


@given(st.sampled_from(FIELDS), anything)
@settings(max_examples=250, deadline=None)
def test_a_value_is_kept_in_json_once_and_for_all_or_refused(of: CustomField, value: Any) -> None:
    try:
        kept = fields.check(of, value)
    except Refused:
        return
    assert json.loads(json.dumps(kept)) == kept
    assert fields.check(of, kept) == kept
    assert isinstance(fields.said(of, kept), str)


@pytest.mark.parametrize(
    ("kind", "value", "kept"),
    [
        (FieldKind.DECIMAL, "12,50", "12.50"),
        (FieldKind.DECIMAL, "007.5", "7.5"),
        (FieldKind.DECIMAL, "1e3", "1000"),
        (FieldKind.DECIMAL, 0.1, "0.1"),
        (FieldKind.INTEGER, "12.0", 12),
        (FieldKind.INTEGER, 0, 0),
        (FieldKind.CHECKBOX, "Ja", True),
        (FieldKind.CHECKBOX, False, False),
        (FieldKind.DATE, "2026-03-31T10:00:00", "2026-03-31"),
        (FieldKind.DATE, "1.2.2026", "2026-02-01"),
        (FieldKind.DATE, date(2026, 3, 31), "2026-03-31"),
        (FieldKind.DROPDOWN, " dark BLUE ", "Dark blue"),
        (FieldKind.MULTISELECT, "green; red", ["Red", "Green"]),
        (FieldKind.REGEXP, "AB-1234", "AB-1234"),
        (FieldKind.TEXT, "  two\nlines ", "two lines"),
        (FieldKind.TEXT, "", None),
    ],
)
def test_each_kind_reads_what_people_write(kind: FieldKind, value: Any, kept: Any) -> None:
    assert fields.check(next(it for it in FIELDS if it.kind == kind), value) == kept


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        (FieldKind.DECIMAL, "1,234", "nothing between"),
        (FieldKind.DECIMAL, "1.234,50", "nothing between"),
        (FieldKind.DECIMAL, "9" * 16, "too large"),
        (FieldKind.INTEGER, "12.5", "whole number"),
        (FieldKind.INTEGER, True, "whole number"),
        (FieldKind.DATE, "2026-02-30", "year-month-day"),
        (FieldKind.DATE, "03/04/2026", "year-month-day"),
        (FieldKind.CHECKBOX, "maybe", "yes or no"),
        (FieldKind.DROPDOWN, "Pink", "is not one of: Red, Green, Dark blue"),
        (FieldKind.REGEXP, "ab-1234", "form that is asked for"),
        (FieldKind.TEXT, "x" * 256, "At most 255 characters; these are 256"),
    ],
)
def test_a_refusal_says_what_would_do(kind: FieldKind, value: Any, reason: str) -> None:
    with pytest.raises(Refused, match=reason):
        fields.check(next(it for it in FIELDS if it.kind == kind), value)


def test_an_expression_that_would_run_for_years_is_stopped() -> None:
    evil = check_pattern("(a|aa)+b?c")
    with pytest.raises(Refused, match="too intricate"):
        matches(evil, "a" * 200)
    with pytest.raises(Refused, match="no regular expression"):
        check_pattern("(unclosed")
    with pytest.raises(Refused, match="At most 200"):
        check_pattern("a" * 201)


@given(st.text(max_size=120))
def test_words_stay_as_they_were_cleaned(text: str) -> None:
    assert words.line(words.line(text, 500), 500) == words.line(text, 500)
    assert words.block(words.block(text, 500), 500) == words.block(text, 500)
    assert words.tags(words.tags(text)) == words.tags(text)
    assert "\x00" not in words.block(text, 500)
