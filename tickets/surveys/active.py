"""The active surveys, read and made ready once a process and again as soon as any of them has changed."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from tickets.conditions import Invalid
from tickets.conditions.asking import Asking
from tickets.conditions.facts import facts_for
from tickets.conditions.field import Field
from tickets.conditions.reading import holds
from tickets.conditions.scopes import LIST
from tickets.conditions.tree import Group, parse
from tickets.models import Survey, SurveyKind, SurveyMoment, Ticket
from tickets.stamps import Stamped

__all__ = ["ActiveSurvey", "active_surveys", "survey_for", "survey_on_pages", "surveys_for"]

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ActiveSurvey:
    survey: Survey
    group: Group

    @property
    def fields(self) -> list[Field]:
        return [condition.field for condition in self.group.conditions()]


def _load() -> tuple[ActiveSurvey, ...]:
    """One whose conditions can't be read any more asks nobody, and the others go on."""
    active = []
    for survey in Survey.objects.filter(is_active=True, deleted_at=None).order_by("position", "pk"):
        try:
            active.append(ActiveSurvey(survey, parse(survey.conditions, LIST)))
        except Invalid as invalid:
            logger.warning("The survey %s asks nobody: %s", survey.pk, invalid)
    return tuple(active)


_active = Stamped("surveys", _load)


def active_surveys() -> tuple[ActiveSurvey, ...]:
    return _active.get()


def surveys_for(tickets: Sequence[Ticket], moment: str, *, now: datetime, kind: str | None = None) -> dict[int, Survey]:
    """By number of the ticket, the first active one for `moment` whose conditions hold; one statement, or none."""
    asked = [each for each in active_surveys() if each.survey.moment == moment and kind in (None, each.survey.kind)]
    if not asked or not tickets:
        return {}
    facts = facts_for(tickets, list({field.key: field for each in asked for field in each.fields}.values()))
    asking = Asking(None, now, of_rule=True)
    found = {}
    for ticket in tickets:
        fitting = (each.survey for each in asked if holds(each.group, facts[ticket.pk], asking))
        if survey := next(fitting, None):
            found[ticket.pk] = survey
    return found


def survey_for(ticket: Ticket, moment: str, *, now: datetime, kind: str | None = None) -> Survey | None:
    return surveys_for([ticket], moment, now=now, kind=kind).get(ticket.pk)


def survey_on_pages(ticket: Ticket, *, now: datetime) -> Survey | None:
    """What is asked on the customer's own pages: how content they are, by the scale that the mail has."""
    found = (
        survey_for(ticket, moment, now=now, kind=SurveyKind.CSAT)
        for moment in (SurveyMoment.SOLVED, SurveyMoment.NEVER)
    )
    return next((survey for survey in found if survey), None)
