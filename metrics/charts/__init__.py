"""Charts as SVG that the server draws: nothing to load before one can read them.

Colours are CSS variables and widths are per cent, so dark, brand, phone and paper need no redrawing. Every chart has
its table behind a disclosure; the script (`ot-chart`) reads tips, exports and links from that table.
"""

from metrics.charts.kinds import bars, heat, line, rows, spark, stack
from metrics.charts.series import Chart, HeatMap, Series
from metrics.charts.units import Unit, in_words

__all__ = ["Chart", "HeatMap", "Series", "Unit", "bars", "heat", "in_words", "line", "rows", "spark", "stack"]
