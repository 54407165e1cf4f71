"""How far words are from each other: what was typed, and what may have been meant."""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def closest(word: str, known: Iterable[tuple[str, int]], *, most: int = 1) -> list[str]:
    """Of known words with their frequencies those `word` most likely stands for, nearest first; often none."""
    allowed = 1 if len(word) < 6 else 2
    near = [(distance(word, other), -often, other) for other, often in known if abs(len(other) - len(word)) <= 2]
    return [other for away, _often, other in sorted(near) if 0 < away <= allowed][:most]


def swapped(word: str) -> set[str]:
    """`word` with each two neighbours in the other order: they leave few trigrams in common."""
    return {word[:i] + word[i + 1] + word[i] + word[i + 2 :] for i in range(len(word) - 1)}


def distance(one: str, other: str) -> int:
    """How many letters must be added, left out, changed or swapped with their neighbour (Damerau, Levenshtein)."""
    before: Sequence[int] = ()
    row: Sequence[int] = range(len(other) + 1)
    for i, letter in enumerate(one, 1):
        current = [i]
        for j, facing in enumerate(other, 1):
            cost = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (letter != facing))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == facing:
                cost = min(cost, before[j - 2] + 1)
            current.append(cost)
        before, row = row, current
    return row[-1]
