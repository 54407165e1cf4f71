"""The statement that finds a page of tickets by their words, put together range by range.

It asks the newest few thousand messages first, then ever larger ranges, and stops when the page is full. Words that
every ticket contains cost no more than rare ones.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from typing import Any, NamedTuple

from tickets.search.giants import giants
from tickets.search.tsquery import Asked
from tickets.search.vectors import RANGES

# The ranges, one after the other: so many marks of a size (`RANGES` in vectors.py). All hits of a range are read from
# the table, so each is no more than a few times as large as those before it together.
STEPS = (("a", 1), ("a", 3), ("a", 8), ("b", 1), ("b", 3), ("b", 8), ("c", 1))
STEPS_IN_HEADS = (("b", 1), ("b", 4), ("c", 1))  # few tickets have a word in their head: no need to begin small

# One range of messages. The words are looked up in their index whatever the planner believes (hence the bare `+ 0`);
# the hits are sorted first, and whether they may be seen is asked only until there are enough.
RANGE = """(
  SELECT {tier} AS tier, s.newest, s.ticket_id FROM (
    SELECT e.newest, e.ticket_id FROM tickets_searchentry e
    WHERE e.vector @@ %s::tsquery AND e.newest + 0 < %s AND e.newest + 0 >= %s AND e.part = 0 AND e.is_last {only}
    UNION ALL
    SELECT e.newest, e.ticket_id FROM giants_{tier} e WHERE e.newest < %s AND e.newest >= %s {only}
    ORDER BY newest DESC, ticket_id DESC OFFSET 0
  ) s
  WHERE EXISTS (SELECT FROM ({allowed}) a WHERE a.id = s.ticket_id OFFSET 0) {others}
  LIMIT %s
)"""
# The first tier. It is read to its end before the second is begun, unless it fills the page.
BEST = "best AS MATERIALIZED (SELECT * FROM ({ranges}) ranges LIMIT %s)"
OTHERS = "AND s.ticket_id NOT IN (SELECT ticket_id FROM best)"


class Sql(NamedTuple):
    text: str
    params: list[Any]


class Statement:
    def __init__(self, allowed: Any, limit: int, few: list[int] | None) -> None:
        """`allowed` says which tickets may be found; `few`, where those are few, which they are."""
        self._tables: list[Sql] = []
        self._tiers: dict[int, list[Sql]] = {}
        self._allowed = Sql(*allowed.query.sql_with_params())
        self._limit, self._few = limit, few

    @property
    def is_empty(self) -> bool:
        return not self._tiers

    def whole(self) -> Sql:
        """Its rows are tiers, newest messages and numbers of tickets, in no order."""
        best, *others = self._tiers.values()
        tables, ranges = list(self._tables), best
        if others:
            tables.append(Sql(BEST.format(ranges=_all(best)), [*_params(best), self._limit]))
            ranges = [Sql("SELECT * FROM best", []), *chain(*others)]
        before = ", ".join(table.text for table in tables)
        text = f"WITH {before} SELECT * FROM ({_all(ranges)}) ranges LIMIT %s"  # noqa: S608 our own SQL
        return Sql(text, [*_params(tables), *_params(ranges), self._limit])

    def add(
        self, tier: int, asked: Asked, below: int, *, ties_below: int | None = None, without_best: bool = False
    ) -> None:
        """Everything of this tier with `newest` under `below`; after a cursor also its equals, by smaller number.

        `without_best`: but what a tier that was added before has found, too.
        """
        others = OTHERS if without_best and self._tiers else ""
        self._tables.append(Sql(*giants(tier, asked)))
        ranges = self._tiers[tier] = []
        for marks, upper, least, only in self._ranges(tier, below, ties_below):
            ranges.append(self._range(tier, f"({asked.in_one_row}){marks}", upper, least, only, others))

    def _ranges(self, tier: int, below: int, ties_below: int | None) -> Iterable[tuple[str, int, int, str]]:
        """Marks to ask for, bounds, and a further condition."""
        if ties_below is not None:
            yield "", below + 1, below, f"AND e.ticket_id < {int(ties_below)}"
        for mark, number in STEPS_IN_HEADS if tier else STEPS:
            if self._few is not None or not below:
                break
            last = (below - 1) >> RANGES[mark]  # this one may be asked for in part: hence one more
            first = max(last - number, 0)
            marks = " | ".join(f"~{mark}{place}" for place in range(first, last + 1))
            yield f" & ({marks})", below, first << RANGES[mark], ""
            below = first << RANGES[mark]
        if below:
            yield "", below, -1, ""

    def _range(self, tier: int, sought: str, below: int, least: int, only: str, others: str) -> Sql:
        few: list[Any] = []
        if self._few is not None:
            only += " AND e.ticket_id = ANY(%s)"
            few.append(self._few)
        text = RANGE.format(tier=tier, only=only, allowed=self._allowed.text, others=others)
        bounds = [below, least, *few]
        return Sql(text, [sought, *bounds, *bounds, *self._allowed.params, self._limit])


def _all(parts: Iterable[Sql]) -> str:
    return " UNION ALL ".join(part.text for part in parts)


def _params(parts: Iterable[Sql]) -> list[Any]:
    return [param for part in parts for param in part.params]
