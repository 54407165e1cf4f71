"""Triggers look at every gesture: in order, once each, seeing what the ones before them did."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone, translation

from customers.actors import SYSTEM, Actor
from customers.models import Customer
from helpdesk.accounts.models import Calendar, Team, User
from tests.cast import open_for
from tests.tickets.automation.rules import asks, does, trigger
from tickets import services
from tickets.automation.soundness import problem_words
from tickets.automation.triggers import run_triggers
from tickets.events import FollowUpOpened
from tickets.models import Inbox, Message, Rule, RuleTrace, Skill, Status, Ticket, TicketEvent
from tickets.services import gesture, gestures

pytestmark = pytest.mark.django_db


def kinds(ticket: Ticket) -> list[str]:
    return list(TicketEvent.objects.filter(ticket=ticket).values_list("kind", flat=True))


def test_a_trigger_acts_on_what_opens_a_ticket(ada: Customer, support: Inbox) -> None:
    rule = trigger(
        "Hot", [asks("update_type", "is", "Create")], does("priority", "urgent"), does("current_tags", "hot")
    )
    ticket = open_for(ada, support, "It burns")
    assert (ticket.priority, ticket.tags) == ("urgent", ["hot"])
    fired = TicketEvent.objects.get(ticket=ticket, kind="rule.fired")
    assert (fired.rule_id, fired.actor_kind, fired.actor_name) == (rule.pk, "rule", "Hot")
    assert fired.payload == {
        "rule": "Hot", "rule_kind": "trigger", "revision": 1, "changes": ["priority.changed", "tags.changed"]
    }  # fmt: skip
    changed = TicketEvent.objects.get(ticket=ticket, kind="priority.changed")
    assert changed.rule_id == rule.pk and changed.cause_depth == 1 and changed.pk > fired.pk
    assert changed.gesture_id == fired.gesture_id


def test_each_sees_what_those_before_it_did_and_none_looks_twice(adas_ticket: Ticket, grace: User) -> None:
    trigger("Second", [asks("priority", "value", "high")], does("current_tags", "second"), position=2)
    trigger("First", [asks("status", "value", "pending")], does("priority", "high"), position=1)
    trigger("Third", [asks("current_tags", "includes", "second")], does("type", "problem"), position=3)
    trigger("Early", [asks("type", "is", "problem")], does("current_tags", "never"), position=0)
    Rule.objects.filter(title="Early").update(position=0)
    services.change_status(adas_ticket, Status.PENDING, actor=Actor.agent(grace))
    ticket = Ticket.objects.get(pk=adas_ticket.pk)
    assert (ticket.priority, ticket.tags, ticket.type) == ("high", ["second"], "problem")
    services.change_subject(adas_ticket, "Another", actor=Actor.agent(grace))
    assert Ticket.objects.get(pk=adas_ticket.pk).tags == ["second", "never"]


def test_changed_is_measured_from_before_the_gesture(adas_ticket: Ticket, grace: User) -> None:
    trigger("Round trip", [asks("status", "changed")], does("current_tags", "moved"))
    actor = Actor.agent(grace)
    with gesture(adas_ticket, actor=actor):
        services.change_priority(adas_ticket, "low", actor=actor)
        services.change_status(adas_ticket, Status.OPEN, actor=actor)
        services.change_status(adas_ticket, Status.PENDING, actor=actor)
        services.change_status(adas_ticket, Status.OPEN, actor=actor)
    assert Ticket.objects.get(pk=adas_ticket.pk).tags == ["moved"]  # new before, open after
    services.set_tags(adas_ticket, [], actor=actor)
    with gesture(adas_ticket, actor=actor):
        services.change_status(adas_ticket, Status.PENDING, actor=actor)
        services.change_status(adas_ticket, Status.OPEN, actor=actor)
    assert Ticket.objects.get(pk=adas_ticket.pk).tags == []


@pytest.mark.parametrize(
    ("field", "operator", "value", "holds"),
    [
        ("status", "value", "pending", True),
        ("status", "value", "solved", False),
        ("status", "not_value", "solved", True),
        ("status", "value_previous", "new", True),
        ("status", "value_previous", "open", False),
        ("status", "not_value_previous", "new", False),
        ("priority", "changed", None, False),
        ("priority", "not_changed", None, True),
        ("priority", "value", "", False),  # it is empty, but was not made so
        ("role", "is", "agent", True),
        ("role", "is", "end_user", False),
        ("update_type", "is", "Change", True),
        ("comment_is_public", "is", "false", True),
        ("comment_is_public", "is", "true", False),
        ("comment_is_public", "is", "not_relevant", True),
        ("comment_is_public", "is_not", "requester_can_see_comment", True),
        ("comment_includes_word", "includes", "CHECKED", True),
        ("comment_includes_word", "includes", "rattles", False),  # an earlier message
        ("current_via_id", "is", "web", True),
        ("via_id", "is", "email", True),
        ("attachment", "present", None, False),
        ("assignee_id", "is_not", "current_user", True),
        ("received_from", "is", "ada@example.org", False),
    ],
)
def test_what_a_trigger_can_ask_of_an_update(
    adas_ticket: Ticket, grace: User, field: str, operator: str, value: str | None, holds: bool
) -> None:
    trigger("It", [asks(field, operator, value)], does("current_tags", "held"))
    actor = Actor.agent(grace)
    with gesture(adas_ticket, actor=actor):
        services.add_note(adas_ticket, "<p>I have checked it.</p>", actor=actor)
        services.change_status(adas_ticket, Status.PENDING, actor=actor)
    assert (Ticket.objects.get(pk=adas_ticket.pk).tags == ["held"]) is holds


@pytest.mark.parametrize(
    ("field", "operator", "value", "holds"),
    [
        ("update_type", "is", "Create", True),
        ("status", "changed", None, True),
        ("status", "value", "new", True),
        ("status", "value_previous", "new", False),
        ("group_id", "changed", None, True),  # set for the first time
        ("assignee_id", "changed", None, False),
        ("priority", "not_changed", None, True),
        ("requester_id", "changed", None, True),
        ("role", "is", "end_user", True),
        ("comment_is_public", "is", "requester_can_see_comment", True),
        ("current_via_id", "is", "email", True),
        ("received_from", "is", "ADA@example.org", True),
        ("sent_to", "includes", ["support@onethread.test"], True),
        ("comment_includes_word", "includes", "burns", True),
    ],
)
def test_what_a_trigger_can_ask_of_a_new_ticket(
    ada: Customer, support: Inbox, field: str, operator: str, value: Any, holds: bool
) -> None:
    trigger("It", [asks(field, operator, value), asks("update_type", "is", "Create")], does("current_tags", "held"))
    actor = Actor.of_customer(ada)
    with services.opening_ticket(ada, "It burns", inbox=support, channel="email", actor=actor) as ticket:
        incoming = services.Incoming("It burns!", from_address="ada@example.org", to=["Support@onethread.test"])
        services.receive_message(ticket, incoming, customer=ada, channel="email", actor=actor)
    assert (Ticket.objects.get(pk=ticket.pk).tags == ["held"]) is holds


def test_current_user_is_who_made_the_update(adas_ticket: Ticket, grace: User, alan: User) -> None:
    trigger("Mine", [asks("role", "is", "agent")], does("assignee_id", "current_user"), does("follower", str(alan.pk)))
    services.change_priority(adas_ticket, "low", actor=SYSTEM)
    assert Ticket.objects.get(pk=adas_ticket.pk).assignee is None
    services.change_priority(adas_ticket, "high", actor=Actor.agent(grace))
    ticket = Ticket.objects.get(pk=adas_ticket.pk)
    assert ticket.assignee == grace and ticket.followers.get().user == alan


def test_current_user_of_a_customers_update_is_nobody_to_assign(ada: Customer, support: Inbox) -> None:
    trigger("Mine", [asks("update_type", "is", "Create")], does("assignee_id", "current_user"), does("type", "task"))
    ticket = open_for(ada, support, "Hello")
    assert (ticket.assignee, ticket.type) == (None, "task")


def test_a_batch_runs_them_as_single_gestures_do(ada: Customer, support: Inbox, grace: User) -> None:
    tickets = [open_for(ada, support, f"Ticket {n}") for n in range(4)]
    trigger("Odd", [asks("subject_includes_word", "includes", ["1", "3"])], does("priority", "high"))
    trigger("Next", [asks("priority", "value", "high")], does("locale_id", "de"))
    trigger("Language", [asks("locale_id", "is", "de")], does("current_tags", "german"))
    actor = Actor.agent(grace)
    with gestures([ticket.pk for ticket in tickets], actor=actor) as running:
        for g in running.values():
            services.change_type(g.ticket, "problem", actor=actor)
    found = [(t.priority, t.tags) for t in Ticket.objects.filter(pk__in=[t.pk for t in tickets]).order_by("pk")]
    # the second ticket's rule changed the customer, which the third and fourth, looked at later, see
    assert found == [("", []), ("high", ["german"]), ("", ["german"]), ("high", ["german"])]


def test_a_rule_that_fails_leaves_nothing_and_the_gesture_goes_on(adas_ticket: Ticket, linus: User) -> None:
    asked = [asks("priority", "value", "high")]
    trigger("Breaks", asked, does("current_tags", "half"), does("follower", str(linus.pk)))
    Ticket.objects.filter(pk=adas_ticket.pk).update(team=Team.objects.create(name="Legal", is_private=True))
    trigger("Goes on", asked, does("type", "problem"))
    services.change_priority(adas_ticket, "high", actor=SYSTEM)
    ticket = Ticket.objects.get(pk=adas_ticket.pk)
    assert (ticket.priority, ticket.tags, ticket.type) == ("high", [], "problem")
    failed = TicketEvent.objects.get(ticket=ticket, kind="rule.failed")
    assert "may not see" in failed.payload["reason"] and not failed.payload["switched_off"]
    assert Rule.objects.filter(is_active=True).count() == 2


def test_a_rule_that_names_what_is_gone_switches_itself_off(
    adas_ticket: Ticket, grace: User, django_capture_on_commit_callbacks: Any
) -> None:
    gone = Team.objects.create(name="Gone")
    rule = trigger("Hand over", [asks("priority", "changed")], does("group_id", str(gone.pk)))
    asked = trigger("Asks", [asks("group_id", "is", gone.pk)], does("type", "task"))
    gone.delete()
    with django_capture_on_commit_callbacks(execute=True):
        services.change_priority(adas_ticket, "high", actor=Actor.agent(grace))
    rule.refresh_from_db()
    asked.refresh_from_db()
    assert not rule.is_active and rule.problem == "There is no such team."
    assert asked.is_active  # its condition holds for no ticket; the builder says so
    assert TicketEvent.objects.get(kind="rule.failed").payload["switched_off"]
    services.change_priority(adas_ticket, "low", actor=Actor.agent(grace))
    assert TicketEvent.objects.filter(kind="rule.failed").count() == 1


def test_a_rule_that_cannot_be_read_is_left_out(
    adas_ticket: Ticket, grace: User, django_capture_on_commit_callbacks: Any
) -> None:
    broken = trigger("Broken", [asks("priority", "changed")], does("type", "task"))
    Rule.objects.filter(pk=broken.pk).update(conditions={"all": [{"field": "mood", "operator": "is", "value": 1}]})
    trigger("Works", [asks("priority", "changed")], does("type", "problem"))
    with django_capture_on_commit_callbacks(execute=True):
        services.change_priority(adas_ticket, "high", actor=Actor.agent(grace))
    assert Ticket.objects.get(pk=adas_ticket.pk).type == "problem"
    assert "mood" in Rule.objects.get(pk=broken.pk).problem


def test_what_cannot_be_read_is_logged_once_a_revision_and_told_in_the_readers_language(
    adas_ticket: Ticket,
    grace: User,
    radia: User,
    client: Client,
    caplog: pytest.LogCaptureFixture,
    django_capture_on_commit_callbacks: Any,
) -> None:
    broken = trigger("Broken", [asks("priority", "changed")], does("type", "task"))
    Rule.objects.filter(pk=broken.pk).update(conditions={"all": [{"field": "mood", "operator": "is", "value": 1}]})
    for priority in ("high", "low", "urgent"):
        with django_capture_on_commit_callbacks(execute=True), translation.override("de"):
            services.change_priority(adas_ticket, priority, actor=Actor.agent(grace))
        Rule.objects.create(kind="trigger", title=priority)  # every process reads them all anew
    assert [record.getMessage() for record in caplog.records if "mood" in record.getMessage()] == [
        f"trigger {broken.pk} can't run: There is no field “mood”."
    ]
    client.force_login(radia)
    assert "There is no field “mood”." in client.get("/settings/triggers/").content.decode()
    with translation.override("de"):
        broken.refresh_from_db()
        assert problem_words(broken) == "Ein Feld “mood” gibt es nicht."


def test_what_was_so_already_is_not_on_the_timeline(adas_ticket: Ticket, grace: User) -> None:
    rule = trigger("Again", [asks("priority", "changed")], does("remove_tags", "never"))
    services.change_priority(adas_ticket, "high", actor=Actor.agent(grace))
    assert not TicketEvent.objects.filter(kind="rule.fired").exists()
    ((pk, _revision, outcome, *_rest),) = RuleTrace.objects.get().steps["rules"]
    assert (pk, outcome) == (rule.pk, "=")
    client = Client()
    client.force_login(grace)
    page = client.get(f"/agent/tickets/{adas_ticket.pk}/rules/").content.decode()
    assert "Ran, and nothing was left to change" in page


def test_changes_of_rules_count_at_once_however_they_are_made(adas_ticket: Ticket, grace: User) -> None:
    rule = trigger("It", [asks("priority", "changed")], does("current_tags", "one"))
    actor = Actor.agent(grace)
    services.change_priority(adas_ticket, "high", actor=actor)
    Rule.objects.filter(pk=rule.pk).update(actions=[does("current_tags", "two")])
    services.change_priority(adas_ticket, "low", actor=actor)
    Rule.objects.filter(pk=rule.pk).update(is_active=False)
    services.change_priority(adas_ticket, "normal", actor=actor)
    assert Ticket.objects.get(pk=adas_ticket.pk).tags == ["one", "two"]


def test_without_rules_a_gesture_pays_one_small_statement(
    adas_ticket: Ticket, grace: User, django_assert_num_queries: Any
) -> None:
    with gesture(adas_ticket, actor=Actor.agent(grace)) as g:
        services.change_priority(g.ticket, "high", actor=g.actor)
        with django_assert_num_queries(1):
            run_triggers([g])
    assert not RuleTrace.objects.exists()


def test_a_closed_ticket_runs_none_but_when_it_is_closed(adas_ticket: Ticket, grace: User) -> None:
    trigger("Any", {}, does("notification_user", ["all_agents", "{{ticket.id}} moved", "Look."]))
    for status in (Status.SOLVED, Status.CLOSED):
        services.change_status(adas_ticket, status, actor=SYSTEM)
    assert TicketEvent.objects.filter(kind="rule.told").count() == 2
    with gesture(adas_ticket, actor=SYSTEM) as g:
        g.record(FollowUpOpened(4711))
    assert TicketEvent.objects.filter(kind="rule.told").count() == 2


def test_what_is_told_of_the_past_runs_none(adas_ticket: Ticket, ada: Customer, support: Inbox) -> None:
    trigger("Any", {}, does("type", "task"))
    then = timezone.now() - timedelta(days=30)
    ticket = services.open_ticket(ada, "Old", inbox=support, channel="email", actor=SYSTEM, now=then)
    assert Ticket.objects.get(pk=ticket.pk).type == ""


def test_actions_of_rules(adas_ticket: Ticket, grace: User) -> None:
    hours = Calendar.objects.create(name="Nights")
    for name in ("lang:de", "printers"):
        Skill.objects.create(name=name)
    trigger(
        "All",
        [asks("priority", "value", "high")],
        does("cc", "Ben@example.org"),
        does("set_schedule", str(hours.pk)),
        does("locale_id", "de"),
        does("set_skills", ["printers"]),
        does("add_skills", ["lang:de"]),
        does("due_date", ["days_from_now", 3]),
        does("reply_internal", "{{ticket.requester.first_name}} is angry"),
        does("group_id", "current_groups"),
    )
    services.change_priority(adas_ticket, "high", actor=Actor.agent(grace))
    ticket = Ticket.objects.get(pk=adas_ticket.pk)
    assert ticket.ccs.get().address == "ben@example.org"
    assert (ticket.calendar, ticket.skills, ticket.requester.language) == (hours, ["printers", "lang:de"], "de")
    assert ticket.due_at and 2.9 < (ticket.due_at - ticket.updated_at).total_seconds() / 86400 < 3.1
    note = Message.objects.get(kind="note")
    assert (note.text, note.is_automatic, note.author_name, note.cause_depth) == ("Ada is angry", True, "All", 1)
    told = kinds(ticket)
    assert {"calendar.changed", "skills.changed", "requester.language_changed", "cc.added", "due.changed"} <= set(told)
