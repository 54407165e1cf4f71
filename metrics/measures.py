"""The catalogue of measures: whoever adds one adds it once, and dashboards, Explore, goals and the docs have it."""

from __future__ import annotations

from collections.abc import Mapping

from metrics.catalogue import contacts, counts, promises, times
from metrics.measure import Measure, Source, Unit

__all__ = ["MEASURES", "Measure", "Source", "Unit"]

MEASURES: Mapping[str, Measure] = {
    measure.name: measure for measure in (*counts.MEASURES, *times.MEASURES, *promises.MEASURES, *contacts.MEASURES)
}
