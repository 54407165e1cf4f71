"""Knowledge base: who helped themselves, and what they looked for in vain. Defined in docs/knowledge-numbers.md."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Final

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from knowledge_base.models import HelpCentre
from knowledge_base.numbers import Line, Numbers, numbers_of
from metrics.charts import Chart, Series, Unit, in_words, line, rows, spark
from metrics.charts.units import change_in_words
from metrics.pages.parts import FEW, Block, Cell, Column, Explained, Page, Row, Table, Tile
from metrics.pages.wanted import Wanted, short_day

SHOWN: Final = 20


def knowledge(wanted: Wanted) -> Page:
    """Of the first help centre; those of several stand at Knowledge → Numbers."""
    centre = HelpCentre.objects.first()
    if centre is None:
        return Page(notes=[_("There is no help centre yet.")])
    now = _of(centre, wanted)
    compared = wanted.asked.compared
    former = _of(centre, replace(wanted, asked=replace(wanted.asked, span=compared))) if compared else None
    notes = [_("Readers are no tickets: the filter does not apply here.")] if wanted.asked.conditions else []
    return Page(
        tiles=_tiles(now, former),
        blocks=[
            Block(_views(now), width="whole"),
            Block(_deflection(now)),
            Block(_by_section(now)),
            Block(table=_articles(now), width="whole"),
        ],
        notes=notes,
    )


def _of(centre: HelpCentre, wanted: Wanted) -> Numbers:
    return numbers_of(
        centre, since=wanted.span.start, now=min(timezone.now(), wanted.span.end - timedelta(microseconds=1))
    )


def _tiles(now: Numbers, former: Numbers | None) -> list[Tile]:
    link = reverse("knowledge-numbers")
    told = [
        (_explained_views(), Unit.COUNT, now.total.views, former and former.total.views, 0),
        (_explained_readers(), Unit.COUNT, now.readers, former and former.readers, 0),
        (_explained_helpful(), Unit.PERCENT, now.total.helpful, former and former.total.helpful, now.total.votes),
        (_explained_search(), Unit.PERCENT, now.searches.success, former and former.searches.success, now.searches.all),
        (
            _explained_deflection(),
            Unit.PERCENT,
            now.deflected.rate,
            former and former.deflected.rate,
            now.deflected.all,
        ),
    ]
    tiles = []
    for explained, unit, value, before, votes in told:
        few = unit == Unit.PERCENT and votes < FEW
        about = _("of %(count)s") % {"count": votes} if unit == Unit.PERCENT and value is not None else ""
        cell = Cell(in_words(value, unit), link if value else "", about, few)
        change, tone = "", ""
        if value is not None and isinstance(before, int):
            change = change_in_words(value - before, unit)
            tone = "" if few or value == before else "green" if value > before else "red"
        days = spark([count for _day, count in now.days]) if explained.name == "views" else spark([])
        tiles.append(Tile(explained, explained.label, cell, change, tone, days))
    return tiles


def _views(now: Numbers) -> SafeString:
    days = [short_day(day.isoformat(), "day") for day, _count in now.days]
    series = Series(_("Views"), [count for _day, count in now.days])
    return line(Chart("views", _("Articles read"), days, [series], _("Day")))


def _deflection(now: Numbers) -> SafeString:
    """From an offer of articles to somebody who did not have to write."""
    deflected = now.deflected
    labels = [_("Articles offered"), _("Opened one"), _("Helped"), _("Said so")]
    values = [deflected.all, deflected.was_opened, deflected.helped, deflected.said_so]
    return rows(Chart("deflection", _("Deflection"), labels, [Series(_("Readers"), values)], _("Step"),
                      hint=_("offers before somebody wrote")))  # fmt: skip


def _by_section(now: Numbers) -> SafeString:
    lines = now.sections[:12]
    return rows(Chart("sections", _("Views by section"), [line.name for line in lines],
                      [Series(_("Views"), [line.tally.views for line in lines])], _("Section")))  # fmt: skip


def _articles(now: Numbers) -> Table:
    columns = [_("Views"), _("Readers"), _("Helpful"), _("Wrote afterwards"), _("Solved by it")]
    return Table(
        "articles", _("Articles read most"), [Column(name) for name in columns],
        [_article(line) for line in now.articles[:SHOWN]], first=_("Article"), hint=_("by views"),
    )  # fmt: skip


def _article(line: Line) -> Row:
    tally = line.tally
    about = _("of %(count)s") % {"count": tally.votes} if tally.votes else ""
    helpful = Cell(in_words(tally.helpful, Unit.PERCENT), about=about, is_few=tally.votes < FEW)
    counts = [Cell(in_words(count, Unit.COUNT)) for count in (tally.views, tally.readers, tally.wrote, tally.solved)]
    cells = [counts[0], counts[1], helpful, counts[2], counts[3]]
    return Row(line.name or _("Untitled"), cells, link=reverse("knowledge-article", args=line.key), about=line.about)


def _explained_views() -> Explained:
    return Explained(
        "views", _("Views"), _("Articles that were opened: the same reader and article once in half an hour."),
        _("articles opened in the period"),
    )  # fmt: skip


def _explained_readers() -> Explained:
    return Explained("readers", _("Readers"), _("Different visitors, known by a random cookie for three days."),
                     _("visitors with a view in the period"))  # fmt: skip


def _explained_helpful() -> Explained:
    return Explained("helpful", _("Helpful"), _("Of those who answered “Was this helpful?”, how many said yes."),
                     _("100 × yes ÷ (yes + no)"))  # fmt: skip


def _explained_search() -> Explained:
    return Explained("search", _("Search success"), _("Of all searches, how many had a result that was opened."),
                     _("100 × searches with an opened result ÷ searches"))  # fmt: skip


def _explained_deflection() -> Explained:
    return Explained(
        "deflection", _("Deflection"),
        _("Of all times that articles were offered to somebody about to write, how many were helped: they said so, or "
          "opened one and did not write within 72 hours."),
        _("100 × helped ÷ offers known by now"),
    )  # fmt: skip
