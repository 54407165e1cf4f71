"""The table behind a chart: values for who can't see it, for the script's tips and exports, and ways to tickets."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from metrics.charts.series import Chart, HeatMap
from metrics.charts.units import Unit, in_words

Cell = tuple[str, float | None, str]  # words, the bare value for spreadsheets, link


def table_of_chart(chart: Chart) -> SafeString:
    rows = [
        (chart.label(at), [_cell(series.values[at], chart.unit, series.link(at)) for series in chart.series])
        for at in range(len(chart.labels))
    ]
    return _table(chart.title, chart.of, [series.name for series in chart.series], rows)


def table_of_heat(heat: HeatMap) -> SafeString:
    rows = [
        (name, [_cell(value, heat.unit, heat.link(at, place)) for place, value in enumerate(heat.values[at])])
        for at, name in enumerate(heat.rows)
    ]
    return _table(heat.title, heat.of, heat.columns, rows)


def _cell(value: float | None, unit: str, link: str) -> Cell:
    return in_words(value, unit), round(value, 4) if value is not None and unit != Unit.COUNT else value, link


def _table(title: str, of: str, columns: Sequence[str], rows: Iterable[tuple[str, Sequence[Cell]]]) -> SafeString:
    head = format_html_join("", '<th scope="col" class="n">{}</th>', ([name] for name in columns))
    # Hundreds of cells: as strings, which is several times as quick as format_html.
    body = "".join(f'<tr><th scope="row">{escape(name)}</th>{"".join(map(_td, cells))}</tr>' for name, cells in rows)
    return format_html(
        '<details class="data"><summary>{}</summary><div class="scroller" tabindex="0" role="region" aria-label="{}">'
        '<table class="tb"><caption class="sr">{}</caption><thead><tr><th scope="col">{}</th>{}</tr></thead>'
        "<tbody>{}</tbody></table></div></details>",
        _("Show data table"), _("Data of “%(title)s”") % {"title": title}, title, of, head, mark_safe(body),  # noqa: S308 escaped above
    )  # fmt: skip


def _td(cell: Cell) -> str:
    words, value, link = cell
    shown = f'<a href="{escape(link)}">{escape(words)}</a>' if link and value else escape(words)
    return f'<td class="n" data-value="{"" if value is None else value}">{shown}</td>'
