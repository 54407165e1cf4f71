"""Whether what is kept is what the timelines tell: all of it without writing anything, or of late and mended."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from metrics.facts.catching_up import BATCH, NAME, NEXT, numbers_of, retell
from metrics.facts.claiming import claimed
from metrics.facts.history import read_histories
from metrics.facts.hours import HoursThen
from metrics.facts.storing import compare, stored_facts
from metrics.facts.telling import tell
from metrics.facts.told import COLUMNS, Row, Told
from metrics.spans import reporting_zone
from tickets.models import Ticket

LOOKS_BACK: Final = timedelta(days=2)
logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Difference:
    number: int
    columns: dict[str, tuple[Any, Any]]  # what is kept, what is told
    moments: int

    @property
    def is_behind(self) -> bool:
        """Something has happened that nobody has told yet."""
        return "event_id" in self.columns

    def __str__(self) -> str:
        columns = "; ".join(f"{name}: kept {kept}, told {told}" for name, (kept, told) in self.columns.items())
        return f"#{self.number}: {columns or 'no fact differs'}; {self.moments} moments differ"


def verify(batch: int = BATCH) -> Iterator[tuple[int, list[Difference]]]:
    """How many tickets were looked at so far, and those of the latest batch that differ."""
    after = checked = 0
    while numbers := numbers_of(NEXT, after, batch):
        checked, after = checked + len(numbers), numbers[-1]
        yield checked, _differences(_told(numbers))


def reconcile(*, now: datetime, batch: int = BATCH) -> int:
    """Look again at what was touched of late, and mend what differs; of how many tickets. It should be none.

    A difference means that somebody changed rows behind the timelines, or that we count wrongly: it is logged.
    """
    touched = Ticket.objects.filter(updated_at__gte=now - LOOKS_BACK).order_by("pk")
    numbers = list(touched.values_list("pk", flat=True))
    mended = 0
    for start in range(0, len(numbers), batch):
        with claimed(NAME, waits=True):
            some = numbers[start : start + batch]
            wrong = [difference for difference in _differences(_told(some)) if not difference.is_behind]
            for difference in wrong:
                logger.warning("What was kept of a ticket was not what its timeline tells: %s", difference)
            retell([difference.number for difference in wrong], now=now)
            mended += len(wrong)
    return mended


def _told(numbers: Sequence[int]) -> list[Told]:
    then = HoursThen()
    return [tell(history, then.clock_for(history)) for history in read_histories(numbers)]


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
