"""The stories that the demo company's tickets tell, read from data/stories/*.txt.

A story is a head (`about:`, `subject:`) and steps. A step begins with `<` (the customer writes), `>` (an agent replies)
or `#` (a colleague leaves a note), optionally with the time that passes before it (`> 3h`); lines with `@` say what
else happens. `[one | another]` is chosen once for each telling, `{detail}` is filled in by details.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

DATA = Path(__file__).parent / "data"
CUSTOMER, REPLY, NOTE = "<", ">", "#"
_MARKER = re.compile(r"^([<>#])(?: (\d+)([mhd]))?$")
_UNITS = {"m": "minutes", "h": "hours", "d": "days"}


@dataclass(frozen=True)
class Directive:
    """An `@verb value` line."""

    verb: str
    value: str


@dataclass(frozen=True)
class Step:
    kind: str
    text: str
    delay: timedelta | None = None
    directives: tuple[Directive, ...] = ()

    def says(self, verb: str) -> bool:
        return any(directive.verb == verb for directive in self.directives)

    def value_of(self, verb: str) -> str:
        return next((directive.value for directive in self.directives if directive.verb == verb), "")

    def values_of(self, verb: str) -> list[str]:
        return [directive.value for directive in self.directives if directive.verb == verb]


@dataclass(frozen=True)
class Story:
    name: str
    subject: str
    steps: tuple[Step, ...]
    who: str = "home"
    type: str = ""
    priority: str = ""
    tags: tuple[str, ...] = ()
    team: str = ""
    inbox: str = "support"
    times: int = 1_000_000

    @property
    def last_word(self) -> str:
        """Who speaks last: the customer, an agent, or a colleague in a note."""
        return self.steps[-1].kind


@cache
def all_stories() -> tuple[Story, ...]:
    return tuple(story for path in sorted((DATA / "stories").glob("*.txt")) for story in parse(path.read_text()))


def parse(text: str) -> Iterator[Story]:
    for part in re.split(r"^=== ", text, flags=re.MULTILINE)[1:]:
        lines = part.splitlines()
        yield _story(lines[0].strip(), lines[1:])


def _story(name: str, lines: list[str]) -> Story:
    head = dict(line.split(": ", 1) for line in lines[:2])
    about = dict(word.split("=", 1) for word in head["about"].split())
    once = about.get("once", "")
    return Story(
        name=name,
        subject=head["subject"],
        steps=tuple(_steps(lines[2:])),
        who=about.get("who", "home"),
        type=about.get("type", ""),
        priority=about.get("priority", ""),
        tags=tuple(tag for tag in about.get("tags", "").split(",") if tag),
        team=about.get("team", ""),
        inbox=about.get("inbox", "support"),
        times=1 if once == "yes" else int(once or 1_000_000),
    )


def _steps(lines: list[str]) -> Iterator[Step]:
    starts = [number for number, line in enumerate(lines) if _MARKER.match(line)]
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        marker = _MARKER.match(lines[start])
        assert marker is not None
        body = lines[start + 1 : end]
        yield Step(
            kind=marker[1],
            text="\n".join(line for line in body if not line.startswith("@")).strip(),
            delay=timedelta(**{_UNITS[marker[3]]: int(marker[2])}) if marker[2] else None,
            directives=tuple(Directive(*_verb_and_value(line)) for line in body if line.startswith("@")),
        )


def _verb_and_value(line: str) -> tuple[str, str]:
    verb, _, value = line[1:].partition(" ")
    return verb, value.strip()
