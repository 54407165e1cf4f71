"""Automation: what rules did so that nobody had to, and what broke."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from django.db.models import Count, F, Func, IntegerField, QuerySet, Sum
from django.db.models.fields.json import KeyTextTransform, KeyTransform
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from metrics.charts import Chart, Series, Unit, in_words, line
from metrics.charts.units import change_in_words
from metrics.dimensions import DIMENSIONS
from metrics.expressions import day_of
from metrics.pages.parts import Block, Cell, Column, Explained, Page, Row, Table, Tile
from metrics.pages.wanted import Wanted, short_day
from metrics.spans import Span
from tickets.conditions import as_q
from tickets.models import Rule, Ticket, TicketEvent
from tickets.models.event import OF_RULES

SECONDS_A_CHANGE: Final = 15  # what one change by hand takes: opening, choosing, saving
FIRED, FAILED = OF_RULES


@dataclass
class Done:
    """By one rule, or by all of them."""

    name: str = ""
    fired: int = 0
    changes: int = 0
    failed: int = 0

    def add(self, kind: str, count: int, changes: int) -> None:
        if kind == FAILED:
            self.failed += count
        else:
            self.fired += count
            self.changes += changes

    @property
    def seconds(self) -> int:
        return self.changes * SECONDS_A_CHANGE


def automation(wanted: Wanted) -> Page:
    total, by_rule, by_day = _read(wanted, wanted.span)
    compared = wanted.asked.compared
    before = _read(wanted, compared)[0] if compared else None
    return Page(
        tiles=_tiles(total, before),
        blocks=[Block(_over_time(by_day, wanted), width="whole"), Block(table=_table(by_rule), width="whole")],
    )


def _events(wanted: Wanted, span: Span) -> QuerySet[TicketEvent]:
    """What rules did in `span` to tickets that are counted."""
    found = TicketEvent.objects.filter(kind__in=OF_RULES, created_at__gte=span.start, created_at__lt=span.end)
    user, tree = wanted.asked.user, dict(wanted.asked.conditions)
    if user.hidden_team_ids:
        found = found.exclude(ticket__team_id__in=user.hidden_team_ids)
    if tree:
        found = found.filter(
            ticket_id__in=Ticket.objects.filter(as_q(tree, user=user, now=timezone.now())).values("pk")
        )
    return found


def _read(wanted: Wanted, span: Span) -> tuple[Done, dict[int, Done], dict[str, Done]]:
    """In all, by rule and by day: one statement."""
    made = Func(KeyTransform("changes", "payload"), function="jsonb_array_length", output_field=IntegerField())
    rows = _events(wanted, span).annotate(
        day=day_of(F("created_at"), str(span.zone), wanted.grain), rule=KeyTextTransform("rule", "payload")
    )
    total, by_rule, by_day = Done(), defaultdict[int, Done](Done), defaultdict[str, Done](Done)
    counted = rows.order_by().values_list("kind", "rule_id", "rule", "day").annotate(n=Count("pk"), made=Sum(made))
    for kind, rule_id, name, day, count, changes in counted:
        for done in (total, by_rule[rule_id or 0], by_day[str(day)]):
            done.add(str(kind), count, changes or 0)
        by_rule[rule_id or 0].name = name or ""
    return total, by_rule, by_day


def _tiles(total: Done, before: Done | None) -> list[Tile]:
    def tile(explained: Explained, name: str, unit: str = Unit.COUNT, better: str = "") -> Tile:
        value: int = getattr(total, name)
        change = _change(value - getattr(before, name), unit, better) if before else ("", "")
        return Tile(explained, explained.label, Cell(in_words(value, unit)), *change)

    return [
        tile(_fired(), "fired"),
        tile(_made(), "changes"),
        tile(_saved(), "seconds", Unit.DURATION, "up"),
        tile(_broke(), "failed", better="down"),
    ]


def _change(difference: int, unit: str, better: str) -> tuple[str, str]:
    is_good = (difference > 0) == (better == "up")
    return change_in_words(difference, unit), "" if not difference or not better else "green" if is_good else "red"


def _over_time(by_day: dict[str, Done], wanted: Wanted) -> SafeString:
    told = DIMENSIONS[wanted.grain]
    days = list(told.keys(wanted.span)) if told.keys else []
    names = told.names(days)
    fired = Series(str(_fired().label), [by_day[day].fired if day in by_day else 0 for day in days])
    failed = Series(str(_broke().label), [by_day[day].failed if day in by_day else 0 for day in days], style=4)
    labels = [short_day(day, wanted.grain) for day in days]
    full = [names[day] for day in days]
    return line(Chart("firings", _("What rules did"), labels, [fired, failed], str(told.label), full_labels=full))


def _table(by_rule: dict[int, Done]) -> Table:
    known = set(Rule.objects.filter(pk__in=by_rule, deleted_at=None).values_list("pk", flat=True))
    rows = [
        Row(
            done.name or _("Deleted rule"),
            [
                Cell(in_words(done.fired, Unit.COUNT)),
                Cell(in_words(done.changes, Unit.COUNT)),
                Cell(in_words(done.seconds, Unit.DURATION)),
                Cell(in_words(done.failed, Unit.COUNT)),
            ],
            link=reverse("rule", args=[rule_id]) if rule_id in known else "",
        )
        for rule_id, done in sorted(by_rule.items(), key=lambda pair: (-pair[1].changes, pair[1].name))
    ]
    columns = [Column(each.label, each) for each in (_fired(), _made(), _saved(), _broke())]
    return Table("rules", _("Rules"), columns, rows, first=_("Rule"), hint=_("by what they changed"))


def _fired() -> Explained:
    return Explained("fired", _("Firings"), _("How often the conditions of a rule held and it ran."),
                     _("rules fired in the period"))  # fmt: skip


def _made() -> Explained:
    return Explained("made", _("Changes made"), _("What rules did in these firings: set, tag, assign, write."),
                     _("changes of all firings"))  # fmt: skip


def _saved() -> Explained:
    words = {"seconds": SECONDS_A_CHANGE}
    return Explained(
        "saved", _("Time saved"),
        _("An estimate: a change by hand is taken as %(seconds)s seconds, for opening, choosing and saving.") % words,
        _("changes × %(seconds)s s") % words,
    )  # fmt: skip


def _broke() -> Explained:
    return Explained(
        "broke", _("Failures"),
        _("How often a rule should have run and something in it could not be done. Nothing of it was done then, and "
          "the ticket says so."),
        _("rules failed in the period"),
    )  # fmt: skip
