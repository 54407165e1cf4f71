"""The one catalogue of typed changes: bulk edit makes them, and so do macros, triggers and the API.

An action is `{"field": "status", "value": "solved"}`; fields and values are Zendesk's. Each is the call of a service,
so that whatever a service forbids is forbidden here, and `apply` is one gesture: all of it happens or nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, TypedDict

from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.accounts.models import User
from tickets import policies, services
from tickets.actors import Actor
from tickets.automation.kinds import (
    Action,
    Change,
    Choice,
    Comment,
    Due,
    Flag,
    Follow,
    InTeam,
    Person,
    Subject,
    Tags,
    shortened,
)
from tickets.conditions.problems import Invalid, Problem, Wrong
from tickets.models import Priority, Status, Ticket, TicketType
from tickets.services.gesture import gesture


class Wanted(TypedDict):
    field: str
    value: Any


MAX_ACTIONS = 30
IS_PUBLIC = "comment_mode_is_public"

ACTIONS: dict[str, Action] = {
    action.key: action
    for action in (
        Choice("status", gettext_lazy("Status"), gettext_lazy("set the status to %(value)s"),
               values=Status, service=services.change_status, excluded=(Status.NEW,)),
        Choice("priority", gettext_lazy("Priority"), gettext_lazy("set the priority to %(value)s"),
               values=Priority, service=services.change_priority),
        Choice("type", gettext_lazy("Type"), gettext_lazy("set the type to %(value)s"),
               values=TicketType, service=services.change_type),
        InTeam("group_id", gettext_lazy("Team"), gettext_lazy("hand over to %(value)s")),
        Person("assignee_id", gettext_lazy("Assignee"), gettext_lazy("assign to %(value)s"),
               service=services.assign, nobody=gettext_lazy("Nobody")),
        Tags("set_tags", gettext_lazy("Replace tags"), gettext_lazy("replace the tags by %(value)s"),
             service=services.set_tags, may_be_none=True),
        Tags("current_tags", gettext_lazy("Add tags"), gettext_lazy("add the tags %(value)s"),
             service=services.add_tags),
        Tags("remove_tags", gettext_lazy("Remove tags"), gettext_lazy("remove the tags %(value)s"),
             service=services.remove_tags),
        Follow("follower", gettext_lazy("Add follower"), gettext_lazy("let %(value)s follow"), takes_light=True),
        Subject("subject", gettext_lazy("Subject"), gettext_lazy("set the subject to %(value)s")),
        Due("due_date", gettext_lazy("Due date"), gettext_lazy("set the due date to %(value)s")),
        Comment("comment_value", gettext_lazy("Comment"), gettext_lazy("write an internal note")),
        Comment("comment_value_html", format_lazy("{} (HTML)", gettext_lazy("Comment")),
                gettext_lazy("write an internal note"), is_html=True),
        Flag(IS_PUBLIC, gettext_lazy("Comment goes to the customer"), gettext_lazy("reply to the customer")),
    )
}  # fmt: skip


def check_actions(actions: object) -> list[Wanted]:
    """`actions` in one form, or `Invalid` with each that is wrong: its place, its field and the reason."""
    if not isinstance(actions, list) or not actions:
        raise Invalid([Problem("", "", _("Choose at least one change."))])
    if len(actions) > MAX_ACTIONS:
        raise Invalid([Problem("", "", _("At most %(count)s changes at once.") % {"count": MAX_ACTIONS})])
    checked: list[Wanted] = []
    problems: list[Problem] = []
    for place, action in enumerate(actions):
        field = action.get("field") if isinstance(action, dict) else None
        try:
            checked.append(_checked(field, action, {known["field"] for known in checked}))
        except Wrong as wrong:
            problems.append(Problem(str(place), shortened(field or ""), str(wrong)))
    if not problems and {action["field"] for action in checked} == {IS_PUBLIC}:
        problems.append(Problem("0", IS_PUBLIC, _("There are no words to send.")))
    if problems:
        raise Invalid(problems)
    return checked


def _checked(field: object, action: Any, before: set[str]) -> Wanted:
    if not isinstance(field, str) or field not in ACTIONS:
        raise Wrong(_("There is no change of “%(field)s”.") % {"field": shortened(field)})
    if field in before:
        raise Wrong(_("%(field)s is changed twice.") % {"field": ACTIONS[field].label})
    if "value" not in action:
        raise Wrong(_("%(field)s needs a value.") % {"field": ACTIONS[field].label})
    return Wanted(field=field, value=ACTIONS[field].read(action["value"]))


def bind(actions: Sequence[Wanted], *, actor: Actor) -> list[Change]:
    """The calls of services that make `actions`, in their order; only closing comes last, after which nothing goes.

    What they name is looked up here, once: raises `services.Refused` when something is gone by now.
    """
    is_public = any(action["field"] == IS_PUBLIC and action["value"] for action in actions)
    changes = []
    for action in sorted(actions, key=_closes):
        kind = ACTIONS[action["field"]]
        if isinstance(kind, Comment):
            changes.append(kind.bind_as(action["value"], actor, is_public=is_public))
        elif action["field"] != IS_PUBLIC:
            changes.append(kind.bind(action["value"], actor))
    return changes


def _closes(action: Wanted) -> bool:
    return action == {"field": "status", "value": Status.CLOSED}


def apply(ticket: Ticket, actions: Sequence[Wanted], *, actor: Actor) -> Ticket:
    """Make checked `actions` in one gesture; raises what the services raise, and then has changed nothing."""
    with gesture(ticket, actor=actor) as g:
        for change in bind(actions, actor=actor):
            change(g.ticket)
        return g.ticket


def may_apply(user: User, ticket: Ticket, actions: Iterable[Wanted]) -> bool:
    """Whether `user` may make each of `actions` by hand."""
    fields = {action["field"] for action in actions}
    if IS_PUBLIC in fields and not policies.may_reply(user, ticket):
        return False
    return all(ACTIONS[field].policy(user, ticket) for field in fields)


def describe(actions: Sequence[Wanted]) -> str:
    """What checked `actions` do, as the end of a sentence: "set the status to Solved, add the tags refund, vip"."""
    is_public = any(action["field"] == IS_PUBLIC and action["value"] for action in actions)
    said = []
    for action in actions:
        kind = ACTIONS[action["field"]]
        if isinstance(kind, Comment) and is_public:
            kind = ACTIONS[IS_PUBLIC]
        elif action["field"] == IS_PUBLIC:
            continue
        said.append(kind.say(action["value"]))
    return "; ".join(said)


def action_catalogue(user: User) -> list[dict[str, Any]]:
    """For screens: each action with its label, its widget and what may be chosen."""
    return [
        {"key": kind.key, "label": str(kind.label), "widget": kind.widget, "choices": kind.choices(user)}
        for kind in ACTIONS.values()
    ]
