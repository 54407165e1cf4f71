"""A question answered: `ask` for figures, `behind` for the tickets that a figure was told from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import product
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from metrics import backlog, days
from metrics.dimension import Dimension
from metrics.dimensions import dimension
from metrics.measure import Measure, Source
from metrics.measures import MEASURES
from metrics.questions import Answer, Group, Key, Question
from metrics.sources import SOURCES, NotInSnapshots, kinds_of, of_key, rows_of
from metrics.spans import Span
from metrics.statement import Figures, figures_of, nothing
from tickets.models import Ticket
from tickets.models.ticket import TicketQuerySet


class Unknown(Exception):
    """A measure or dimension of that name is not there; `str()` says so to people."""


@dataclass
class _Told:
    """What is known so far: figures in total and by key."""

    total: Figures = field(default_factory=dict)
    groups: dict[Key, Figures] = field(default_factory=lambda: defaultdict(dict))
    notes: list[str] = field(default_factory=list)

    def add(self, total: Figures, groups: Mapping[Key, Figures]) -> None:
        self.total |= total
        for key, figures in groups.items():
            self.groups[key] |= figures


def ask(question: Question) -> Answer:
    """Raises `Unknown`, and `conditions.Invalid` where a condition can't be read."""
    measures, by = measures_of(question.measures), dimensions_of(question.by)
    told, fitting = _Told(), []
    for batch in _batches(measures):
        fits = all(one.value(batch[0], question.span) is not None for one in by)
        if fits:
            fitting += batch
        elif by:
            told.notes += [_not_by(measure, by, question.span) for measure in batch]
        try:
            total, groups = _read(question, batch, by if fits else [])
            told.add(total, groups if by and fits else {})
        except NotInSnapshots:
            told.notes.append(_("The backlog of past days can only be filtered by what its daily snapshots hold."))
    total = {measure.name: told.total.get(measure.name) or nothing(measure) for measure in measures}
    return Answer(question, total, _grouped(question, by, told, fitting) if by else (), tuple(told.notes))


def behind(question: Question, measure: str, key: Key | None = None) -> TicketQuerySet:
    """The tickets that the figure was told from: all, or of the group with that key. Of a ratio those that hit.

    In no order. Raises `Unknown` as `ask`.
    """
    one = measures_of([measure])[0]
    by = dimensions_of(question.by) if key else []
    if one.source is Source.BACKLOG:
        return backlog.behind(question, by, key or ())
    rows = _dated(rows_of(one.source, question), [one], question.span)
    for condition in (one.where, one.hit):
        rows = rows.filter(condition) if condition is not None else rows
    for number, (found, wanted) in enumerate(zip(by, key or (), strict=True)):
        rows = of_key(rows, f"d{number}", found.value(one, question.span), wanted)
    visible: TicketQuerySet = Ticket.objects.visible_to(question.user)
    path = SOURCES[one.source].ticket
    return visible.filter(pk__in=rows.values("pk" if not path else f"{path}_id"))


def measures_of(names: Iterable[str]) -> list[Measure]:
    for name in names:
        if name not in MEASURES:
            raise Unknown(_("There is no measure “%(name)s”.") % {"name": name})
    return [MEASURES[name] for name in names]


def dimensions_of(names: Iterable[str]) -> list[Dimension]:
    found = []
    for name in names:
        one = dimension(name)
        if one is None:
            raise Unknown(_("Nothing is told by “%(name)s”.") % {"name": name})
        found.append(one)
    return found


def _batches(measures: Sequence[Measure]) -> list[list[Measure]]:
    """Those that one scan answers: rows of one kind, counted on the same date, with the same dimensions."""
    batches: dict[tuple[Any, ...], list[Measure]] = defaultdict(list)
    for measure in measures:
        batches[measure.source, measure.date, measure.name.startswith("sla_")].append(measure)
    return list(batches.values())


def _read(question: Question, batch: Sequence[Measure], by: Sequence[Dimension]) -> tuple[Figures, dict[Key, Figures]]:
    """From days added up ahead where those can tell; else, and as long as they are few, from the rows themselves."""
    if batch[0].source is Source.BACKLOG:
        return backlog.figures(question, by)
    how = days.plan(question, batch[0], by)
    added = days.added_up(question.span, batch, how) if how and days.are_told(question.span) else None
    if how is None or added is None:
        return _from_rows(question, batch, by)
    from_days = [one for one in batch if added.can_tell(one, has_spread=how.has_spread)]
    total, groups = days.figures(question.span, from_days, how, added)
    if from_rows := [one for one in batch if one not in from_days]:
        more, parts = _from_rows(question, from_rows, by, is_exact=not added.are_many(from_rows))
        total = {**total, **more}
        groups = {key: {**groups.get(key, {}), **parts.get(key, {})} for key in {**groups, **parts}}
    return total, groups


def _from_rows(
    question: Question, batch: Sequence[Measure], by: Sequence[Dimension], *, is_exact: bool | None = None
) -> tuple[Figures, dict[Key, Figures]]:
    """`is_exact`: whether they are few; None where nobody knows yet."""
    rows = _dated(rows_of(batch[0].source, question), batch, question.span)
    values = [value for one in by if (value := one.value(batch[0], question.span)) is not None]
    total, groups = figures_of(rows, batch, values, is_exact=is_exact)
    if any(one.has_many for one in by):  # a ticket with two tags stands in two groups, and is one ticket
        total, _none = figures_of(rows, batch, is_exact=is_exact)
    return total, groups


def _dated(rows: QuerySet[Any], measures: Sequence[Measure], span: Span) -> QuerySet[Any]:
    """Those of the span, and no others than these measures count."""
    one = measures[0]
    if one.is_live:
        return rows
    if one.source is Source.MOMENT:
        rows = rows.filter(kind__in=sorted(kinds_of(measures)))
    return rows.filter(**{f"{one.date}__gte": span.start, f"{one.date}__lt": span.end})


def _grouped(question: Question, by: Sequence[Dimension], told: _Told, fitting: Sequence[Measure]) -> list[Group]:
    """Every key in the order in which people read it: days by date, everything else by size."""
    seen = list(told.groups)
    keys = _completed(seen, by, question.span)
    names = [one.names({key[n] for key in keys}) for n, one in enumerate(by)]
    order = {key: place for place, key in enumerate(_sorted(keys, by, question.span, told, fitting, names))}
    return [
        Group(
            key,
            tuple(names[n][part] for n, part in enumerate(key)),
            {one.name: told.groups.get(key, {}).get(one.name) or nothing(one) for one in fitting},
        )
        for key in sorted(keys, key=order.__getitem__)
    ]


def _completed(seen: Sequence[Key], by: Sequence[Dimension], span: Span) -> list[Key]:
    """With the days and hours on which nothing was: a line goes through zero there, not past it."""
    parts = [
        list(one.keys(span)) if one.keys else list(dict.fromkeys(key[n] for key in seen)) for n, one in enumerate(by)
    ]
    if not any(one.is_of_time for one in by):
        return list(seen)
    return list(product(*parts))


def _sorted(
    keys: Sequence[Key],
    by: Sequence[Dimension],
    span: Span,
    told: _Told,
    fitting: Sequence[Measure],
    names: Sequence[Mapping[str, str]],
) -> list[Key]:
    places: list[Mapping[str, Any]] = []
    for n, one in enumerate(by):
        if one.keys:
            places.append({key: place for place, key in enumerate(one.keys(span))})
            continue
        sizes: dict[str, int] = defaultdict(int)
        for key in keys:
            sizes[key[n]] += max((figure.n for figure in told.groups.get(key, {}).values()), default=0)
        places.append({key: (-size, names[n][key]) for key, size in sizes.items()})
    return sorted(keys, key=lambda key: tuple(places[n][part] for n, part in enumerate(key)))


def _not_by(measure: Measure, by: Sequence[Dimension], span: Span) -> str:
    missing = next(one for one in by if one.value(measure, span) is None)
    words = {"measure": measure.label, "dimension": missing.label}
    return _("%(measure)s can’t be told by %(dimension)s.") % words
