"""Pieces of SVG. Numbers are ours; every word is escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from metrics.charts.scales import Scale

LONGEST = 18  # letters of a label; the table has all of them


def below(words: str, x: float, css: str) -> str:
    """A label under the plot."""
    return f'<text class="ax {css}" x="{percent(x)}" y="100%" dy="20">{escape(words)}</text>'


def rect(css: str, x: float, y: float, width: float, height: float, more: str = "") -> str:
    """All in per cent of the plot."""
    return (
        f'<rect class="{css}" x="{percent(x)}" y="{percent(y)}" width="{percent(width)}" height="{percent(height)}"'
        f"{more}/>"
    )


def percent(value: float) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") + "%"


def points(at: Iterable[tuple[float, float]]) -> str:
    return " ".join(f"{x:.3f},{y:.3f}" for x, y in at)


def stretched(inner: str) -> str:
    """Lines and areas in a box of 100 × 100 that fills the plot; their strokes keep their width (vector-effect)."""
    return f'<svg class="stretched" viewBox="0 0 100 100" preserveAspectRatio="none">{inner}</svg>' if inner else ""


def grid(scale: Scale) -> str:
    lines = []
    for tick in scale.ticks:
        y = percent(scale.at(tick))
        css = "base" if tick == scale.floor else "grid"
        lines.append(f'<line class="{css}" x1="0" x2="100%" y1="{y}" y2="{y}"/>')
        lines.append(beside(scale.label(tick), scale.at(tick)))
    return "".join(lines)


def upright_grid(scale: Scale) -> str:
    """Lines from the foot to the head of the plot, for bars that lie."""
    lines = []
    for tick in scale.ticks:
        x = percent(100 - scale.at(tick))
        css = "base" if tick == scale.floor else "grid"
        lines.append(f'<line class="{css}" x1="{x}" x2="{x}" y1="0" y2="100%"/>')
        lines.append(below(scale.label(tick), 100 - scale.at(tick), "w0"))
    return "".join(lines)


def cut(label: str) -> str:
    return label if len(label) <= LONGEST else f"{label[: LONGEST - 1]}…"


def beside(words: str, y: float) -> str:
    """A label before the plot."""
    words = cut(words)
    return f'<text class="ay" x="0" y="{percent(y)}" dx="-8" dy="0.32em">{escape(words)}</text>'


def middle(at: int, count: int) -> float:
    """Where the label number `at` of `count` stands, in per cent from the start."""
    return 100 * (at + 0.5) / count


def axis(labels: Iterable[str]) -> str:
    """Labels below the plot. How many are shown is decided by the room: `w0` always … `w3` on wide cards only."""
    words = [cut(label) for label in labels]
    return "".join(
        below(label, middle(at, len(words)), css)
        for at, label in enumerate(words)
        if (css := _room(at, len(words), max(map(len, words))))
    )


def _room(at: int, count: int, longest: int) -> str:
    """The narrowest width at which this label has its place; "" where it never has."""
    for css, width in (("w0", 260), ("w1", 420), ("w2", 640), ("w3", 960)):
        if at % stride(count, longest, width) == 0:
            return css
    return ""


def stride(count: int, longest: int, width: int) -> int:
    """Every how-manieth of `count` labels is shown where the plot is `width` pixels wide: each needs 7 px a letter."""
    fitting = max(1, width // (longest * 7 + 14))
    needed = -(-count // fitting)
    return next((step for step in (1, 2, 4, 8, 16, 32, 64) if step >= needed), 128)
