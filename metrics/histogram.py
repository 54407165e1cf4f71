"""Durations counted by buckets that are two per cent wide, so that days add up and medians are right within one.

Bucket 0 is no time at all; bucket n ≥ 1 goes from 1.02ⁿ⁻¹ seconds up to 1.02ⁿ.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from itertools import accumulate
from math import ceil, floor, log
from typing import Final

WIDTH: Final = 1.02


def bucket_of(seconds: float) -> int:
    return 0 if seconds < 1 else 1 + floor(log(seconds) / log(WIDTH))


def bucket_sql(column: str) -> str:
    """The same in PostgreSQL, of a column that is not null."""
    return f"CASE WHEN {column} < 1 THEN 0 ELSE 1 + floor(ln({column}::float8) / ln({WIDTH}::float8))::int END"


def middle_of(bucket: int) -> float:
    """In seconds: from here no edge of the bucket is further than one per cent."""
    return 0.0 if bucket == 0 else float(WIDTH ** (bucket - 0.5))


def quantile(counts: Mapping[int, int], share: float) -> float | None:
    """The duration that `share` (0.5: half) of those counted don't exceed; None where none is counted."""
    buckets = sorted(bucket for bucket, n in counts.items() if n)
    if not buckets:
        return None
    reached = list(accumulate(counts[bucket] for bucket in buckets))
    return middle_of(buckets[bisect_left(reached, max(1, ceil(share * reached[-1])))])
