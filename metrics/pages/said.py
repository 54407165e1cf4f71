"""Of single answers: the reasons given, what lies on each scale, changed minds, and comments with their tickets."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final

from django.db.models import Count, F, Func, QuerySet
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from knowledge_base.centres import spoken_in
from metrics.charts import Chart, Series, Unit, bars, in_words, rows
from metrics.measure import Source
from metrics.pages.parts import Block, Cell, Column, Row, Table
from metrics.pages.wanted import Wanted
from metrics.sources import rows_of
from tickets.conditions import as_q
from tickets.models import Rating, Score, Survey, SurveyKind, Ticket
from tickets.surveys.scales import NPS_STEPS, STEPS, choices_of
from tickets.surveys.wording import reasons_of

COMMENTS: Final = 30  # the newest
MOST_REASONS: Final = 20
ICONS: Final = {Score.GOOD: ("thumbs-up", "green"), Score.NEUTRAL: ("circle-dot", "slate"),
                Score.BAD: ("thumbs-down", "red")}  # fmt: skip


def that_count(wanted: Wanted) -> QuerySet[Rating]:
    """The answers of the period that count, as far as the reader may see their tickets."""
    found: QuerySet[Rating] = rows_of(Source.RATING, wanted.asked.question(["csat"]))
    return found.filter(at__gte=wanted.span.start, at__lt=wanted.span.end)


def reasons(wanted: Wanted) -> Block:
    """Of bad answers. An answer with two reasons stands in both."""
    named = that_count(wanted).filter(score=Score.BAD).exclude(reasons=[])
    each = named.annotate(reason=Func(F("reasons"), function="unnest")).values_list("reason")
    counts = dict(each.annotate(n=Count("pk")).order_by("-n")[:MOST_REASONS])
    names = _names_of_reasons()
    series = Series(_("Bad answers"), list(counts.values()))
    labels = [names.get(str(code), str(code)) for code in counts]
    told = _("%(count)s bad answers named a reason") % {"count": named.count()}
    return Block(rows(Chart("reasons", _("Why not content"), labels, [series], _("Reason"), hint=told)))


def _names_of_reasons() -> dict[str, str]:
    """In the reader's language; of surveys that were deleted, too."""
    language = spoken_in(get_language() or "")
    surveys = Survey.objects.exclude(reasons=[]).order_by("-pk")
    return {code: label for survey in surveys for code, label in reasons_of(survey, language)}


def values(wanted: Wanted) -> Iterator[Block]:
    """How many answers lie where, of each scale that was asked by."""
    counts: dict[tuple[str, int], Counter[int]] = {}
    told = that_count(wanted).filter(value__isnull=False).values_list("kind", "scale", "value")
    for kind, scale, value, n in told.annotate(n=Count("pk")):
        counts.setdefault((kind, scale), Counter())[value] += n
    for (kind, scale), found in sorted(counts.items()):
        if scale in STEPS[kind]:
            yield _scale(kind, scale, found)


def _scale(kind: str, scale: int, found: Counter[int]) -> Block:
    choices = choices_of(kind, scale)
    is_faces = kind == SurveyKind.CSAT
    labels = [str(choice.label) if is_faces else choice.sign for choice in choices]
    title = _("%(kind)s: %(count)s answers") % {
        "kind": SurveyKind(kind).label, "count": in_words(found.total(), Unit.COUNT),
    }  # fmt: skip
    hint = _("on a scale of %(steps)s") % {"steps": scale} if scale != NPS_STEPS else _("from 0 to 10")
    series = Series(_("Answers"), [found[choice.value] for choice in choices])
    return Block(bars(Chart(f"values-{kind}-{scale}", title, labels, [series], _("Answer"), hint=hint)))


def changes(wanted: Wanted) -> Block:
    """Changed minds of the period: each step from one answer to the next, also where another one followed."""
    replaced = _visible(wanted).filter(
        kind=SurveyKind.CSAT, replaced_by__at__gte=wanted.span.start, replaced_by__at__lt=wanted.span.end
    )
    counts = {
        (old, new): n
        for old, new, n in replaced.values_list("score", "replaced_by__score").annotate(n=Count("pk"))
        if old != new
    }
    wished = [(Score.BAD, Score.GOOD), (Score.GOOD, Score.BAD)]
    others = [pair for pair in counts if pair not in wished]
    told = [
        Row(f"{Score(old).label} → {Score(new).label}", [Cell(in_words(counts.get((old, new), 0), Unit.COUNT))])
        for old, new in [*wished, *sorted(others)]
    ]
    note = _("Of a ticket and survey the latest answer counts; the ones before are kept.")
    table = Table("changes", _("Changed minds"), [Column(_("Changes"))], told, first=_("From → to"), note=note)
    return Block(table=table)


def _visible(wanted: Wanted) -> QuerySet[Rating]:
    """Answers that were replaced as well, which count in no measure."""
    tickets = Ticket.objects.visible_to(wanted.asked.user)
    if conditions := dict(wanted.asked.conditions):
        tickets = tickets.filter(as_q(conditions, user=wanted.asked.user, now=timezone.now()))
    return Rating.objects.filter(ticket__in=tickets.values("pk"))


def comments(wanted: Wanted) -> Block:
    """The newest, each with its ticket, and who had it then."""
    with_words = that_count(wanted).exclude(comment="")
    newest = with_words.select_related("ticket", "customer", "assignee", "team").order_by("-at", "-pk")[:COMMENTS]
    names = _names_of_reasons()
    context: dict[str, Any] = {
        "comments": [_comment(rating, names) for rating in newest],
        "count": with_words.count(),
        "most": COMMENTS,
    }
    return Block(render_to_string("metrics/parts/_comments.html", context), width="whole")


def _comment(rating: Rating, names: dict[str, str]) -> dict[str, Any]:
    icon, tone = ICONS[Score(rating.score)]
    value = f"{rating.value}/{10 if rating.scale == NPS_STEPS else rating.scale}" if rating.scale > 2 else ""
    return {
        "rating": rating,
        "icon": icon,
        "tone": tone,
        "value": value,
        "kind": SurveyKind(rating.kind).name,
        "reasons": [names.get(code, code) for code in rating.reasons],
    }
