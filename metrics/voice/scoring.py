"""How sure it is that a term rises: Dunning's log-likelihood, a simple statistic that holds for rare words too.

T. Dunning, Accurate methods for the statistics of surprise and coincidence, Computational Linguistics 19 (1993).
"""

from __future__ import annotations

from math import log
from typing import Final

FEWEST_TICKETS: Final = 4
FEWEST_CUSTOMERS: Final = 3  # one who writes often is no trend
SURE: Final = 10.83  # of chi² with one degree of freedom: once in a thousand by chance
TIMES: Final = 1.5  # as often as before, at least


def g2(hits: int, of: int, hits_before: float, of_before: float) -> float:
    """How surprising `hits` of `of` are beside the share before; 0 where the share has not risen."""
    if of <= 0 or of_before <= 0 or hits / of <= hits_before / of_before:
        return 0.0
    share = (hits + hits_before) / (of + of_before)

    def part(seen: float, all_there: float) -> float:
        expected = share * all_there
        return seen * log(seen / expected) if seen > 0 and expected > 0 else 0.0

    def rest(seen: float, all_there: float) -> float:
        expected = (1 - share) * all_there
        left = all_there - seen
        return left * log(left / expected) if left > 0 and expected > 0 else 0.0

    return 2 * (part(hits, of) + part(hits_before, of_before) + rest(hits, of) + rest(hits_before, of_before))


def rises(hits: int, of: int, hits_before: float, of_before: float) -> float:
    """The score of a term that is worth showing, else 0."""
    if hits < FEWEST_TICKETS or not of or not of_before:
        return 0.0
    if hits / of < TIMES * hits_before / of_before:
        return 0.0
    score = g2(hits, of, hits_before, of_before)
    return score if score >= SURE else 0.0
