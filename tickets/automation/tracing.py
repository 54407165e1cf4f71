"""What the rules saw and did in one gesture: kept for the debugger, small enough to be kept for every gesture.

A trace holds each field's values once, each rule's answers as a word like `10-`, one letter to a condition, and the
conditions not at all: they are in the rule's revision. Of messages it holds no words, so that what is erased is gone
here too. Nobody else reads or writes `RuleTrace.steps`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from tickets.automation.evaluating import Answer, Asked
from tickets.conditions.field import Field
from tickets.conditions.problems import Invalid
from tickets.conditions.situation import Situation
from tickets.conditions.tree import Condition
from tickets.conditions.words import Words
from tickets.models import Revision, RevisionOf, Rule, RuleTrace, TicketEvent
from tickets.services.gesture import Gesture

KEPT_FOR = timedelta(days=30)
MAX_VALUES, MAX_TEXT = 20, 120
FIRED, FAILED, NOT_MET, STOPPED, CLOSED = "fired", "failed", "not_met", "stopped", "closed"
UNCHANGED = "unchanged"  # it ran, and everything was so already
OUTCOMES = {"+": FIRED, "=": UNCHANGED, "!": FAILED, "-": NOT_MET, "~": STOPPED, "x": CLOSED}
LETTERS = {outcome: letter for letter, outcome in OUTCOMES.items()}
ANSWERS: Mapping[Answer, str] = {True: "1", False: "0", None: "-"}


class Trace:
    """Gathered while rules run; `steps` is what is stored."""

    def __init__(self) -> None:
        self.rules: list[list[Any]] = []
        self._seen: list[dict[str, Any]] = []
        self._before: dict[str, Any] = {}
        self._known: dict[str, Any] = {}

    def look(self, situation: Situation, fields: Iterable[Field]) -> int:
        """The ticket as it is from here on; what is the same as before is not said again. Returns which look it was."""
        now = {each.key: _kept(each, situation.values(each)) for each in fields if not each.source.is_costly}
        for each in fields:
            if each.past and each.key not in self._before:
                self._before[each.key] = _kept(each, situation.before(each))
        self._seen.append({key: value for key, value in now.items() if self._known.get(key, ...) != value})
        self._known |= now
        return len(self._seen) - 1

    def note(self, rule: Rule, answers: Sequence[Answer], outcome: str, look: int | None = None) -> None:
        """`look` is the one by which its answers were given: usually the newest."""
        word = "".join(map(ANSWERS.__getitem__, answers))
        newest = max(len(self._seen) - 1, 0)
        self.rules.append([rule.pk, rule.revision, LETTERS[outcome], newest if look is None else look, word])

    def steps(self, g: Gesture) -> dict[str, Any]:
        return {"depth": g.depth, "before": self._before, "seen": self._seen, "rules": self.rules}


def trace_of(g: Gesture) -> Trace:
    """The one of this gesture, to which everybody who runs rules in it adds."""
    found: Trace = g.kept.setdefault("rule trace", Trace())
    return found


def store(gestures: Iterable[Gesture]) -> None:
    rows = [
        RuleTrace(gesture_id=g.id, ticket=g.ticket, steps=trace.steps(g), created_at=g.now)
        for g in gestures
        if (trace := g.kept.pop("rule trace", None)) and trace.rules
    ]
    if rows:
        RuleTrace.objects.bulk_create(rows)


def _kept(asked: Field, values: Sequence[Any]) -> Any:
    """Plain enough for JSON and short; None where it is words of a message, which are read from the message."""
    if isinstance(asked.compared_as, Words):
        return None
    return [_plain(value) for value in values[:MAX_VALUES]]


def _plain(value: Any) -> Any:
    match value:
        case bool() | int() | None:
            return value
        case datetime() | date():
            return value.isoformat()
        case list() | tuple():
            return [_plain(each) for each in value[:MAX_VALUES]]
    text = str(value)
    return text if len(text) <= MAX_TEXT else f"{text[: MAX_TEXT - 1]}…"


@dataclass(frozen=True)
class SeenThen:
    """A condition as a gesture of the past saw it. `values` are None where they are not kept: the words of a message,
    or what takes a statement of its own."""

    condition: Condition
    answer: Answer
    values: list[Any] | None
    before: list[Any] | None


@dataclass(frozen=True)
class Step:
    """What became of one rule. Without `seen` its conditions of then are not known any more."""

    rule_id: int
    rule: Rule | None
    revision: int
    outcome: str
    seen: list[SeenThen] | None
    events: list[TicketEvent] = field(default_factory=list)

    @property
    def title(self) -> str:
        return self.rule.title if self.rule else ""


def steps_of(trace: RuleTrace) -> list[Step]:
    """The rules in the order in which they ran, with what each changed."""
    rows = trace.steps.get("rules", [])
    rules = Rule.objects.in_bulk([row[0] for row in rows])
    told = _conditions_then([(pk, revision) for pk, revision, *_rest in rows], rules)
    events: dict[int, list[TicketEvent]] = {}
    by_rules = TicketEvent.objects.filter(ticket=trace.ticket_id, gesture_id=trace.gesture_id, rule_id__isnull=False)
    for event in by_rules.order_by("pk"):
        events.setdefault(event.rule_id or 0, []).append(event)
    seen = _versions(trace.steps.get("seen", []))
    return [
        Step(
            pk,
            rules.get(pk),
            revision,
            OUTCOMES[letter],
            _answers(told.get((pk, revision)), word, seen[version] if seen else {}, trace.steps.get("before", {})),
            events.get(pk, []),
        )
        for pk, revision, letter, version, word in rows
    ]


def _versions(seen: Sequence[Mapping[str, Any]]) -> list[dict[str, Any]]:
    whole: list[dict[str, Any]] = []
    for news in seen:
        whole.append({**(whole[-1] if whole else {}), **news})
    return whole


def _conditions_then(wanted: Sequence[tuple[int, int]], rules: Mapping[int, Rule]) -> dict[tuple[int, int], Asked]:
    """By rule and revision; the rule itself serves for the revision that it is still in."""
    found: dict[tuple[int, int], Any] = {
        (row.object_id, row.number): row.data.get("conditions", {})
        for row in Revision.objects.filter(of=RevisionOf.RULE, object_id__in=[pk for pk, _number in wanted])
    }
    read = {}
    for pk, number in wanted:
        rule = rules.get(pk)
        if rule is None:
            continue
        conditions = rule.conditions if rule.revision == number else found.get((pk, number))
        if conditions is not None:
            try:
                read[pk, number] = Asked(Rule(kind=rule.kind, conditions=conditions))
            except Invalid:
                continue
    return read


def _answers(
    asked: Asked | None, word: str, seen: Mapping[str, Any], before: Mapping[str, Any]
) -> list[SeenThen] | None:
    if asked is None or len(asked.conditions) != len(word):
        return None
    known = {letter: answer for answer, letter in ANSWERS.items()}
    return [
        SeenThen(it, known[letter], seen.get(it.field.key), before.get(it.field.key))
        for it, letter in zip(asked.conditions, word, strict=True)
    ]


def forget_old(*, now: datetime, limit: int = 5000) -> int:
    """Delete what is older than KEPT_FOR; bounded."""
    old = RuleTrace.objects.filter(created_at__lt=now - KEPT_FOR).order_by("created_at").values_list("pk", flat=True)
    return RuleTrace.objects.filter(pk__in=list(old[:limit])).delete()[0]
