"""The kinds of charts, each from values to HTML."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from metrics.charts import marks, svg
from metrics.charts.scales import Scale, scale_for
from metrics.charts.series import Chart, HeatMap
from metrics.charts.summary import chart_in_words, heat_in_words
from metrics.charts.table import table_of_chart, table_of_heat
from metrics.charts.units import Unit

SHADES: Final = 6  # of a heat map, beside none


def line(chart: Chart) -> SafeString:
    """How something goes on over time; a series may carry a band."""
    values = [value for series in chart.series for value in (*series.values, *series.high, *series.low)]
    return _drawn(chart, "line", scale_for(values, chart.unit, may_float=True), marks.lines)


def bars(chart: Chart) -> SafeString:
    """Values side by side."""
    values = [value for series in chart.series for value in series.values]
    return _drawn(chart, "bars", scale_for(values, chart.unit), marks.beside)


def rows(chart: Chart) -> SafeString:
    """Values one below the other, for names that need their room: of channels, teams, ages."""
    if chart.is_empty:
        return _empty(chart)
    scale = scale_for([value for series in chart.series for value in series.values], chart.unit)
    count = len(chart.labels)
    names = "".join(svg.beside(label, svg.middle(at, count)) for at, label in enumerate(chart.labels))
    drawn = marks.patterns(chart) + svg.upright_grid(scale) + marks.lying(chart, scale) + names
    tall = min(count * (18 + 10 * len(chart.series)), 640)
    plot = format_html('plot lying {}" style="height:{}px', _room(chart.labels), tall)
    return _figure(
        chart, "rows", plot, _svg(drawn, chart_in_words(chart)), _legend(chart, "bars"), table_of_chart(chart)
    )


def _room(labels: Sequence[str]) -> str:
    """How wide the margin is in which labels stand before the plot."""
    longest = max(map(len, labels))
    return "r1" if longest <= 4 else "r2" if longest <= 7 else "r3" if longest <= 11 else "r4"


def stack(chart: Chart) -> SafeString:
    """Parts of a whole, one upon the other. What can't be added up has no place here."""
    sums = [sum(values) for values in zip(*([v or 0 for v in series.values] for series in chart.series), strict=True)]
    return _drawn(chart, "bars", scale_for(sums, chart.unit), marks.stacked)


def _drawn(chart: Chart, kind: str, scale: Scale, mark: Callable[[Chart, Scale], str]) -> SafeString:
    if chart.is_empty:
        return _empty(chart)
    room = _room([scale.label(tick) for tick in scale.ticks])
    drawn = marks.patterns(chart) + svg.grid(scale) + mark(chart, scale) + svg.axis(chart.labels)
    says = chart_in_words(chart)
    return _figure(chart, kind, f"plot {room}", _svg(drawn, says), _legend(chart, kind), table_of_chart(chart))


def heat(chart: HeatMap) -> SafeString:
    """Two dimensions at once, such as weekday and hour, by shade; the table holds the numbers."""
    if chart.is_empty:
        return _empty(chart)
    most = max(value for row in chart.values for value in row if value is not None)
    width, height = 100 / len(chart.columns), 100 / len(chart.rows)
    drawn = [
        svg.rect(f"cell q{_shade(value, most)}", width * column, height * row, width, height, ' rx="3"')
        for row, values in enumerate(chart.values)
        for column, value in enumerate(values)
    ]
    drawn += [svg.beside(name, height * (row + 0.5)) for row, name in enumerate(chart.rows)]
    picture = _svg("".join(drawn) + svg.axis(chart.columns), heat_in_words(chart))
    return _figure(chart, "heat", f"plot {_room(chart.rows)}", picture, _shades(chart.unit), table_of_heat(chart))


def _shade(value: float | None, most: float) -> int:
    return math.ceil(value / most * SHADES) if value and most else 0


def spark(values: Sequence[float | None]) -> SafeString:
    """A line the size of a word: how it went, no more. Nothing where two points are missing to draw it."""
    known = [value for value in values if value is not None]
    if len(known) < 2:
        return mark_safe("")
    low, reach = min(known), max(known) - min(known)
    spots = [
        (100 * (at + 0.5) / len(values), 10 + 80 * (1 - ((value - low) / reach if reach else 0.5)))
        for at, value in enumerate(values)
        if value is not None
    ]
    x, y = spots[-1]
    drawn = svg.stretched(f'<polyline class="ln s1" points="{svg.points(spots)}"/>')
    end = f'<circle class="pt s1" cx="{svg.percent(x)}" cy="{svg.percent(y)}" r="3"/>'
    return mark_safe(f'<svg class="spark" aria-hidden="true">{drawn}{end}</svg>')  # noqa: S308 numbers of ours


def _svg(inner: str, says: str) -> SafeString:
    return format_html('<svg role="img" aria-label="{}">{}</svg>', says, mark_safe(inner))  # noqa: S308 svg escapes


def _figure(
    chart: Chart | HeatMap, kind: str, plot: str, picture: SafeString, legend: SafeString, table: SafeString
) -> SafeString:
    return format_html(
        '<figure class="chart" id="chart-{0}">{1}<ot-chart data-kind="{2}" data-name="{0}" data-title="{3}">'
        '<div class="{4}">{5}</div>{6}</ot-chart></figure>',
        chart.name, _caption(chart, legend), kind, chart.title, plot, picture, table,
    )  # fmt: skip


def _caption(chart: Chart | HeatMap, legend: SafeString) -> SafeString:
    hint = format_html("<small>{}</small>", chart.hint) if chart.hint else ""
    return format_html("<figcaption><h2>{}{}</h2>{}</figcaption>", chart.title, hint, legend)


def _legend(chart: Chart, kind: str) -> SafeString:
    if len(chart.series) < 2:
        return mark_safe("")
    sample = (
        '<svg class="key" aria-hidden="true"><line class="ln s{0}{2}" x1="0" x2="18" y1="6" y2="6"/></svg>'
        if kind == "line"
        else '<svg class="key" aria-hidden="true"><rect class="bar s{0}" width="12" height="12" rx="3"/>'
        '<rect class="hatch" width="12" height="12" rx="3" fill="{1}"/></svg>'
    )
    items = []
    for at, series in enumerate(chart.series):
        style = chart.style_of(at)
        fill = f"url(#{chart.name}-p{style})" if style > 1 else "none"
        items.append([format_html(sample, style, fill, " expected" if series.is_expected else ""), series.name])
    return format_html('<ul class="legend">{}</ul>', format_html_join("", "<li>{}<bdi>{}</bdi></li>", items))


def _shades(unit: str) -> SafeString:
    ends = (_("short"), _("long")) if unit == Unit.DURATION else (_("few"), _("many"))
    cells = format_html_join("", '<i class="q{}"></i>', ([shade] for shade in range(SHADES + 1)))
    return format_html('<p class="legend shades" aria-hidden="true">{}{}{}</p>', ends[0], cells, ends[1])


def _empty(chart: Chart | HeatMap) -> SafeString:
    return format_html(
        '<figure class="chart" id="chart-{}">{}<p class="nothing">{}</p></figure>',
        chart.name, _caption(chart, mark_safe("")), _("Nothing in this period."),
    )  # fmt: skip
