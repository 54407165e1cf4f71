"""An answer on paper: what was asked, a drawing where one was wanted, and the table, page after page.

fpdf2 writes it, with the letters of the workspace's own fonts (docs/decisions/pdf.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Final

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from fpdf import FPDF
from fpdf.enums import XPos, YPos
from fpdf.fonts import FontFace

from metrics.charts.units import in_words
from metrics.explore.results import Table, pivot, table
from metrics.explore.wanted import Explored
from metrics.measure import Unit
from metrics.questions import Answer
from tickets.wording import parts_of

FONTS: Final = Path(settings.BASE_DIR, "static", "dist", "fonts")
SUBSETS: Final = ("latin", "latin-ext", "greek", "cyrillic")
MOST_BARS: Final = 120
ACROSS: Final = 12  # columns that fit beside each other
GREY: Final = (110, 110, 120)
BRAND: Final = (88, 80, 200)


def pdf_of(explored: Explored, answer: Answer, title: str) -> bytes:
    page = _Paper(title)
    page.add_page()
    page.heading(title)
    page.small(_about(explored))
    page.ln(3)
    if explored.shown in ("line", "bars") and answer.groups:
        _draw(page, explored, answer)
    for part in _parts(pivot(explored, answer) if explored.shown == "pivot" else table(explored, answer)):
        _write(page, part)
    for note in answer.notes:
        page.small(note)
    return bytes(page.output())


class _Paper(FPDF):
    """A4, with the number of the page below; on its side, since tables are wide."""

    def __init__(self, title: str) -> None:
        super().__init__(orientation="landscape", format="A4")
        self.family = self._fonts()
        self.set_title(title)
        self.set_creator("Onethread")
        self.set_auto_page_break(True, margin=16)

    def _fonts(self) -> str:
        found = _files()
        for name, path in found.items():
            self.add_font(name, "", path)
        if not found:
            return "helvetica"  # the front end is not built: what Latin-1 has no letter for is "?"
        self.set_fallback_fonts([name for name in found if name != SUBSETS[0]])
        return SUBSETS[0]

    def said(self, text: str) -> str:
        text = text.replace("≈", "~").replace("→", ">").replace("\u202f", " ").replace("\u00a0", " ")
        return text if self.family != "helvetica" else text.encode("latin-1", "replace").decode("latin-1")

    def heading(self, text: str) -> None:
        self.set_font(self.family, size=18)
        self.multi_cell(0, 9, self.said(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")

    def small(self, text: str) -> None:
        self.set_font(self.family, size=9)
        self.set_text_color(*GREY)
        self.multi_cell(0, 5, self.said(text), new_x=XPos.LMARGIN, new_y=YPos.NEXT, align="L")
        self.set_text_color(0)

    def footer(self) -> None:
        self.set_y(-12)
        self.set_font(self.family, size=8)
        self.set_text_color(*GREY)
        self.cell(0, 6, f"Onethread · {self.page_no()}", align="R")
        self.set_text_color(0)


@cache
def _files() -> dict[str, Path]:
    """The built font of each alphabet there is."""
    found = {name: next(iter(sorted(FONTS.glob(f"inter-{name}-wght-normal-*.woff2"))), None) for name in SUBSETS}
    return {name: path for name, path in found.items() if path}


def _about(explored: Explored) -> str:
    span = explored.asked.span
    days = f"{date_format(span.first, 'SHORT_DATE_FORMAT')} – {date_format(span.last, 'SHORT_DATE_FORMAT')}"
    chips = [text for text, _without in parts_of(explored.asked.conditions, explored.asked.user)]
    return " · ".join([f"{days} ({span.zone.key})", *chips])


def _parts(whole: Table) -> list[Table]:
    """A wide table in pieces, each with its names: paper can't be scrolled."""
    width = max(len(whole.columns), 1)
    return [
        Table(
            whole.heads,
            whole.columns[at : at + ACROSS],
            [type(line)(line.names, line.cells[at : at + ACROSS]) for line in whole.lines],
            whole.total[at : at + ACROSS],
        )
        for at in range(0, width, ACROSS)
    ]


def _write(page: _Paper, part: Table) -> None:
    page.set_font(page.family, size=9)
    page.ln(2)
    all_of_them = [_("All"), *[""] * (len(part.heads) - 1)] if part.heads else []
    heads = FontFace(fill_color=(240, 240, 245), color=(40, 40, 50))
    align = ("LEFT",) * len(part.heads) + ("RIGHT",) * len(part.columns)
    with page.table(text_align=align, headings_style=heads, borders_layout="HORIZONTAL_LINES") as drawn:
        drawn.row([page.said(head) for head in (*part.heads, *part.columns)])
        for line in part.lines:
            drawn.row([page.said(text) for text in (*line.names, *(cell.words for cell in line.cells))])
        if part.total:
            drawn.row([page.said(text) for text in (*all_of_them, *(cell.words for cell in part.total))])


def _draw(page: _Paper, explored: Explored, answer: Answer) -> None:
    """Bars of the first measure along the first dimension; what lies side by side there is added up where it may be."""
    values = _along(explored, answer)
    most = max((value for _name, value in values), default=0)
    if most <= 0 or len(values) > MOST_BARS:
        return
    left, top, height = page.l_margin, page.get_y() + 4, 45.0
    step = (page.w - page.l_margin - page.r_margin) / len(values)
    page.set_fill_color(*BRAND)
    for place, (_name, value) in enumerate(values):
        tall = height * max(value, 0) / most
        page.rect(left + place * step + step * 0.1, top + height - tall, step * 0.8, tall, style="F")
    page.set_draw_color(*GREY)
    page.line(left, top + height, page.w - page.r_margin, top + height)
    page.set_y(top + height + 1)
    measure = explored.measures[0]
    ends = f"{values[0][0]} – {values[-1][0]}" if len(values) > 1 else values[0][0]
    most_words = _("at most %(number)s") % {"number": in_words(most, measure.unit)}
    page.small(f"{explored.label(measure)}: {ends}, {most_words}")


def _along(explored: Explored, answer: Answer) -> Sequence[tuple[str, float]]:
    measure = explored.measures[0]
    if len(explored.by) > 1 and measure.unit is not Unit.COUNT:
        return []
    found: dict[tuple[str, str], float] = {}
    for group in answer.groups:
        value = explored.value(measure, group.figures.get(measure.name)) or 0
        place = (group.key[0], group.names[0])
        found[place] = found.get(place, 0) + value
    return [(name, value) for (_key, name), value in found.items()]
