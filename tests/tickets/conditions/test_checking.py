"""What is refused, where, and in which words; and what a hostile tree can't do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from customers.models import Organisation
from helpdesk.accounts.models import Team, User
from tests.tickets.conditions.trees import NOW
from tickets.conditions import Invalid, Tree, as_q, catalogue, check, problems, scope_of
from tickets.models import Inbox, Ticket

pytestmark = pytest.mark.django_db


def one(field: Any, operator: Any, value: Any = None) -> Tree:
    return {"all": [{"field": field, "operator": operator, "value": value}]}


@pytest.mark.parametrize(
    ("tree", "path", "field", "reason"),
    [
        (one("colour", "is", "red"), "all.0", "colour", "There is no field “colour”."),
        (one("status", "changed"), "all.0", "status", "Status can’t be compared with “changed”, only with is, is_not, "
         "includes, not_includes, less_than, less_than_equal, greater_than, greater_than_equal."),
        (one("status", "is", "opne"), "all.0", "status",
         "Status: “opne” is none of new, open, pending, hold, solved, closed."),
        (one("assignee_id", "is", "me"), "all.0", "assignee_id", "Assignee: must be a whole number."),
        (one("group_id", "is", "current_user"), "all.0", "group_id", "Team: must be a whole number."),
        (one("inbox_id", "is", ""), "all.0", "inbox_id", "Inbox: must be a whole number."),
        (one("assignee_id", "is", 2**63), "all.0", "assignee_id", f"Assignee: must be between 1 and {2**63 - 1}."),
        (one("assignee_id", "includes", []), "all.0", "assignee_id", "Assignee: needs a value."),
        (one("current_tags", "includes", "x" * 61), "all.0", "current_tags",
         f"Tags: “{'x' * 40}…” is no tag: they have 1 to 60 characters."),
        (one("current_tags", "includes", " , "), "all.0", "current_tags", "Tags: needs a value."),
        (one("subject_includes_word", "includes", ""), "all.0", "subject_includes_word", "Subject: needs a value."),
        (one("subject_includes_word", "is", "x" * 501), "all.0", "subject_includes_word",
         "Subject: is longer than 500 characters."),
        (one("replies", "less_than", "many"), "all.0", "replies", "Agent replies: must be a whole number."),
        (one("replies", "less_than", -1), "all.0", "replies", "Agent replies: must be between 0 and 2147483647."),
        (one("created_at", "less_than", "soon"), "all.0", "created_at",
         "Created: “soon” is no date like 2026-11-22."),
        (one("created_at", "is", "2026-02-30"), "all.0", "created_at",
         "Created: “2026-02-30” is no date like 2026-11-22."),
        (one("created_at", "within_previous_n_days", 0), "all.0", "created_at",
         "Created: must be between 1 and 10000."),
        (one("draft_of_mine", "is", "maybe"), "all.0", "draft_of_mine",
         "I have a draft: “maybe” is none of true, false."),
        ({"all": [], "some": []}, "", "", "A group has all, any and none, but no “some”."),
        ({"any": {}}, "any", "", "Conditions must come as a list."),
        ({"any": [[]]}, "any.0", "", "A group of conditions must be an object with all, any or none."),
        ([], "", "", "A group of conditions must be an object with all, any or none."),
        ({"all": [{"any": [{"none": [{"all": []}]}]}]}, "all.0.any.0.none.0", "",
         "Groups can be nested 3 deep, no deeper."),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_its_place(tree: Any, path: str, field: str, reason: str) -> None:
    with pytest.raises(Invalid) as refused:
        check(tree)
    (problem,) = refused.value.problems
    assert (problem.path, problem.field, problem.reason) == (path, field, reason)
    with pytest.raises(Invalid):
        as_q(tree, user=None, now=NOW)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    tree = {"all": [one("status", "is", "x")["all"][0], {"any": [one("nope", "is")["all"][0]]}], "none": 3}
    assert [problem.path for problem in problems(tree)] == ["all.0", "all.1.any.0", "none"]


def test_what_was_deleted_is_named(grace: User) -> None:
    team, acme = Team.objects.create(name="Refunds"), Organisation.objects.create(name="Acme")
    tree = check(
        {
            "all": [{"field": "group_id", "operator": "includes", "value": [team.pk, ""]}],
            "any": [
                {"field": "assignee_id", "operator": "is", "value": grace.pk},
                {"none": [{"field": "organization_id", "operator": "is", "value": acme.pk}]},
            ],
        }
    )
    assert problems(tree) == []
    gone, bought = team.pk, acme.pk
    team.delete()
    acme.delete()
    assert [(it.path, it.field, it.reason) for it in problems(tree)] == [
        ("all.0", "group_id", f"Team: Team {gone} no longer exists."),
        ("any.1.none.0", "organization_id", f"Organisation: Organisation {bought} no longer exists."),
    ]
    with pytest.raises(Invalid, match="no longer exists"):
        check(tree)
    assert list(Ticket.objects.filter(as_q(tree, user=None, now=NOW))) == []  # a list with it still works


def test_the_normal_form_has_numbers_and_no_empty_parts(grace: User) -> None:
    tree = check(
        {
            "all": [{"field": "assignee_id", "operator": "is", "value": str(grace.pk), "extra": 1}],
            "any": [],
            "none": [{"field": "current_tags", "operator": "includes", "value": "B a,b"}, {"all": []}],
        }
    )
    assert tree == {
        "all": [{"field": "assignee_id", "operator": "is", "value": grace.pk}],
        "none": [{"field": "current_tags", "operator": "includes", "value": ["b", "a"]}, {}],
    }
    assert json.loads(json.dumps(tree)) == tree


def test_a_hundred_conditions_are_possible_and_ten_thousand_are_refused_once() -> None:
    condition = one("status", "is", "open")["all"][0]
    assert len(check({"all": [condition] * 60, "any": [condition] * 40})["any"]) == 40
    for many in ({"all": [condition] * 10_000}, {"any": [{"all": [condition] * 10}] * 1000}):
        (problem,) = problems(many)
        assert problem.reason == "At most 100 conditions are possible."


HOSTILE: list[Any] = [
    None, True, False, 0, -1, 1.5, float("nan"), float("inf"), 10**30, -(10**4000), 2**63,
    "", " ", "\0", "a\0b", "\ud800", "%", "\\", "'; DROP TABLE x", "x" * 100_000, "9" * 5000, "１２", "²", "+1",
    [], [[]], [[[["open"]]]], {}, {"field": "status"}, [None], [True], ["open", 3], ["x" * 5000], list(range(10_000)),
    "9999-12-31", "0001-01-01", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "2026-11-22T10:00:00",
    "2026-11-22T25:00:00Z", "20261122",
]  # fmt: skip


@pytest.mark.parametrize("field", [field.key for field in catalogue()])
def test_any_value_is_either_asked_or_refused(field: str) -> None:
    """Never an error of the database or of Python's."""
    asked = []
    operators = [it.key for it in next(it for it in catalogue() if it.key == field).operators]
    for operator in operators:
        for value in HOSTILE:
            wrong = problems(one(field, operator, value))
            assert all(problem.reason.endswith(".") and len(problem.reason) < 300 for problem in wrong)
            if not wrong:
                tree = check(one(field, operator, value))
                json.dumps(tree, allow_nan=False).encode()
                asked.append(as_q(tree, user=None, now=NOW))
    lists = [Ticket.objects.filter(q).values("pk") for q in asked]
    assert list(lists[0].union(*lists[1:])) == [] if lists else True


@pytest.mark.parametrize("part", HOSTILE)
def test_any_shape_is_either_read_or_refused(part: Any) -> None:
    condition = {"field": "status", "operator": "is", "value": "open"}
    shapes: list[Any] = [part, {"all": part}, {"all": [part]}, {str(part)[:50] if part != -(10**4000) else "": []}]
    shapes += [{"all": [{**condition, "field": part}]}, {"all": [{**condition, "operator": part}]}]
    for tree in shapes:
        assert all(problem.reason and len(problem.reason) < 300 for problem in problems(tree))
    assert problems(shapes[-1]) and problems(shapes[-2])


def test_a_tree_of_a_thousand_levels_is_refused() -> None:
    tree: Tree = {}
    for _level in range(900):
        tree = {"all": [tree]}
    (problem,) = problems(tree)
    assert problem.path == "all.0.all.0.all.0"


def test_the_catalogue_says_what_a_builder_needs(grace: User, support_team: Team, support: Inbox) -> None:
    by_key = {field.key: field.as_json() for field in catalogue(grace)}
    json.dumps(list(by_key.values()))
    assert by_key["status"]["choices"][0] == ("new", "New")
    assert ("current_user", "the current user") in by_key["assignee_id"]["choices"]
    assert (str(grace.pk), "Grace Hopper") in by_key["assignee_id"]["choices"]
    assert by_key["group_id"]["choices"] == [("", "none"), (str(support_team.pk), "Support")]
    assert by_key["organization_id"]["operators"][0]["widget"] == "lookup:organisation"
    assert {"key": "less_than", "label": "is before", "widget": "date"} in by_key["created_at"]["operators"]


def test_people_share_a_scope_unless_the_question_names_them(grace: User, alan: User) -> None:
    assert scope_of(one("status", "is", "open"), grace) == scope_of(one("status", "is", "open"), alan)
    assert scope_of(one("status", "is", "open"), grace) != scope_of(one("status", "is", "new"), grace)
    for names in (one("assignee_id", "is_not", "current_user"), one("follower", "includes", ["", "current_user"]),
                  {"none": [one("draft_of_mine", "is", "true")]}):  # fmt: skip
        assert scope_of(names, grace) != scope_of(names, alan)
    day = one("created_at", "is", "today")
    assert scope_of(day, grace) == scope_of(day, alan)
    alan.time_zone = "Asia/Kolkata"
    assert scope_of(day, grace) != scope_of(day, alan)
    assert scope_of(one("created_at", "within_previous_n_days", 3), grace) == scope_of(
        one("created_at", "within_previous_n_days", 3), alan
    )
