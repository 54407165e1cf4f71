"""Rules in words, and what revisions say was changed."""

from __future__ import annotations

from typing import Any

import pytest

from helpdesk.accounts.models import User
from tickets import revisions
from tickets.automation import rules
from tickets.automation.comparing import history
from tickets.automation.sentences import sentence
from tickets.conditions.catalogue import fields_in
from tickets.models import RuleKind

SOLVED = {"field": "status", "operator": "value", "value": "solved"}
MAIL = {"field": "via_id", "operator": "is", "value": "email"}
URGENT = {"field": "priority", "operator": "is", "value": "urgent"}
TAG = [{"field": "current_tags", "value": "seen twice"}]


def said(tree: Any, actions: Any = (), kind: str = "trigger") -> str:
    return sentence(kind, tree, list(actions), fields_in(kind))


@pytest.mark.parametrize(
    ("tree", "words"),
    [
        ({}, "Whenever a ticket is created or changed."),
        ({"all": [SOLVED]}, "When <b>Status</b> changed to <b>Solved</b>."),
        (
            {"all": [SOLVED, MAIL]},
            "When <b>Status</b> changed to <b>Solved</b> and <b>Channel</b> is <b>E-mail</b>.",
        ),
        (
            {"any": [SOLVED, URGENT], "none": [MAIL]},
            "When either <b>Status</b> changed to <b>Solved</b> or <b>Priority</b> is <b>Urgent</b> and not: "
            "<b>Channel</b> is <b>E-mail</b>.",
        ),
        (
            {"all": [{"any": [SOLVED, URGENT]}]},
            "When either <b>Status</b> changed to <b>Solved</b> or <b>Priority</b> is <b>Urgent</b>.",
        ),
    ],
)
def test_a_tree_is_said_as_a_sentence(tree: Any, words: str, db: None) -> None:
    assert said(tree) == words


def test_actions_end_it(db: None) -> None:
    actions = [*TAG, {"field": "priority", "value": "high"}]
    assert said({"all": [MAIL]}, actions).endswith(
        ": add the tags <b>seen, twice</b> and set the priority to <b>High</b>."
    )


def test_what_cannot_be_asked_or_done_is_still_said_and_never_markup(db: None) -> None:
    tree = {"all": [{"field": "<i>wings</i>", "operator": "is", "value": "\x02x\x03"}, 7]}
    assert "<i>" not in said(tree)
    assert "&lt;i&gt;wings&lt;/i&gt;" in said(tree)
    assert "<b>Team 4711</b>" in said({}, [{"field": "group_id", "value": "4711"}])
    assert said("nonsense", ["nonsense"]) == "Whenever a ticket is created or changed."
    word = {"field": "subject_includes_word", "operator": "is", "value": "<script>"}
    assert "&lt;script&gt;" in said({"all": [word]})


def test_a_revision_tells_what_came_and_what_went(radia: User) -> None:
    rule = rules.create_rule(RuleKind.TRIGGER, radia, "One", conditions={"all": [MAIL]}, actions=TAG)
    news = {"title": "Two", "conditions": {"all": [MAIL, URGENT]}, "actions": []}
    rule = rules.change_rule(rule, radia, news)
    newest, first = history(list(revisions.of(rule)), fields_in("trigger"))
    assert {it.label: it.lines for it in newest.differences} == {
        "Title": [("-", "One"), ("+", "Two")],
        "Conditions": [(" ", "Channel is E-mail"), ("+", "Priority is Urgent")],
        "Actions": [("-", "Add the tags seen, twice"), ("+", "Nothing")],
    }
    assert (newest.is_newest, first.is_newest, first.differences) == (True, False, [])
