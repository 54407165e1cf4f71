"""Whether what is kept is what the timelines tell, without writing anything."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from metrics.facts.catching_up import BATCH, NEXT, numbers_of
from metrics.facts.history import read_histories
from metrics.facts.hours import HoursThen
from metrics.facts.storing import compare, stored_facts
from metrics.facts.telling import tell
from metrics.facts.told import COLUMNS, Row, Told
from metrics.spans import reporting_zone


@dataclass(frozen=True)
class Difference:
    number: int
    columns: dict[str, tuple[Any, Any]]  # what is kept, what is told
    moments: int

    def __str__(self) -> str:
        columns = "; ".join(f"{name}: kept {kept}, told {told}" for name, (kept, told) in self.columns.items())
        return f"#{self.number}: {columns or 'no fact differs'}; {self.moments} moments differ"


def verify(batch: int = BATCH) -> Iterator[tuple[int, list[Difference]]]:
    """How many tickets were looked at so far, and those of the latest batch that differ."""
    after = checked = 0
    while numbers := numbers_of(NEXT, after, batch):
        then = HoursThen()
        told = [tell(history, then.clock_for(history)) for history in read_histories(numbers)]
        checked, after = checked + len(told), numbers[-1]
        yield checked, _differences(told)


def _differences(told: Sequence[Told]) -> list[Difference]:
    change = compare(told, zone=reporting_zone())
    if not change:
        return []
    kept = stored_facts([each.number for each in told])
    rows = {row[0]: row for row in change.rows}
    found = []
    for each in told:
        one = compare([each], zone=reporting_zone())
        if one:
            old, new = kept.get(each.number), rows.get(each.number)
            found.append(Difference(each.number, _columns(old, new), len(one.gone) + len(one.come)))
    return found


def _columns(old: Row | None, new: Row | None) -> dict[str, tuple[Any, Any]]:
    if new is None:
        return {}
    return {
        name: (old[i] if old else None, new[i]) for i, name in enumerate(COLUMNS) if old is None or old[i] != new[i]
    }
