"""SLA targets and what customers said."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from metrics.measure import Measure, Source, Unit
from metrics.models import MomentKind
from tickets.models import Score

MET, MISSED = Q(kind=MomentKind.MET), Q(kind=MomentKind.BREACHED)
GOOD, BAD = Q(score=Score.GOOD), Q(score=Score.BAD)

MEASURES = (
    Measure(
        "sla_achieved", _("SLA achieved"), Unit.PERCENT, Source.MOMENT, "at",
        _("Share of the SLA targets decided in the period that were met. Targets still running are left out."),
        _("100 × met ÷ (met + missed)"), where=MET | MISSED, hit=MET, better="up",
    ),
    Measure(
        "sla_met", _("SLA targets met"), Unit.COUNT, Source.MOMENT, "at",
        _("SLA targets that were fulfilled in time."),
        _("targets fulfilled in time, in the period"), where=MET, better="up",
    ),
    Measure(
        "sla_breached", _("SLA targets missed"), Unit.COUNT, Source.MOMENT, "at",
        _("SLA targets that ran out. One already past when its policy came to apply counts at that moment."),
        _("targets breached in the period"), where=MISSED, better="down",
    ),
    Measure(
        "csat", _("CSAT"), Unit.PERCENT, Source.RATING, "at",
        _("Share of the ratings that were good, the latest rating of each survey. It belongs to the agent and team of "
          "that moment. On a scale of five 4 and 5 are good, 1 and 2 bad, and 3 is neither."),
        _("100 × good ÷ (good + bad)"), where=GOOD | BAD, hit=GOOD, better="up",
    ),
    Measure(
        "ratings_good", _("Good ratings"), Unit.COUNT, Source.RATING, "at",
        _("Customers who were satisfied, by their latest rating."), _("good ratings in the period"),
        where=GOOD, better="up",
    ),
    Measure(
        "ratings_bad", _("Bad ratings"), Unit.COUNT, Source.RATING, "at",
        _("Customers who were not satisfied, by their latest rating."), _("bad ratings in the period"),
        where=BAD, better="down",
    ),
)  # fmt: skip
