"""How content the customer is: what was said last, and for triggers what is said just now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from tickets.conditions.choices import OneOf, Presence
from tickets.conditions.field import TICKET, UPDATE, Field
from tickets.conditions.numbers import Number
from tickets.conditions.people_words import HasOneOf
from tickets.conditions.scopes import TRIGGER
from tickets.conditions.sources import OfUpdate, Related, Rows
from tickets.conditions.words import Tags, Words
from tickets.models import Rating, Score, SurveyKind

if TYPE_CHECKING:
    from tickets.conditions.situation import Situation

HERE = frozenset({TRIGGER})


def _that_count(kind: str) -> Rows:
    def rows() -> QuerySet[Rating]:
        return Rating.objects.filter(ticket=OuterRef("pk"), kind=kind, replaced_by=None)

    return rows


def _with_comment() -> QuerySet[Rating]:
    return Rating.objects.filter(ticket=OuterRef("pk"), replaced_by=None).exclude(comment="")


def _said(name: str) -> Any:
    """What the answer of this update says of it; nothing where none was given."""

    def read(it: Situation) -> tuple[Any, ...]:
        said = (it.update.rating or {}).get(name)
        return () if said in (None, "") else (said,)

    return read


def _reasons(it: Situation) -> tuple[Any, ...]:
    return (list((it.update.rating or {}).get("reasons") or []),)


def _kind(it: Situation) -> tuple[Any, ...]:
    return (it.update.rating.get("survey", SurveyKind.CSAT),) if it.update.rating else ()


FIELDS: tuple[Field, ...] = (
    Field("rated", _("The customer rates us"), UPDATE, OneOf(Score), OfUpdate(_said("score")), scopes=HERE),
    Field("rated_before", _("Rated before as"), UPDATE, OneOf(Score), OfUpdate(_said("old")), scopes=HERE),
    Field("rating_kind", _("Kind of the survey answered"), UPDATE, OneOf(SurveyKind), OfUpdate(_kind), scopes=HERE),
    Field("rating_value", _("Value of the answer"), UPDATE, Number(), OfUpdate(_said("value")), scopes=HERE),
    Field("satisfaction_reason_code", _("Reasons given"), UPDATE, Tags(), OfUpdate(_reasons), scopes=HERE),
    Field("rating_comment", _("Words of the rating"), UPDATE, Words(), OfUpdate(_said("comment")), scopes=HERE),
    Field("satisfaction_score", _("Rating"), TICKET, HasOneOf(Score), Related(_that_count("csat"), "score")),
    Field("nps_score", _("Recommendation (NPS)"), TICKET, HasOneOf(Score), Related(_that_count("nps"), "score")),
    Field("ces_score", _("Effort (CES)"), TICKET, HasOneOf(Score), Related(_that_count("ces"), "score")),
    Field(
        "satisfaction_comment", _("Comment on the rating"), TICKET, Presence(), Related(_with_comment, "pk", limit=1)
    ),
)
