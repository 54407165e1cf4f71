"""What is typed, and what is understood by it."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from customers.identify import identify
from helpdesk.accounts.models import Team, User
from helpdesk.lib.words import fold, fold_in_place, words_of
from tickets.conditions import check
from tickets.models import Inbox
from tickets.search.parsing import MAX_LENGTH, Query, SearchError, Term, parse

PIECES = st.sampled_from([
    "status:", "open", '"', "-", "*", "#", "created>", "7days", "assignee:", "me", "tag:", ":", "<", "ß", "שלום",
    "日本", "\0", "😀", "%", "_", "\\", "'", "&", "|", "!", "(", ")", "<->", ":*", "a" * 70, "2026-02-30",
    "99999999999999999", "type:ticket", "sort:", "from:", "ada@example.org", "is:", "has:", " ", "\ud800", "^x", "~a1",
])  # fmt: skip


def conditions(text: str) -> dict[str, object]:
    return parse(text, None).tree


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.one_of(st.text(max_size=200), st.lists(PIECES, max_size=30).map("".join)))
def test_nothing_that_can_be_typed_breaks_it(text: str) -> None:
    try:
        query = parse(text, None)
    except SearchError:
        return
    assert check(query.tree) is not None
    assert not set("".join(word for term in query.terms for word in term.words)) & set(" '&|!()<>:*\\^~")


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("Refund Größe", [("refund",), ("grosse",)]),
        ('"exact phrase"', [("exact", "phrase")]),
        ("ada@example.org", [("ada", "example", "org")]),
        ("“curly quotes”", [("curly", "quotes")]),
        ('"never closed', [("never", "closed")]),
        ("日本語", [("日", "本", "語")]),
        ("- -- *", []),
    ],
)
def test_words_and_phrases(text: str, terms: list[tuple[str, ...]]) -> None:
    assert [term.words for term in parse(text, None).terms] == terms


def test_the_signs_around_a_word() -> None:
    assert parse("-refund ref*", None).terms == (
        Term(("refund",), "refund", is_negative=True),
        Term(("ref",), "ref", is_prefix=True),
    )


def test_a_filter_that_does_not_exist_is_words_with_a_remark() -> None:
    query = parse("colour:red", None)
    assert query.terms == (Term(("colour", "red"), "colour:red"),)
    assert "colour:" in query.notes[0]
    assert not parse("https://example.org/wren", None).notes


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("status:open", ("status", "is", "open")),
        ("status<solved", ("status", "less_than", "solved")),
        ("status:<=pending", ("status", "less_than_equal", "pending")),
        ("priority>normal", ("priority", "greater_than", "normal")),
        ("assignee:me", ("assignee_id", "is", "current_user")),
        ("assignee:none", ("assignee_id", "is", "")),
        ("tag:refund", ("current_tags", "includes", "refund")),
        ("channel:email", ("via_id", "is", "email")),
        ("has:attachment", ("attachment", "present", None)),
        ("is:unassigned", ("assignee_id", "is", "")),
        ("is:unsolved", ("status", "less_than", "solved")),
        ("created>2026-01-31", ("created_at", "greater_than", "2026-01-31")),
        ("created:today", ("created_at", "is", "today")),
        ("updated>7days", ("updated_on", "within_previous_n_days", 7)),
        ('subject:"two words"', ("subject_includes_word", "includes", ["two words"])),
        ("cc:ada@example.org", ("cc_address", "includes", ["ada@example.org"])),
    ],
)
def test_filters_are_conditions(text: str, condition: tuple[str, str, object]) -> None:
    field, operator, value = condition
    tree = conditions(text)
    assert tree == {"all": [{"field": field, "operator": operator, "value": value}]}
    check(tree)


def test_names_of_people_teams_and_inboxes(grace: User, support_team: Team, support: Inbox) -> None:
    ada = identify("email", "ada@example.org", name="Ada Lovelace").customer
    for text, field, pk in (
        ("assignee:grace", "assignee_id", grace.pk),
        ("assignee:grace@onethread.test", "assignee_id", grace.pk),
        ('team:"support"', "group_id", support_team.pk),
        ("to:support@onethread.test", "inbox_id", support.pk),
        ("from:lovelace", "requester_id", ada.pk),
        ("from:ADA@example.org", "requester_id", ada.pk),
    ):
        assert conditions(text) == {"all": [{"field": field, "operator": "is", "value": pk}]}, text


def test_the_same_filter_twice_means_either_and_a_minus_neither() -> None:
    tree = conditions("status:open status:pending -tag:spam -tag:test")
    assert [one["value"] for one in tree["all"][0]["any"]] == ["open", "pending"]  # type: ignore[index]
    assert [one["value"] for one in tree["none"]] == ["spam", "test"]  # type: ignore[attr-defined]


def test_a_range_of_dates_is_both_of_its_ends() -> None:
    tree = conditions("created>2026-01-01 created<2026-02-01")
    assert [one["operator"] for one in tree["all"]] == ["greater_than", "less_than"]  # type: ignore[attr-defined]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("status:bogus", "bogus"),
        ("status:", "status:open"),
        ("created>soon", "soon"),
        ("created>2026-02-30", "2026-02-30"),
        ("assignee:nobodyever", "nobodyever"),
        ("has:hair", "hair"),
        ("tag>3", "tag:refund"),
        ("sort:size", "relevance"),
        ("x" * (MAX_LENGTH + 1), "1,000"),
        ("w " * 100, "40"),
    ],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(text: str, word: str) -> None:
    with pytest.raises(SearchError, match=word):
        parse(text, None)


def test_kinds_order_and_number() -> None:
    assert parse("type:user ada", None).kinds == {"customer"}
    assert parse("sort:newest a", None).sort == "newest"
    assert (parse("#1042", None).number, parse("1042", None).number, parse("1042 x", None).number) == (1042, 1042, None)
    assert parse("  ", None) == Query("")


def test_folding_keeps_words_comparable_and_places_true() -> None:
    assert (fold("GRÖSSE"), fold("Größe"), fold("Łódź"), fold("naïve")) == ("grosse", "grosse", "lodz", "naive")
    assert words_of("l’été, don't; snake_case") == ["l", "ete", "don", "t", "snake", "case"]
    for text in ("Größe", "Œuvre İstanbul", "ﬁne 日本 a\u0301"):
        assert len(fold_in_place(text)) == len(text)


def test_the_same_filter_twice_means_either_but_two_states_mean_both(db: None) -> None:
    assert parse("tag:refund tag:vip", None).tree["all"] == [
        {"any": [
            {"field": "current_tags", "operator": "includes", "value": "refund"},
            {"field": "current_tags", "operator": "includes", "value": "vip"},
        ]}
    ]  # fmt: skip
    both = parse("is:waiting is:unsolved", None).tree["all"]
    assert [condition["field"] for condition in both] == ["is_waiting", "status"]
    assert "any" in parse("is:open is:pending", None).tree["all"][0]
