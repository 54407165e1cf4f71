"""What a new installation begins with: a few rules, macros, promises and views that most teams would keep.

They are made once, in the admin's language, as if the admin had made them: each says in one line what it is for, and
can be changed, switched off or deleted like any other.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from helpdesk.accounts.calendar_changes import create_calendar
from helpdesk.accounts.models import Calendar, User
from tickets import saved_views
from tickets.automation import macro_upkeep, planning, rules
from tickets.automation.actions import check_actions
from tickets.conditions import check
from tickets.customers.starter import create_segments
from tickets.models import MESSAGING, Channel, Macro, Rule, RuleKind, SavedView, SlaMetric, SlaPolicy
from tickets.sla import policies

HOUR = 3600
WEEK = [(day * 1440 + 9 * 60, day * 1440 + 17 * 60) for day in range(1, 6)]  # Monday to Friday, nine to five
# Seconds of working time to the first and to each next reply, and to the solution.
PROMISED = {
    "urgent": (1 * HOUR, 1 * HOUR, 8 * HOUR),
    "high": (4 * HOUR, 4 * HOUR, 24 * HOUR),
    "normal": (8 * HOUR, 8 * HOUR, 40 * HOUR),
    "low": (16 * HOUR, 16 * HOUR, 80 * HOUR),
}
TALKED = (Channel.CHAT, Channel.PHONE, *MESSAGING)  # there, people wait for a person and not for a form letter
REMINDED, REOPENED = "reminded", "reopened"
UNSOLVED = ("status", "less_than", "solved")
Line = tuple[Any, ...]


@transaction.atomic
def create_starter_set(admin: User) -> bool:
    """Everything, in the language of `admin`; False where there is anything of the kind already."""
    if any(model._default_manager.exists() for model in (Rule, Macro, SlaPolicy)):
        return False
    create_promises(admin)
    create_habits(admin)
    with translation.override(admin.language):
        _create_views(admin)
    create_segments(admin)
    return True


def create_promises(admin: User) -> None:
    """Office hours, and what is promised by them."""
    with translation.override(admin.language):
        _create_calendar(admin)
        _create_policy(admin)


def create_habits(admin: User) -> None:
    """Rules and macros."""
    with translation.override(admin.language):
        _create_triggers(admin)
        _create_automations(admin)
        _create_macros(admin)


def _tree(*lines: Line) -> dict[str, Any]:
    return {"all": [dict(zip(("field", "operator", "value"), line, strict=False)) for line in lines]}


def _actions(lines: Iterable[Line]) -> list[dict[str, Any]]:
    return [{"field": field, "value": value} for field, value in lines]


def _create_calendar(admin: User) -> None:
    if not Calendar.objects.exists():
        create_calendar(_("Office hours"), time_zone=admin.time_zone, week=WEEK)


def _rule(
    kind: str, admin: User, title: str, description: str, asked: Sequence[Line], done: Sequence[Line], **fields: Any
) -> Rule:
    if made := Rule.objects.filter(kind=kind, title=title, deleted_at=None).first():
        return made
    conditions = check(_tree(*asked), kind)
    actions = check_actions(_actions(done), scope=kind)
    return rules.create_rule(
        kind, admin, title, description=description, conditions=conditions, actions=actions, **fields
    )


def create_priority_rule(admin: User) -> Rule:
    return _rule(
        RuleKind.TRIGGER, admin, _("Give every new ticket a priority"),
        _("What has none when it comes in is normal: targets are promised by priority."),
        [("update_type", "is", "Create"), ("priority", "is", "")], [("priority", "normal")],
        category=rules.category_named(_("Sort")),
    )  # fmt: skip


def _create_triggers(admin: User) -> None:
    trigger, sorting, telling = (
        RuleKind.TRIGGER,
        rules.category_named(_("Sort")),
        rules.category_named(_("Tell people")),
    )
    _rule(
        trigger, admin, _("Raise what sounds urgent"),
        _("A new request with a word like “urgent” gets a high priority, so that somebody looks at it first."),
        [("update_type", "is", "Create"), ("priority", "is", ""), ("role", "is", "end_user"),
         ("comment_includes_word", "includes", _("urgent asap emergency").split())],
        [("priority", "high")], category=sorting,
    )  # fmt: skip
    create_priority_rule(admin)
    _rule(
        trigger, admin, _("Mark what comes back"),
        _("A solved ticket that is open again is tagged “reopened”, so that you find out why."),
        [("status", "value_previous", "solved"), ("status", "is_not", "closed")], [("current_tags", REOPENED)],
        category=sorting,
    )  # fmt: skip
    _rule(
        trigger, admin, _("Forget the reminder when the customer writes"),
        _("Takes the tag of the reminder away, so that the customer is reminded again the next time."),
        [("role", "is", "end_user"), ("comment_is_public", "is", "true"), ("current_tags", "includes", [REMINDED])],
        [("remove_tags", REMINDED)], category=sorting,
    )  # fmt: skip
    _rule(
        trigger, admin, _("Tell the customer that the request has arrived"),
        _("One short mail with the number of the ticket, only when it is opened by the customer."),
        [("update_type", "is", "Create"), ("role", "is", "end_user"), ("comment_is_public", "is", "true"),
         ("via_id", "not_includes", [*TALKED])],
        [("notification_user", ["requester_id", _("We have your request: {{ticket.title}}"), _(
            "Hello {{ticket.requester.first_name}},\n\nthank you for writing. Your request has the number "
            "{{ticket.id}}, and we will answer it as soon as we can.\n\n"
            "If you want to add anything, answer this message."
        ) + "\n\n{{automatic_answers.article_list}}"])], category=telling,
    )  # fmt: skip
    _rule(
        trigger, admin, _("Tell the team what is urgent"),
        _("Everybody in the ticket’s team hears of it when a ticket becomes urgent."),
        [("priority", "value", "urgent"), UNSOLVED],
        [("notification_group", ["group_id", _("Urgent: {{ticket.title}}"), _("Ticket {{ticket.id}} is urgent now.")])],
        category=telling,
    )  # fmt: skip
    _rule(
        trigger, admin, _("Follow up on a bad rating"),
        _("What a customer is not content with is open again and tagged, and the lead of its team hears of it."),
        [("rated", "is", "bad"), ("rated_before", "is_not", "bad"), ("rating_kind", "is", "csat")],
        [("status", "open"), ("current_tags", "bad_rating"), ("notification_user", [
            "team_leads", _("Bad rating: {{ticket.title}}"),
            _("{{ticket.requester.name}} is not content with ticket {{ticket.id}}."),
        ])], category=telling, is_active=False,
    )  # fmt: skip


def _create_automations(admin: User) -> None:
    made = [
        _rule(
            RuleKind.AUTOMATION, admin, _("Remind the customer after three days"),
            _("When we wait for the customer, one friendly mail asks whether the matter is still open."),
            [("PENDING", "greater_than", 72), ("current_tags", "not_includes", [REMINDED])],
            [("notification_user", ["requester_id", _("Do you still need our help? {{ticket.title}}"), _(
                "Hello {{ticket.requester.first_name}},\n\nwe are waiting for your answer on request {{ticket.id}}. "
                "If all is well, you need not do anything: we will close it in a few days."
            )]), ("current_tags", REMINDED)],
        ),
        _rule(
            RuleKind.AUTOMATION, admin, _("Solve what stays unanswered for a week"),
            _("After the reminder and a week without an answer the ticket is solved; an answer opens it again."),
            [("PENDING", "greater_than", 168), ("current_tags", "includes", [REMINDED])], [("status", "solved")],
        ),
        _rule(
            RuleKind.AUTOMATION, admin, _("Tell the assignee who waits for long"),
            _("When a customer has waited for eight working hours, the assignee hears of it once."),
            [("waiting_since", "greater_than_business_hours", 8), ("assignee_id", "present")],
            [("notification_user", ["assignee_id", _("Somebody waits: {{ticket.title}}"), _(
                "The customer of ticket {{ticket.id}} has been waiting for eight working hours."
            )])],
        ),
        _rule(
            RuleKind.AUTOMATION, admin, _("Tell the assignee what is due tomorrow"),
            _("A day before its due date, the assignee of an unsolved ticket hears of it once."),
            [("until_due_date", "less_than", 24), UNSOLVED, ("assignee_id", "present")],
            [("notification_user", ["assignee_id", _("Due soon: {{ticket.title}}"), _(
                "Ticket {{ticket.id}} is due within a day."
            )])],
        ),
        _rule(
            RuleKind.AUTOMATION, admin, _("Tell the team what nobody has taken"),
            _("When a high or urgent ticket has been nobody’s for a working hour, its team is asked to take it."),
            [("NEW", "greater_than_business_hours", 1), ("priority", "greater_than_equal", "high"),
             ("assignee_id", "not_present")],
            [("notification_group", ["group_id", _("Nobody has taken this: {{ticket.title}}"), _(
                "Ticket {{ticket.id}} has been waiting for somebody to take it for an hour."
            )])],
        ),
    ]  # fmt: skip
    for rule in made:
        planning.spare_existing(rule)


def _create_macros(admin: User) -> None:
    hello = _("Hello {{ticket.requester.first_name}},")
    folder = _("First answers")
    for title, shortcut, description, words, status in (
        (_("Ask for more"), _("more"), _("Asks the customer for what we need to go on; we then wait for the answer."),
         _("thank you for writing. To find out what is wrong we need to know a little more: what did you do, what did "
           "you expect, and what happened instead?"), "pending"),
        (_("We are looking into it"), _("looking"), _("Tells the customer that somebody is at work."),
         _("thank you for your patience. We are looking into this and will write again as soon as we know more."),
         "open"),
        (_("Is it solved?"), _("solved"), _("Closes the matter in a friendly way; an answer opens it again."),
         _("we believe that this is solved. If it is not, simply answer and we will go on."), "solved"),
    ):  # fmt: skip
        actions = [
            ("comment_value_html", f"<p>{hello}</p><p>{words}</p>"),
            ("comment_mode_is_public", True),
            ("status", status),
        ]
        macro_upkeep.create_macro(
            admin, title, shortcut=shortcut, description=description, folder=folder,
            actions=macro_upkeep.read_actions(_actions(actions)),
        )  # fmt: skip
    macro_upkeep.create_macro(
        admin, _("Take it"), shortcut=_("mine"), folder=_("For us"), description=_("Assigns the ticket to you."),
        actions=macro_upkeep.read_actions(_actions([("assignee_id", "current_user"), ("status", "open")])),
    )  # fmt: skip


def _create_policy(admin: User) -> None:
    metrics = (SlaMetric.FIRST_REPLY, SlaMetric.NEXT_REPLY, SlaMetric.REQUESTER_WAIT)
    targets = [
        {"priority": priority, "metric": metric.value, "target": seconds, "business_hours": True}
        for priority, row in PROMISED.items()
        for metric, seconds in zip(metrics, row, strict=True)
    ]
    policies.create_policy(
        admin, _("Our usual promise"), conditions=check({}, "sla"), targets=targets,
        description=_("For every ticket, by its priority, in office hours. Change the times to what you can keep."),
    )  # fmt: skip


def _create_views(admin: User) -> None:
    waiting = ("is_waiting", "is", "true")
    for title, description, lines, sort in (
        (_("Waits for an answer"), _("The customer who has waited longest comes first."), [waiting], "waiting_since"),
        (_("Urgent and nobody’s"), _("High and urgent tickets that nobody has taken yet."),
         [("priority", "greater_than_equal", "high"), UNSOLVED, ("assignee_id", "is", "")], "-updated_at"),
        (_("Overdue"), _("Unsolved, and the due date has passed."), [("due_date", "greater_than", 0), UNSOLVED],
         "-updated_at"),
        (_("Came back"), _("Was solved once and is open again: what did we miss?"),
         [("current_tags", "includes", [REOPENED]), UNSOLVED], "-updated_at"),
    ):  # fmt: skip
        if not SavedView.objects.filter(owner=None, team=None, title=title).exists():
            saved_views.create_view(
                admin, title, mine=False, description=description, conditions=check(_tree(*lines)), sort=sort
            )
