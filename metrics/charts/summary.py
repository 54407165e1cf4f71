"""A chart in a sentence or two, for those who don't see it: what, from when to when, between what and what."""

from __future__ import annotations

from django.utils.translation import gettext as _

from metrics.charts.series import Chart, HeatMap, Series
from metrics.charts.units import in_words


def chart_in_words(chart: Chart) -> str:
    if chart.is_empty:
        return _("%(title)s: nothing in this period.") % {"title": chart.title}
    parts = [_series_in_words(chart, series) for series in chart.series if any(v is not None for v in series.values)]
    return " ".join([f"{chart.title}.", _span(chart), *parts]).replace("  ", " ")


def _span(chart: Chart) -> str:
    if len(chart.labels) == 1:
        return f"{chart.label(0)}."
    return _("%(first)s to %(last)s.") % {"first": chart.label(0), "last": chart.label(len(chart.labels) - 1)}


def _series_in_words(chart: Chart, series: Series) -> str:
    known = [(value, at) for at, value in enumerate(series.values) if value is not None]
    (least, low), (most, high) = min(known, key=lambda pair: pair[0]), max(known, key=lambda pair: pair[0])
    words = {
        "series": series.name,
        "least": in_words(least, chart.unit),
        "low": chart.label(low),
        "most": in_words(most, chart.unit),
        "high": chart.label(high),
    }
    if least == most:
        return _("%(series)s: %(most)s.") % words
    return _("%(series)s: lowest %(least)s (%(low)s), highest %(most)s (%(high)s).") % words


def heat_in_words(heat: HeatMap) -> str:
    if heat.is_empty:
        return _("%(title)s: nothing in this period.") % {"title": heat.title}
    cells = [
        (value, row, column)
        for row, values in enumerate(heat.values)
        for column, value in enumerate(values)
        if value is not None
    ]
    most, row, column = max(cells, key=lambda cell: cell[0])
    return _("%(title)s. Highest: %(row)s, %(column)s with %(most)s.") % {
        "title": heat.title,
        "row": heat.rows[row],
        "column": heat.columns[column],
        "most": in_words(most, heat.unit),
    }
