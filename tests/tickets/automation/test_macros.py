"""Macros: seen before they are used, used without sending anything, made in one step and undone in one step."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from customers.actors import SYSTEM, Actor
from helpdesk.accounts.models import Team, User
from tickets import attachments
from tickets.automation import macro_upkeep, macros
from tickets.automation.actions import Wanted, apply, check_actions, describe
from tickets.conditions import Invalid
from tickets.models import Attachment, Macro, MacroUse, Status, Ticket, TicketEvent
from tickets.services import Refused, add_reply, change_priority, change_status, gesture, retract_reply, set_tags
from tickets.services.reversal import ChangedSince, take_back

REFUND: list[dict[str, Any]] = [
    {"field": "comment_value_html", "value": "<p>Hello {{ticket.requester.first_name}},</p><p>refunded.</p>"},
    {"field": "comment_mode_is_public", "value": True},
    {"field": "status", "value": "pending"},
    {"field": "current_tags", "value": "refund"},
    {"field": "assignee_id", "value": "current_user"},
    {"field": "priority", "value": "high"},
]


@pytest.fixture
def refund(radia: User) -> Macro:
    return macro_upkeep.create_macro(radia, "Refund", actions=macro_upkeep.read_actions(REFUND))


def fresh(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_looking_changes_nothing(adas_ticket: Ticket, grace: User, refund: Macro) -> None:
    events = adas_ticket.events.count()
    shown = macros.preview(refund, adas_ticket, user=grace)
    assert (shown.html, shown.mode) == ("<p>Hello Ada,</p><p>refunded.</p>", "reply")
    assert [change.text for change in shown.changes] == [
        "Status → Pending", "Add tags → refund", "Assignee → me", "Priority → High"
    ]  # fmt: skip
    assert not any(change.problem or change.is_unchanged for change in shown.changes)
    ticket = fresh(adas_ticket)
    assert (ticket.status, ticket.tags, ticket.assignee, ticket.events.count()) == ("new", [], None, events)
    assert not MacroUse.objects.exists()


def test_what_is_so_already_or_not_allowed_is_said(adas_ticket: Ticket, grace: User, refund: Macro) -> None:
    set_tags(adas_ticket, ["refund"], actor=SYSTEM)
    change_status(adas_ticket, Status.SOLVED, actor=SYSTEM)
    change_status(adas_ticket, Status.CLOSED, actor=SYSTEM)
    status, tags, *rest = macros.preview(refund, adas_ticket, user=grace).changes
    assert "closed" in status.problem
    assert tags.is_unchanged
    assert all(change.problem for change in rest)


def test_changes_are_one_gesture_and_one_undo(adas_ticket: Ticket, grace: User, refund: Macro) -> None:
    macros.carry_out(adas_ticket, macros.changes_in(refund), used=[refund.pk], user=grace)
    ticket = fresh(adas_ticket)
    assert (ticket.status, ticket.tags, ticket.assignee, ticket.priority) == ("pending", ["refund"], grace, "high")
    applied = ticket.events.get(kind="macro.applied")
    assert (applied.payload["title"], applied.actor_name) == ("Refund", "Grace Hopper")
    assert ticket.events.filter(gesture_id=applied.gesture_id).count() >= 5
    assert MacroUse.objects.get().macro == refund
    take_back(applied, actor=Actor.agent(grace))
    ticket = fresh(adas_ticket)
    assert (ticket.status, ticket.tags, ticket.assignee, ticket.priority) == ("open", [], None, "")


def test_undo_is_all_or_nothing(adas_ticket: Ticket, grace: User, alan: User, refund: Macro) -> None:
    macros.carry_out(adas_ticket, macros.changes_in(refund), used=[refund.pk], user=grace)
    change_priority(adas_ticket, "urgent", actor=Actor.agent(alan))
    with pytest.raises(ChangedSince):
        take_back(adas_ticket.events.get(kind="macro.applied"), actor=Actor.agent(grace))
    assert fresh(adas_ticket).tags == ["refund"]


def test_a_reply_that_is_taken_back_takes_its_macro_along(adas_ticket: Ticket, grace: User, refund: Macro) -> None:
    with gesture(adas_ticket, actor=Actor.agent(grace)) as g:
        message = add_reply(adas_ticket, "<p>Hello Ada</p>", actor=g.actor)
        macros.carry_out(g.ticket, macros.changes_in(refund), used=[refund.pk], user=grace)
    change_priority(adas_ticket, "urgent", actor=SYSTEM)
    retract_reply(message, actor=Actor.agent(grace))
    ticket = fresh(adas_ticket)
    assert (ticket.status, ticket.tags, ticket.priority) == ("open", [], "urgent")
    assert not MacroUse.objects.exists()


def test_a_failing_change_leaves_all_as_it_was(adas_ticket: Ticket, grace: User, alan: User, refund: Macro) -> None:
    gone = [Wanted(field="assignee_id", value=str(alan.pk)), Wanted(field="current_tags", value="x")]
    alan.delete()
    with pytest.raises(Refused):
        macros.carry_out(adas_ticket, [*macros.changes_in(refund), *gone], used=[refund.pk], user=grace)
    assert fresh(adas_ticket).tags == []
    assert not TicketEvent.objects.filter(kind="macro.applied").exists()


def test_whose_macros_are_offered(
    grace: User, alan: User, linus: User, radia: User, margaret: User, refund: Macro, support_team: Team
) -> None:
    note = macro_upkeep.read_actions([{"field": "comment_value", "value": "Seen."}])
    macro_upkeep.create_macro(grace, "Graces own", owner=grace, actions=note)
    macro_upkeep.create_macro(radia, "Of support", team=support_team, actions=note)
    macro_upkeep.create_macro(radia, "Asleep", actions=note, is_active=False)

    def offered(user: User) -> set[str]:
        return {offer.macro.title for offer in macros.usable(user, now=timezone.now())}

    assert offered(grace) == {"Refund", "Graces own", "Of support"}
    assert offered(alan) == {"Refund"}
    assert offered(margaret) == {"Refund", "Of support"}
    assert offered(linus) == set()  # light agents answer no customer
    linus.teams.add(support_team)
    assert offered(linus) == {"Of support"}


def test_uses_are_counted_for_all_and_for_oneself(adas_ticket: Ticket, grace: User, alan: User, refund: Macro) -> None:
    for user in (grace, grace, alan):
        macros.carry_out(adas_ticket, [], used=[refund.pk], user=user)
    MacroUse.objects.create(macro=refund, ticket=adas_ticket, created_at=timezone.now() - timedelta(days=200))
    (offer,) = macros.usable(grace, now=timezone.now())
    assert (offer.uses, offer.own_uses) == (3, 2)


def test_a_broken_placeholder_is_refused_with_its_place() -> None:
    wrong = [{"field": "comment_value_html", "value": "<p>Hello</p><p>{{ticket.requester.nam}}</p>"}]
    with pytest.raises(Invalid) as refusal:
        macro_upkeep.read_actions(wrong)
    (problem,) = refusal.value.problems
    assert problem.path == "0"
    assert "Line 2, column 3" in problem.reason
    with pytest.raises(Invalid):
        macro_upkeep.read_actions([{"field": "subject", "value": "About {{ticket.titel}}"}])


def test_a_subject_is_filled_in_before_it_waits(adas_ticket: Ticket, grace: User, radia: User) -> None:
    actions = macro_upkeep.read_actions([{"field": "subject", "value": "Refund: {{ticket.title}}"}])
    macro = macro_upkeep.create_macro(radia, "Subject", actions=actions)
    (change,) = macros.preview(macro, adas_ticket, user=grace).changes
    assert change.action["value"] == "Refund: The engine rattles"


def test_files_are_copied_for_whoever_uses_them(adas_ticket: Ticket, grace: User, alan: User, refund: Macro) -> None:
    now = timezone.now()
    macro_upkeep.add_files(refund, [attachments.upload(grace, "terms.txt", b"be good")])
    (mine,) = macros.copy_files(refund, user=grace, now=now)
    (his,) = macros.copy_files(refund, user=alan, now=now)
    assert (mine.uploaded_by, his.uploaded_by, mine.file.name) == (grace, alan, his.file.name)
    reply = add_reply(adas_ticket, "<p>Here</p>", actor=Actor.agent(grace), attachment_ids=[mine.pk])
    assert [file.filename for file in reply.attachments.all()] == ["terms.txt"]
    kept = refund.attachments.get()
    with pytest.raises(Refused):  # the macro's own file is nobody's to send
        add_reply(adas_ticket, "<p>Here</p>", actor=Actor.agent(grace), attachment_ids=[kept.pk])
    Attachment.objects.update(created_at=now - timedelta(days=30))
    attachments.delete_unsent(now=now)
    assert refund.attachments.count() == 1


def test_made_from_what_was_written(adas_ticket: Ticket, grace: User) -> None:
    html = "<p>Hello Ada,</p><p>your ticket #{n}, Adaptable.</p><p>Grace Hopper</p>".replace("{n}", str(adas_ticket.pk))
    (action,) = macro_upkeep.made_from(html, adas_ticket, grace)
    assert action["value"] == (
        "<p>Hello {{ticket.requester.first_name}},</p><p>your ticket #{{ticket.id}}, Adaptable.</p>"
        "<p>{{current_user.name}}</p>"
    )
    macro_upkeep.read_actions([action])


def test_order_is_kept_in_a_folder(radia: User) -> None:
    note = macro_upkeep.read_actions([{"field": "comment_value", "value": "x"}])
    made = [macro_upkeep.create_macro(radia, title, folder="Billing", actions=note) for title in "abc"]
    macro_upkeep.move_macro(made[2], 0)
    assert [macro.title for macro in macro_upkeep.beside(made[0])] == ["c", "a", "b"]


def test_deleted_ones_are_gone_from_menus_but_not_from_history(
    adas_ticket: Ticket, grace: User, radia: User, refund: Macro
) -> None:
    macro_upkeep.delete_macro(refund, radia)
    assert not macros.usable(grace, now=timezone.now())
    macros.carry_out(adas_ticket, macros.changes_in(refund), used=[refund.pk], user=grace)
    assert adas_ticket.events.get(kind="macro.applied").payload["title"] == "Refund"


def test_a_bulk_edit_uses_a_macro_on_each_ticket(adas_ticket: Ticket, grace: User, refund: Macro) -> None:
    actions = check_actions([{"field": "macro", "value": refund.pk}], scope="bulk")
    assert describe(actions) == "use the macro Refund, which replies to the customer"
    apply(adas_ticket, actions, actor=Actor.agent(grace))
    ticket = fresh(adas_ticket)
    assert (ticket.status, ticket.tags, ticket.priority) == ("pending", ["refund"], "high")
    assert ticket.messages.latest("pk").text.startswith("Hello Ada,")
    assert MacroUse.objects.get().user == grace
    with pytest.raises(Invalid):
        check_actions([{"field": "macro", "value": refund.pk}], scope="macro")
    macro_upkeep.delete_macro(refund, grace)
    with pytest.raises(Refused):
        apply(adas_ticket, actions, actor=Actor.agent(grace))
