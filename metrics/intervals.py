"""How sure a percentage is."""

from __future__ import annotations

from math import sqrt
from typing import Final

Z: Final = 1.959963984540054  # 95 %


def wilson(hits: int, n: int) -> tuple[float, float]:
    """The ends of the 95 % confidence interval of `hits` in `n`, in per cent (Wilson's score interval, 1927).

    Unlike the textbook's ± it never leaves 0–100 and says something sensible of three votes.
    """
    share = hits / n
    middle = share + Z * Z / (2 * n)
    reach = Z * sqrt(share * (1 - share) / n + Z * Z / (4 * n * n))
    whole = 1 + Z * Z / n
    return max(0.0, 100 * (middle - reach) / whole), min(100.0, 100 * (middle + reach) / whole)
