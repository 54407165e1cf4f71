"""The definitions as people read them: on /reports/definitions/, beside each number, and in docs/metrics.md."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from metrics.catalogue import contacts, counts, promises, times
from metrics.measure import Measure, Text, Unit


@dataclass(frozen=True)
class Subject:
    title: Text
    measures: Sequence[Measure]


def subjects() -> list[Subject]:
    """All measures, in the order of the catalogue."""
    return [
        Subject(gettext_lazy("How much"), counts.MEASURES),
        Subject(gettext_lazy("How long"), times.MEASURES),
        Subject(gettext_lazy("Promises and opinions"), promises.MEASURES),
        Subject(gettext_lazy("Chats and calls"), contacts.MEASURES),
    ]


def unit_of(measure: Measure) -> str:
    return {
        Unit.COUNT: _("a number"),
        Unit.DURATION: _("a duration: median, mean and 90th percentile"),
        Unit.PERCENT: _("per cent, with its 95 % confidence interval"),
        Unit.SCORE: _("a score, with its 95 % confidence interval"),
    }[measure.unit]


def date_of(measure: Measure) -> str:
    """On which day it counts."""
    named = {
        "": _("now, whatever the period"),
        "opened_at": _("the day on which the ticket was opened"),
        "first_reply_at": _("the day of the first reply"),
        "first_solved_at": _("the day on which it was first solved"),
        "solved_at": _("the day on which it was last solved"),
        "first_assigned_at": _("the day of its first assignment"),
        "last_assigned_at": _("the day of its latest assignment"),
        "at": _("the day on which it happened"),
        "sent_at": _("the day on which they were asked"),
        "started_at": _("the day on which it began"),
        "day": _("the last day of the period"),
    }
    return named[measure.date]


def as_markdown() -> str:
    """The catalogue as it stands in docs/metrics.md; a test holds the two equal."""
    parts = []
    for subject in subjects():
        parts.append(f"### {subject.title}\n")
        for measure in subject.measures:
            both = " " + _("Also in working time.") if measure.business else ""
            parts.append(f"**{measure.label}** (`{measure.name}`): {measure.sentence}  ")
            parts.append(f"*{measure.formula}*; {unit_of(measure)}; {date_of(measure)}.{both}\n")
    return "\n".join(parts)
