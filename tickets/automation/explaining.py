"""What rules saw and did, in words: for the debugger on a ticket, and for a draft that is tried on one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.utils import formats, timezone
from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.automation import tracing
from tickets.automation.evaluating import Answer, Seen, Verdict
from tickets.automation.sentences import condition_words, html
from tickets.automation.tracing import SeenThen, Step
from tickets.conditions import Field
from tickets.conditions.changes import CHANGES
from tickets.conditions.tree import Condition
from tickets.models import RuleTrace, Ticket, TicketEvent
from tickets.wording import names_of

SHOWN_VALUES = 8
OUTCOMES: Mapping[str, tuple[str | Promise, str, str]] = {
    tracing.FIRED: (gettext_lazy("Ran"), "green", "check"),
    tracing.UNCHANGED: (gettext_lazy("Ran, and nothing was left to change"), "slate", "check"),
    tracing.FAILED: (gettext_lazy("Could not run"), "red", "triangle-alert"),
    tracing.STOPPED: (gettext_lazy("Left out, to end a loop"), "amber", "ban"),
    tracing.CLOSED: (gettext_lazy("The ticket was closed already"), "slate", "lock"),
    tracing.NOT_MET: (gettext_lazy("Did not apply"), "slate", "minus"),
}


@dataclass(frozen=True)
class Shown:
    """A condition and what it saw. `holds` as the rule wants it: below “none of these” it must not be so.

    None: it was not asked, because the rest had decided.
    """

    words: SafeString
    holds: Answer
    saw: str
    before: str = ""
    joint: str = ""  # "or" and "not", where it is not simply one of all


@dataclass(frozen=True)
class RuleShown:
    rule_id: int
    title: str
    outcome: str
    label: str
    tone: str
    icon: str
    conditions: list[Shown] | None  # None: what it asked then is not known any more
    events: Sequence[TicketEvent] = ()

    @property
    def held(self) -> bool:
        return self.outcome != tracing.NOT_MET

    @property
    def held_count(self) -> int:
        return sum(condition.holds is True for condition in self.conditions or ())


@dataclass(frozen=True)
class GestureShown:
    """All that somebody did at once, and what each rule made of it."""

    id: UUID
    at: datetime
    events: Sequence[TicketEvent]
    depth: int
    rules: Sequence[RuleShown]

    @property
    def held(self) -> list[RuleShown]:
        return [rule for rule in self.rules if rule.held]

    @property
    def others(self) -> list[RuleShown]:
        return [rule for rule in self.rules if not rule.held]


class Names:
    """What values are called; asked for once for each field."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], dict[str, str]] = {}

    def shown(self, asked: Field, values: Sequence[Any]) -> str:
        """The values a condition saw, as a reader knows them."""
        if not values:
            return _("nothing")
        named = self._named(asked, values)
        said = [named.get(str(one)) or plain(one) for one in values[:SHOWN_VALUES]]
        more = [f"+{len(values) - SHOWN_VALUES}"] if len(values) > SHOWN_VALUES else []
        return ", ".join([*said, *more])

    def _named(self, asked: Field, values: Sequence[Any]) -> dict[str, str]:
        if asked.kind not in ("choice", "reference"):
            return {}
        ids = [one for one in values if isinstance(one, int | str)]
        key = (asked.key, ",".join(map(str, ids)))
        if key not in self._known:
            self._known[key] = names_of(ids, asked)
        return self._known[key]


def plain(value: Any) -> str:
    match value:
        case bool():
            return _("yes") if value else _("no")
        case "" | None:
            return _("nothing")
        case datetime():
            return formats.date_format(timezone.localtime(value), "SHORT_DATETIME_FORMAT")
        case date():
            return formats.date_format(value, "SHORT_DATE_FORMAT")
        case list() | tuple():
            return " ".join(plain(one) for one in value) or _("nothing")
    return str(value)


def traces_of(ticket: Ticket) -> QuerySet[RuleTrace]:
    """Newest first."""
    return RuleTrace.objects.filter(ticket=ticket).order_by("-created_at", "-gesture_id")


def explain(traces: Sequence[RuleTrace]) -> list[GestureShown]:
    """Traces of one ticket in words, in the order in which they come."""
    events: dict[UUID, list[TicketEvent]] = {}
    told = TicketEvent.objects.filter(
        ticket__in={trace.ticket_id for trace in traces}, gesture_id__in=[trace.gesture_id for trace in traces]
    )
    for event in told.filter(rule_id=None).order_by("pk"):
        events.setdefault(event.gesture_id, []).append(event)
    names = Names()
    return [
        GestureShown(
            trace.gesture_id,
            trace.created_at,
            events.get(trace.gesture_id, []),
            int(trace.steps.get("depth", 0)),
            [_rule(step, names) for step in tracing.steps_of(trace)],
        )
        for trace in traces
    ]


def of_verdict(verdict: Verdict) -> list[Shown]:
    """What a rule that is only tried sees."""
    names = Names()
    return [_seen_now(each, names) for each in verdict.seen]


def _rule(step: Step, names: Names) -> RuleShown:
    label, tone, icon = OUTCOMES[step.outcome]
    title = step.title or _("A rule that is gone")
    conditions = None if step.seen is None else [_seen_then(each, names) for each in step.seen]
    did = [event for event in step.events if event.kind != "rule.fired"]
    return RuleShown(step.rule_id, title, step.outcome, str(label), tone, icon, conditions, did)


def _seen_then(seen: SeenThen, names: Names) -> Shown:
    asked = seen.condition.field
    if seen.answer is None:
        saw = _("not asked: the rest had decided")
    elif seen.values is None:
        saw = _("words, which are not kept here")
    else:
        saw = names.shown(asked, seen.values)
    return _shown(seen.condition, seen.answer, saw, _before(seen.condition, seen.before, names))


def _seen_now(seen: Seen, names: Names) -> Shown:
    saw = names.shown(seen.condition.field, seen.values)
    return _shown(seen.condition, seen.holds, saw, _before(seen.condition, seen.before, names))


def _shown(condition: Condition, answer: Answer, saw: str, before: str) -> Shown:
    parts = [step for step in condition.path.split(".") if not step.isdecimal()]
    is_turned = parts.count("none") % 2 == 1
    holds = answer if answer is None else answer is not is_turned
    joint = _("not") if is_turned else _("or") if parts[-1:] == ["any"] else ""
    return Shown(_words(condition), holds, saw, before, joint)


def _before(condition: Condition, before: Sequence[Any] | None, names: Names) -> str:
    if condition.operator not in CHANGES or before is None:
        return ""
    return names.shown(condition.field, before)


def _words(condition: Condition) -> SafeString:
    return html(condition_words(condition.as_json(), {condition.field.key: condition.field}))
