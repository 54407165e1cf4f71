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

from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets import policies, services
from tickets.automation.kinds import (
    BULK,
    BY_HAND,
    BY_RULE,
    MACRO,
    Action,
    Change,
    Choice,
    Comment,
    Flag,
    Subject,
    Tags,
    shortened,
)
from tickets.automation.kinds_people import Copies, Follow, InTeam, Language, Person
from tickets.automation.kinds_time import Due, Schedule, Skills
from tickets.automation.kinds_words import NotifyTeam, NotifyUser, RuleWords, write_note, write_publicly
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
        Subject("subject", gettext_lazy("Subject"), gettext_lazy("set the subject to %(value)s"), scopes=BY_HAND),
        Due("due_date", gettext_lazy("Due date"), gettext_lazy("set the due date to %(value)s"),
            hint=gettext_lazy("2026-12-31, or +3d for three days from now")),
        Comment("comment_value", gettext_lazy("Comment"), gettext_lazy("write an internal note"), scopes=BY_HAND),
        Comment("comment_value_html", format_lazy("{} (HTML)", gettext_lazy("Comment")),
                gettext_lazy("write an internal note"), is_html=True, scopes=BY_HAND),
        Flag(IS_PUBLIC, gettext_lazy("Comment goes to the customer"), gettext_lazy("reply to the customer"),
             scopes=BY_HAND),
        NotifyUser("notification_user", gettext_lazy("Tell a person"), gettext_lazy("tell %(value)s")),
        NotifyTeam("notification_group", gettext_lazy("Tell a team"), gettext_lazy("tell %(value)s")),
        RuleWords("reply_public", gettext_lazy("Automatic message to the customer"),
                  gettext_lazy("write to the customer: %(value)s"), write=write_publicly),
        RuleWords("reply_internal", gettext_lazy("Internal note"), gettext_lazy("write a note: %(value)s"),
                  write=write_note, for_staff=True),
        Copies("cc", gettext_lazy("Put in copy"), gettext_lazy("put %(value)s in copy"), scopes=BY_RULE,
               hint=gettext_lazy("Addresses with spaces between")),
        Schedule("set_schedule", gettext_lazy("Calendar"), gettext_lazy("count by the calendar %(value)s"),
                 scopes=BY_RULE | {MACRO}),
        Language("locale_id", gettext_lazy("Requester’s language"), gettext_lazy("write to the requester in %(value)s"),
                 scopes=BY_RULE),
        Skills("add_skills", gettext_lazy("Add skills"), gettext_lazy("ask for the skills %(value)s"),
               service=services.add_skills, scopes=BY_RULE),
        Skills("set_skills", gettext_lazy("Replace skills"), gettext_lazy("ask only for the skills %(value)s"),
               service=services.set_skills, may_be_none=True, scopes=BY_RULE),
        Skills("remove_skills", gettext_lazy("Remove skills"), gettext_lazy("no longer ask for the skills %(value)s"),
               service=services.remove_skills, scopes=BY_RULE),
    )
}  # fmt: skip


def register(action: Action) -> None:
    """Add an action from outside: of an app that imports this one, when it is ready."""
    ACTIONS[action.key] = action


def check_actions(actions: object, *, scope: str = BULK) -> list[Wanted]:
    """`actions` in one form, or `Invalid` with each that is wrong: its place, its field and the reason.

    `scope` is who will do them: only what makes sense there passes.
    """
    if not isinstance(actions, list) or not actions:
        raise Invalid([Problem("", "", _("Choose at least one change."))])
    if len(actions) > MAX_ACTIONS:
        raise Invalid([Problem("", "", _("At most %(count)s changes at once.") % {"count": MAX_ACTIONS})])
    checked: list[Wanted] = []
    problems: list[Problem] = []
    for place, action in enumerate(actions):
        field = action.get("field") if isinstance(action, dict) else None
        try:
            checked.append(_checked(field, action, {known["field"] for known in checked}, scope))
        except Wrong as wrong:
            problems.append(Problem(str(place), shortened(field or ""), str(wrong)))
    if not problems and {action["field"] for action in checked} == {IS_PUBLIC}:
        problems.append(Problem("0", IS_PUBLIC, _("There are no words to send.")))
    if problems:
        raise Invalid(problems)
    return checked


def _checked(field: object, action: Any, before: set[str], scope: str) -> Wanted:
    if not isinstance(field, str) or field not in ACTIONS:
        raise Wrong(_("There is no change of “%(field)s”.") % {"field": shortened(field)})
    if scope not in ACTIONS[field].scopes:
        raise Wrong(_("%(field)s can’t be done here.") % {"field": ACTIONS[field].label})
    if field in before and not ACTIONS[field].repeatable:
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


def action_catalogue(user: User, *, scope: str = BULK) -> list[dict[str, Any]]:
    """For screens: each action that can be done in `scope`, with its label, its widget and what may be chosen."""
    return [kind.as_json(user) for kind in ACTIONS.values() if scope in kind.scopes]
