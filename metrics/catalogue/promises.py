"""SLA targets and what customers said."""

from __future__ import annotations

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, When
from django.utils.translation import gettext_lazy as _

from metrics.catalogue.counts import NOT_MERGED
from metrics.measure import Measure, Source, Unit
from metrics.models import MomentKind
from tickets.models import InvitationState, Score, SurveyInvitation, SurveyKind

MET, MISSED = Q(kind=MomentKind.MET), Q(kind=MomentKind.BREACHED)
CSAT, NPS, CES = (Q(kind=kind) for kind in SurveyKind)
GOOD, BAD = CSAT & Q(score=Score.GOOD), CSAT & Q(score=Score.BAD)
ASKED = Exists(SurveyInvitation.objects.filter(ticket=OuterRef("pk"), sent_at__isnull=False))
PROMOTERS_LESS_DETRACTORS = Case(
    When(score=Score.GOOD, then=100), When(score=Score.BAD, then=-100), default=0, output_field=IntegerField()
)

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
    Measure(
        "csat_response", _("CSAT response rate"), Unit.PERCENT, Source.INVITATION, "sent_at",
        _("Share of those who were asked in the period how content they were that have answered."),
        _("100 × answered ÷ asked"),
        where=Q(survey__kind=SurveyKind.CSAT), hit=Q(state=InvitationState.ANSWERED), better="up",
    ),
    Measure(
        "csat_surveyed", _("Surveyed"), Unit.PERCENT, Source.FACT, "solved_at",
        _("Share of the tickets solved in the period whose customer was asked how they were served."),
        _("100 × solved tickets whose customer was asked ÷ solved tickets"), where=NOT_MERGED, hit=Q(ASKED),
    ),
    Measure(
        "nps", _("NPS"), Unit.SCORE, Source.RATING, "at",
        _("Net promoter score, from −100 to 100: how many would recommend us (9 and 10 of 10), less those who would "
          "not (0 to 6), in a hundred answers."),
        _("100 × (promoters − detractors) ÷ answers"), where=NPS, value=PROMOTERS_LESS_DETRACTORS, better="up",
    ),
    Measure(
        "ces", _("Customer effort"), Unit.SCORE, Source.RATING, "at",
        _("How easy customers found it to get help: the mean of their answers from 1, very hard, to 7, very easy."),
        _("Σ answers ÷ number of answers"), where=CES & Q(value__isnull=False), value="value", better="up",
    ),
)  # fmt: skip
