"""A goal's figure, by the same definitions as every report."""

from __future__ import annotations

from datetime import datetime

from helpdesk.accounts.models import Role, User
from metrics.asking import ask
from metrics.goals.judging import Reading
from metrics.goals.periods import progress
from metrics.measure import Measure, Source, Unit
from metrics.measures import MEASURES
from metrics.models import Goal, Part
from metrics.questions import Figure, Question
from metrics.spans import Span


def offered() -> list[Measure]:
    """What a goal can be made of: figures of days. How old tickets are now belongs to no period."""
    return [measure for measure in MEASURES.values() if not measure.is_live]


def read(goal: Goal, span: Span, *, now: datetime) -> Reading:
    """Told for those who see everything: goals are made and read by leads, who do.

    A team's figure is that of the team of the moment, whoever has the ticket now: asked by team and not filtered.
    """
    everybody = User(role=Role.ADMIN, is_active=True)
    question = Question((goal.measure,), span, everybody, by=("team",) if goal.team_id else ())
    answer = ask(question)
    figure: Figure | None = answer.total[goal.measure]
    if goal.team_id:
        own = [group.figures.get(goal.measure) for group in answer.groups if group.key == (str(goal.team_id),)]
        figure = own[0] if own else None
    measure = MEASURES[goal.measure]
    value = known_by(goal, measure, figure) if figure else None
    adds_up = measure.unit is Unit.COUNT and measure.source is not Source.BACKLOG
    if value is None and measure.unit is Unit.COUNT:
        value = 0.0  # nothing happened, which is a number here
    is_over = now >= span.end
    share = progress(span, now)
    return Reading(value, figure.n if figure else 0, adds_up, share if share is None or not is_over else 1.0, is_over)


def known_by(goal: Goal, measure: Measure, figure: Figure) -> float | None:
    """The figure that the goal is about: of a duration its median, mean or 90th percentile, by one of two clocks."""
    if measure.unit is not Unit.DURATION:
        return figure.value
    clock = "_business" if goal.is_business and measure.business else ""
    value: float | None = getattr(figure, f"{Part(goal.part).value}{clock}")
    return value
