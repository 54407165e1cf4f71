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

__all__ = ["ActiveSurvey", "active_surveys", "survey_for", "survey_on_pages"]

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


def survey_for(ticket: Ticket, moments: Sequence[str], *, now: datetime, kind: str | None = None) -> Survey | None:
    """The first active one for one of `moments` (the earlier named first) whose conditions hold for `ticket`."""
    for moment in moments:
        for each in active_surveys():
            if each.survey.moment == moment and kind in (None, each.survey.kind) and _holds(each, ticket, now):
                return each.survey
    return None


def survey_on_pages(ticket: Ticket, *, now: datetime) -> Survey | None:
    """What is asked on the customer's own pages: how content they are, by the scale that the mail has."""
    moments = (SurveyMoment.SOLVED, SurveyMoment.NEVER)
    return survey_for(ticket, moments, now=now, kind=SurveyKind.CSAT)


def _holds(each: ActiveSurvey, ticket: Ticket, now: datetime) -> bool:
    facts = facts_for([ticket], each.fields)[ticket.pk]
    return holds(each.group, facts, Asking(None, now, of_rule=True))
