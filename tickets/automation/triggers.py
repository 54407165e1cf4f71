"""Triggers: the rules that look at every gesture when it ends, inside its transaction.

One after the other in their order, each at most once; what one changes the next one sees, and none looks again. So the
outcome can be told from top to bottom. Rules don't cause each other for ever: what rules have caused through mails and
webhooks is counted, and beyond MAX_DEPTH nothing more is let.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from datetime import timedelta
from functools import cached_property

from django.utils import timezone

from customers.actors import SYSTEM
from tickets.automation.evaluating import Reading
from tickets.automation.rule_set import RuleSet, active_triggers
from tickets.automation.running import fire
from tickets.automation.tracing import NOT_MET, STOPPED, store, trace_of
from tickets.conditions.asking import Asking
from tickets.conditions.facts import FactsNow
from tickets.conditions.situation import OPENED, WRITTEN, Situation, Update, values_before
from tickets.events import CLOCK_KINDS, RatingGiven, ReplyAdded, RuleFired, RulesStopped, changes_lists
from tickets.models import Message, Rule, TicketEvent
from tickets.services.gesture import Gesture

MAX_DEPTH = 3
# A loop that nobody counted, such as one through a webhook and another system's answer: one rule on one ticket.
FIRES, FIRES_WITHIN = 30, timedelta(minutes=10)
HISTORY = timedelta(days=1)  # older than that it is an import or the demo's past: told, not happening
FLOOD, FLOOD_WITHIN = 20, timedelta(minutes=10)  # messages of customers on one ticket (email.md C3)


def run_triggers(gestures: Sequence[Gesture]) -> None:
    """Called with the gestures that end together, before their events are stored."""
    rules = active_triggers()
    if rules.rules:
        for g in gestures:
            if is_update(g):
                Run(rules, g).go()
    store(gestures)


def is_update(g: Gesture) -> bool:
    """Whether triggers look at it. A closed ticket is at its end: only the closing itself is looked at."""
    if g.now < timezone.now() - HISTORY or any(_is_elsewhere(event) for event in g.events):
        return False
    if g.ticket.is_closed and not any(event.kind == "status.changed" for event in g.events):
        return False
    return any(changes_lists(event.kind, event.payload) for event in g.events)


def _is_elsewhere(event: TicketEvent) -> bool:
    """A reply written in a provider's own app: nobody here has asked for what a rule would answer to it."""
    return bool(event.kind == ReplyAdded.kind and event.message and event.message.facts.get("is_elsewhere"))


class Run:
    """All rules of one gesture, in their order."""

    def __init__(self, rules: RuleSet, g: Gesture) -> None:
        self.rules, self.g = rules, g
        self.trace = trace_of(g)
        self.stopped: dict[str, list[str]] = {}
        self._stopped_by = _reason_to_stop(g)
        self._look()

    def go(self) -> None:
        only_clocks = all(event.kind in CLOCK_KINDS for event in self.g.events)
        for active in self.rules.rules:
            if only_clocks and not active.hears_clocks:  # nobody has updated the ticket
                continue
            holds, answers = self.reading.read(active.asked)
            outcome = self._let(active.rule) if holds else NOT_MET
            self.trace.note(active.rule, answers, outcome, self.seen)
            if len(self.g.events) > self.known:  # the next rule looks at what this one has made of the ticket
                self._look()
        for reason, titles in self.stopped.items():
            self.g.record(RulesStopped(reason, titles[:20], self.g.depth), actor=SYSTEM)

    def _let(self, rule: Rule) -> str:
        if reason := self._stopped_by or ("often" if self._fired_lately[rule.pk] >= FIRES else ""):
            self.stopped.setdefault(reason, []).append(rule.title)
            return STOPPED
        return fire(rule, self.g)

    def _look(self) -> None:
        situation = situation_of(self.g, self.rules)
        self.reading = Reading(situation)
        self.seen = self.trace.look(situation, self.rules.fields)
        self.known = len(self.g.events)

    @cached_property
    def _fired_lately(self) -> Counter[int]:
        """How often each rule did something to this ticket."""
        since = self.g.now - FIRES_WITHIN
        fired = TicketEvent.objects.filter(ticket=self.g.ticket, kind=RuleFired.kind, created_at__gt=since)
        return Counter(rule_id or 0 for rule_id in fired.values_list("rule_id", flat=True))


def situation_of(g: Gesture, rules: RuleSet) -> Situation:
    """The ticket as it is, and the update as the gesture's events tell it up to here."""
    update = told_update(g.events)
    asking = Asking(update.user, g.now, update.customer, of_rule=True)
    return Situation(g.ticket, FactsNow(g.ticket, rules.statement), asking, update)


def told_update(events: Sequence[TicketEvent]) -> Update:
    """What the events of one gesture say it was; those of rules are told by what they changed alone.

    A reply that was to be sent later is sent by the system, and is its author's.
    """
    own = [event for event in events if event.actor_kind != "rule"]
    written = [event for event in own if event.kind in WRITTEN and event.message]
    deed = written[-1] if written else own[0] if own else None
    return Update(
        is_new=any(event.kind == OPENED for event in events),
        message=written[-1].message if written else None,
        user=deed.actor_user if deed else None,
        customer=deed.actor_customer if deed else None,
        before=values_before(events),
        clocks=tuple(event.kind.removeprefix("sla.") for event in events if event.kind in CLOCK_KINDS),
        rating=next((event.payload for event in reversed(events) if event.kind == RatingGiven.kind), None),
    )


def _reason_to_stop(g: Gesture) -> str:
    if g.depth >= MAX_DEPTH:
        return "depth"
    is_received = any(event.kind == "message.received" for event in g.events)
    if is_received and g.ticket.message_count >= FLOOD:
        lately = Message.objects.filter(ticket=g.ticket, author_role="", created_at__gt=g.now - FLOOD_WITHIN)
        if len(lately.values_list("pk")[:FLOOD]) >= FLOOD:
            return "flood"
    return ""
