"""What is drawn of a series: lines with bands, bars, stacks. Each differs by dash or pattern, not by colour alone."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

from metrics.charts import svg
from metrics.charts.scales import Scale
from metrics.charts.series import Chart, Series

FILLED = 0.62  # of a bar's slot
WIDEST = 14.0  # per cent of the plot: a single bar is no wall


def lines(chart: Chart, scale: Scale) -> str:
    """The first series fills the area below it, unless there are bands or the axis begins above zero."""
    count, drawn, dots = len(chart.labels), [], []
    is_filled = scale.floor == 0 and not any(series.low for series in chart.series)
    for at, series in enumerate(chart.series):
        css = f"s{chart.style_of(at)}" + (" expected" if series.is_expected else "")
        drawn.append(_band(series, css, scale, count))
        for run in _runs(series, scale, count):
            if at == 0 and is_filled and len(run) > 1:
                floor = [(run[-1][0], 100.0), (run[0][0], 100.0)]
                drawn.append(f'<polygon class="area {css}" points="{svg.points([*run, *floor])}"/>')
            if len(run) > 1:
                drawn.append(f'<polyline class="ln {css}" points="{svg.points(run)}"/>')
            else:
                dots.append(_dot(*run[0], css))
    return svg.stretched("".join(drawn)) + "".join(dots)


def _runs(series: Series, scale: Scale, count: int) -> list[list[tuple[float, float]]]:
    """Where nothing was measured the line is broken: joining its ends would tell of values that never were."""
    known = groupby(enumerate(series.values), key=lambda pair: pair[1] is not None)
    return [
        [(svg.middle(at, count), scale.at(value)) for at, value in pairs if value is not None]
        for is_there, pairs in known
        if is_there
    ]


def _band(series: Series, css: str, scale: Scale, count: int) -> str:
    edges = list(zip(series.low, series.high, strict=True))
    held = [(at, low, high) for at, (low, high) in enumerate(edges) if low is not None and high is not None]
    if len(held) < 2:
        return ""
    upper = [(svg.middle(at, count), scale.at(high)) for at, _low, high in held]
    lower = [(svg.middle(at, count), scale.at(low)) for at, low, _high in reversed(held)]
    return f'<polygon class="band {css}" points="{svg.points([*upper, *lower])}"/>'


def _dot(x: float, y: float, css: str) -> str:
    return f'<circle class="pt {css}" cx="{svg.percent(x)}" cy="{svg.percent(y)}" r="3"/>'


def beside(chart: Chart, scale: Scale) -> str:
    """Bars of several series next to each other."""
    start, whole = _slots(chart)
    width = whole / max(1, len(chart.series))
    drawn = []
    for at, series in enumerate(chart.series):
        for place, value in enumerate(series.values):
            if value:
                top = scale.at(value)
                drawn.append(_bar(chart, at, start(place) + width * at, top, width, 100 - top))
    return "".join(drawn)


def lying(chart: Chart, scale: Scale) -> str:
    """Bars of several series below each other, from the left."""
    slot = 100 / max(1, len(chart.labels))
    height = slot * FILLED / len(chart.series)
    return "".join(
        _bar(chart, at, 0, slot * (place + (1 - FILLED) / 2) + height * at, 100 - scale.at(value), height)
        for at, series in enumerate(chart.series)
        for place, value in enumerate(series.values)
        if value
    )


def stacked(chart: Chart, scale: Scale) -> str:
    start, width = _slots(chart)
    drawn = []
    for place in range(len(chart.labels)):
        below = 0.0
        for at, series in enumerate(chart.series):
            value = series.values[place] or 0
            if value:
                top, bottom = scale.at(below + value), scale.at(below)
                drawn.append(_bar(chart, at, start(place), top, width, bottom - top))
            below += value
    return "".join(drawn)


def _slots(chart: Chart) -> tuple[Callable[[int], float], float]:
    """Where the bars of each label begin, and how wide they are together."""
    count = max(1, len(chart.labels))
    width = min(100 / count * FILLED, WIDEST * max(1, len(chart.series)) ** 0.5)
    return lambda place: svg.middle(place, count) - width / 2, width


def _bar(chart: Chart, at: int, x: float, y: float, width: float, height: float) -> str:
    style = chart.style_of(at)
    plain = svg.rect(f"bar s{style}", x, y, width, height)
    if style == 1 or len(chart.series) == 1:
        return plain
    return plain + svg.rect("hatch", x, y, width, height, f' fill="url(#{chart.name}-p{style})"')


# Over the colour, in the colour of the page: told apart on paper and by who sees no colours.
_HATCHES = {
    2: '<path d="M0 6 6 0M-1 1 1-1M5 7 7 5"/>',
    3: '<circle cx="3" cy="3" r="1.1"/>',
    4: '<path d="M0 3H6"/>',
    5: '<path d="M0 0 6 6M-1 5 1 7M5-1 7 1"/>',
    6: '<path d="M0 3H6M3 0V6"/>',
}


def patterns(chart: Chart) -> str:
    used = sorted({chart.style_of(at) for at in range(len(chart.series))} - {1})
    drawn = "".join(
        f'<pattern id="{chart.name}-p{style}" class="pat" width="6" height="6" patternUnits="userSpaceOnUse">'
        f"{_HATCHES[style]}</pattern>"
        for style in used
    )
    return f"<defs>{drawn}</defs>" if len(chart.series) > 1 and drawn else ""
