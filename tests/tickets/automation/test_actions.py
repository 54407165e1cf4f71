"""Typed changes: each is checked in words, and makes its change through a service, all in one gesture."""

from datetime import UTC, datetime
from typing import Any

import pytest

from customers.actors import SYSTEM, Actor
from helpdesk.accounts.models import Team, User
from tickets.automation.actions import ACTIONS, action_catalogue, apply, check_actions, describe, may_apply
from tickets.conditions import Invalid
from tickets.models import Draft, ForbiddenMove, Status, Ticket
from tickets.services import Refused, TicketClosed, change_status, save_draft


def one(field: str, value: Any) -> list[dict[str, Any]]:
    return [{"field": field, "value": value}]


def do(ticket: Ticket, user: User, *actions: dict[str, Any]) -> Ticket:
    apply(ticket, check_actions(list(actions)), actor=Actor.agent(user))
    return Ticket.objects.get(pk=ticket.pk)


@pytest.mark.parametrize(
    ("field", "value", "attribute", "expected"),
    [
        ("status", "pending", "status", "pending"),
        ("priority", "urgent", "priority", "urgent"),
        ("type", "incident", "type", "incident"),
        ("set_tags", "Oil, vip", "tags", ["oil", "vip"]),
        ("current_tags", ["oil", "vip"], "tags", ["oil", "vip"]),
        ("subject", "  It   squeaks ", "subject", "It squeaks"),
        ("due_date", "2026-12-01", "due_at", datetime(2026, 12, 1, 12, tzinfo=UTC)),
        ("due_date", "2026-12-01T09:30:00+01:00", "due_at", datetime(2026, 12, 1, 8, 30, tzinfo=UTC)),
        ("assignee_id", "current_user", "assignee__email", "grace@onethread.test"),
        ("group_id", "", "team", None),
    ],
)
def test_an_action_changes_its_field(
    adas_ticket: Ticket, grace: User, field: str, value: Any, attribute: str, expected: Any
) -> None:
    do(adas_ticket, grace, *one(field, value))
    assert Ticket.objects.values_list(attribute, flat=True).get(pk=adas_ticket.pk) == expected


def test_a_due_date_is_noon_where_its_author_lives(adas_ticket: Ticket, grace: User) -> None:
    grace.time_zone = "America/New_York"
    ticket = do(adas_ticket, grace, *one("due_date", "2026-12-01"))
    assert ticket.due_at == datetime(2026, 12, 1, 17, tzinfo=UTC)
    assert do(adas_ticket, grace, *one("due_date", "")).due_at is None


def test_several_are_one_gesture(adas_ticket: Ticket, grace: User, alan: User) -> None:
    ticket = do(
        adas_ticket,
        grace,
        {"field": "assignee_id", "value": alan.pk},
        {"field": "current_tags", "value": "refund"},
        {"field": "comment_value", "value": "Yours & mine, see https://example.org"},
        {"field": "follower", "value": "current_user"},
    )
    assert (ticket.assignee, ticket.tags) == (alan, ["refund"])
    note = ticket.messages.latest("pk")
    assert (note.kind, note.text) == ("note", "Yours & mine, see https://example.org")
    assert 'href="https://example.org"' in note.html
    assert ticket.followers.filter(user=grace).exists()
    assert ticket.events.values("gesture_id").distinct().count() == 3  # opening, the mail, this


def test_closing_comes_last(adas_ticket: Ticket, grace: User) -> None:
    change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))
    ticket = do(adas_ticket, grace, *one("status", "closed"), *one("current_tags", "done"))
    assert (ticket.status, ticket.tags) == ("closed", ["done"])


def test_a_comment_goes_to_the_customer_only_when_that_is_said(adas_ticket: Ticket, grace: User) -> None:
    save_draft(adas_ticket, "reply", "<p>Half a thought</p>", user=grace, version=0)
    do(adas_ticket, grace, *one("comment_value", "Sorry."), *one("comment_mode_is_public", True))
    reply = adas_ticket.messages.latest("pk")
    assert (reply.kind, reply.to, reply.delivery_state) == ("public", ["ada@example.org"], "queued")
    assert Draft.objects.get(ticket=adas_ticket).html == "<p>Half a thought</p>"
    do(
        adas_ticket,
        grace,
        *one("comment_value_html", "<b>Hm</b><script>x</script>"),
        *one("comment_mode_is_public", "false"),
    )
    note = adas_ticket.messages.latest("pk")
    assert (note.kind, "script" in note.html) == ("note", False)


@pytest.mark.parametrize(
    ("actions", "path", "field", "says"),
    [
        ([], "", "", "at least one"),
        ("status", "", "", "at least one"),
        ([None], "0", "", "no change of “None”"),
        (one("colour", "red"), "0", "colour", "no change of “colour”"),
        (one("status", "new"), "0", "status", "“new” is not one of: open, pending"),
        (one("status", ["open"]), "0", "status", "is not one of"),
        ([{"field": "status"}], "0", "status", "needs a value"),
        ([*one("priority", "low"), *one("priority", "high")], "1", "priority", "changed twice"),
        (one("assignee_id", 999), "0", "assignee_id", "no such person"),
        (one("assignee_id", True), "0", "assignee_id", "no such person"),
        (one("assignee_id", "9" * 400), "0", "assignee_id", "no such person"),
        (one("group_id", "x"), "0", "group_id", "no such team"),
        (one("current_tags", " , "), "0", "current_tags", "at least one tag"),
        (one("current_tags", "x" * 61), "0", "current_tags", "60 characters"),
        (one("subject", "x" * 301), "0", "subject", "1 to 300"),
        (one("due_date", "tomorrow"), "0", "due_date", "2026-12-31"),
        (one("comment_value", " \n"), "0", "comment_value", "Write something"),
        (one("comment_value", "x" * 200_001), "0", "comment_value", "longer than 200000"),
        (one("comment_mode_is_public", "yes"), "0", "comment_mode_is_public", "true or false"),
        (one("comment_mode_is_public", True), "0", "comment_mode_is_public", "no words"),
        (one("follower", ""), "0", "follower", "no such person"),
    ],
)
def test_a_wrong_action_is_refused_with_its_place_and_reason(
    db: None, actions: Any, path: str, field: str, says: str
) -> None:
    with pytest.raises(Invalid) as refusal:
        check_actions(actions)
    (problem,) = refusal.value.problems
    assert (problem.path, problem.field) == (path, field)
    assert says.lower() in problem.reason.lower()


def test_light_agents_and_who_has_left_take_no_tickets(
    adas_ticket: Ticket, grace: User, alan: User, linus: User
) -> None:
    with pytest.raises(Invalid):
        check_actions(one("assignee_id", linus.pk))
    checked = check_actions(one("assignee_id", alan.pk))
    alan.is_active = False
    alan.save()
    with pytest.raises(Refused, match="not active any more"):
        apply(adas_ticket, checked, actor=Actor.agent(grace))
    with pytest.raises(Refused, match="no current user"):
        apply(adas_ticket, check_actions(one("assignee_id", "current_user")), actor=SYSTEM)


def test_what_one_service_refuses_undoes_the_others(adas_ticket: Ticket, grace: User) -> None:
    change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))
    change_status(adas_ticket, Status.CLOSED, actor=Actor.agent(grace))
    with pytest.raises(TicketClosed):
        do(adas_ticket, grace, *one("follower", "current_user"), *one("priority", "low"))
    assert not adas_ticket.followers.exists()
    with pytest.raises(ForbiddenMove):
        do(adas_ticket, grace, *one("status", "open"))


def test_who_may_not_see_a_ticket_does_not_follow_it(adas_ticket: Ticket, grace: User, alan: User) -> None:
    adas_ticket.team = Team.objects.create(name="Legal", is_private=True)
    adas_ticket.save()
    with pytest.raises(Refused, match="Alan Turing may not see"):
        do(adas_ticket, grace, *one("follower", alan.pk))


def test_light_agents_change_nothing(adas_ticket: Ticket, linus: User, grace: User) -> None:
    note = check_actions(one("comment_value", "Hm."))
    assert may_apply(grace, adas_ticket, note)
    assert not may_apply(linus, adas_ticket, check_actions(one("priority", "low")))


def test_actions_are_said_in_a_sentence(grace: User, support_team: Team) -> None:
    checked = check_actions(
        [
            *one("status", "solved"),
            *one("assignee_id", str(grace.pk)),
            *one("group_id", support_team.pk),
            *one("current_tags", "refund vip"),
            *one("due_date", ""),
            *one("comment_value", "Sorry"),
            *one("comment_mode_is_public", True),
        ]
    )
    assert describe(checked) == (
        "set the status to Solved; assign to Grace Hopper; hand over to Support; add the tags refund, vip; "
        "remove the due date; reply to the customer"
    )


def test_the_catalogue_offers_what_may_be_chosen(grace: User, linus: User, support_team: Team) -> None:
    offered = {action["key"]: action for action in action_catalogue(grace)}
    assert set(offered) == {key for key, action in ACTIONS.items() if "bulk" in action.scopes}
    assert ("new", "New") not in offered["status"]["choices"]
    assert offered["assignee_id"]["choices"][:2] == [("current_user", "Me"), ("", "Nobody")]
    assert (str(linus.pk), "Linus Light") not in offered["assignee_id"]["choices"]
    assert (str(linus.pk), "Linus Light") in offered["follower"]["choices"]
    assert offered["group_id"]["choices"][:2] == [("", "No team"), (str(support_team.pk), "Support")]
