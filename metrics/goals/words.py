"""Goals in words: what is to be reached, how it stands, and why somebody is told."""

from __future__ import annotations

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.charts.units import change_in_words, in_words
from metrics.goals.judging import Reading
from metrics.measure import Unit
from metrics.measures import MEASURES
from metrics.models import Direction, Goal, GoalPeriod, Part, Period, Standing


def unit_of(goal: Goal) -> Unit:
    return MEASURES[goal.measure].unit if goal.measure in MEASURES else Unit.COUNT


def title_of(goal: Goal) -> str:
    """ "First reply, median, in working time". A measure of a later release stays as it is."""
    known = MEASURES.get(goal.measure)
    words = [str(known.label) if known else goal.measure]
    if unit_of(goal) is Unit.DURATION:
        words += [str(Part(goal.part).label).lower(), *([_("in working time")] if goal.is_business else [])]
    return ", ".join(words)


def whose(goal: Goal) -> str:
    return str(goal.team) if goal.team else _("All teams")


def target_of(direction: str, target: float, unit: Unit) -> str:
    words = _("at least %(target)s") if direction == Direction.AT_LEAST else _("at most %(target)s")
    return words % {"target": in_words(target, unit)}


def period_name(row: GoalPeriod, period: str) -> str:
    if period == Period.MONTH:
        return date_format(row.first, "YEAR_MONTH_FORMAT")
    if period == Period.WEEK:
        return _("Week of %(day)s") % {"day": date_format(row.first, "SHORT_DATE_FORMAT")}
    return date_format(row.first, "SHORT_DATE_FORMAT")


def what_is_left(reading_value: float | None, row: GoalPeriod, unit: Unit, *, adds_up: bool) -> str:
    """ "12 to go", "room for 3 more", "20 min above"; nothing where it is decided or not known."""
    if reading_value is None:
        return ""
    gap = row.target - reading_value
    amount = change_in_words(abs(gap), unit).lstrip("+±")  # of per cent in points
    if adds_up and row.direction == Direction.AT_LEAST:
        return _("%(amount)s to go") % {"amount": amount} if gap > 0 else ""
    if adds_up:
        return (
            _("room for %(amount)s more") % {"amount": amount}
            if gap >= 0
            else _("%(amount)s too many") % {"amount": amount}
        )
    if gap == 0:
        return _("exactly there")
    return (_("%(amount)s below") if gap > 0 else _("%(amount)s above")) % {"amount": amount}


def why_told(goal: Goal, row: GoalPeriod, reading: Reading) -> str:
    """For a notification: what, whose, how it stands, from how many, and what it should be."""
    unit = unit_of(goal)
    known = {
        "goal": f"{title_of(goal)} ({whose(goal)})",
        "period": period_name(row, goal.period),
        "value": in_words(reading.value, unit),
        "target": target_of(row.direction, row.target, unit),
    }
    if row.standing == Standing.MISSED:
        told = _("Goal missed: %(goal)s, %(period)s: %(value)s, it should be %(target)s.") % known
    elif reading.adds_up and reading.projected is not None:
        known["projected"] = in_words(round(reading.projected), unit)
        told = _(
            "Goal in danger: %(goal)s, %(period)s: %(value)s so far. At this pace it will be %(projected)s, it should "
            "be %(target)s."
        ) % known  # fmt: skip
    else:
        told = _("Goal in danger: %(goal)s, %(period)s: %(value)s so far, it should be %(target)s.") % known
    if reading.adds_up:
        return told
    return f"{told} " + ngettext("Told from %(n)s.", "Told from %(n)s.", reading.n) % {"n": reading.n}
