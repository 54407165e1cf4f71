"""The steps of an assistant's flow: read, checked, and walked. Pure: nothing is stored or asked here.

A flow is a list of steps, the first of which greets. A step: {"id", "texts": language → {"text"}, "articles": [ids],
"options": [{"id", "texts": language → {"label"}, "next": step id or "people"}], "asks_if_helped", "next"}. After "no,
it did not help" comes `next`, or people. The way to people is added to every step: it is never further than one tap.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.utils.translation import gettext as _

from tickets.portal.form_fields import in_language

PEOPLE: Final = "people"
HELPED: Final = "helped"
NOT_HELPED: Final = "not-helped"
RESERVED: Final = frozenset((PEOPLE, HELPED, NOT_HELPED))
MOST_STEPS: Final = 50
MOST_OPTIONS: Final = 8
LONGEST: Final = 1000  # characters of a text; of a label, a tenth of it


@dataclass(frozen=True)
class Option:
    id: str
    texts: Mapping[str, Mapping[str, str]]
    next: str

    def label(self, language: str) -> str:
        return in_language(self.texts, language, "label")


@dataclass(frozen=True)
class Step:
    id: str
    texts: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    options: Sequence[Option] = ()
    articles: Sequence[int] = ()
    asks_if_helped: bool = False
    next: str = ""

    def text(self, language: str) -> str:
        return in_language(self.texts, language, "text")

    def option(self, wanted: str) -> Option | None:
        """By its id, or by its words in any language: what is typed is as good as what is pressed."""
        typed = wanted.strip().casefold()
        for option in self.options:
            if option.id == wanted or typed in {words.get("label", "").casefold() for words in option.texts.values()}:
                return option
        return None


@dataclass(frozen=True)
class Move:
    """Where a choice leads: to `step`, to people, to the end (it helped), or nowhere: words to be looked up."""

    step: Step | None = None
    to_people: bool = False
    is_solved: bool = False


@dataclass(frozen=True)
class Flow:
    steps: Mapping[str, Step]
    first: str

    def move(self, at: str, choice: str) -> Move:
        """From step `at` by an option, one of the reserved choices, or words."""
        here = self.steps.get(at)
        if choice == PEOPLE:
            return Move(to_people=True)
        if choice == HELPED:
            return Move(is_solved=True)
        if choice == NOT_HELPED:
            return self._to(here.next if here else PEOPLE)
        option = here.option(choice) if here else None
        return self._to(option.next) if option else Move()

    def _to(self, name: str) -> Move:
        step = self.steps.get(name)
        return Move(step=step) if step else Move(to_people=True)


def read(steps: Sequence[Mapping[str, Any]]) -> Flow:
    """What was checked when it was saved."""
    known = [
        Step(
            id=one["id"],
            texts=one.get("texts", {}),
            options=[
                Option(each["id"], each.get("texts", {}), each.get("next", "")) for each in one.get("options", ())
            ],
            articles=one.get("articles", ()),
            asks_if_helped=bool(one.get("asks_if_helped")),
            next=one.get("next", ""),
        )
        for one in steps
    ]
    return Flow({step.id: step for step in known}, known[0].id if known else "")


@dataclass(frozen=True)
class Problem:
    """`step` is its id, or its place where it has none; `place` the field inside it, "" for the step as a whole."""

    step: str
    place: str
    reason: str


def problems(steps: Any, *, language: str) -> list[Problem]:
    """What keeps the flow from being used; `language` is the one that everybody understands who finds no other."""
    if not isinstance(steps, list) or not steps:
        return [Problem("", "", _("A flow needs a first step."))]
    if len(steps) > MOST_STEPS:
        return [Problem("", "", _("A flow has at most %(most)s steps.") % {"most": MOST_STEPS})]
    found: list[Problem] = []
    ids = [step.get("id") if isinstance(step, dict) else None for step in steps]
    for place, step in enumerate(steps, 1):
        if not _is_step(step):
            found.append(Problem(str(place), "", _("This is no step.")))
        elif ids.count(step["id"]) > 1 or step["id"] in RESERVED:
            found.append(Problem(step["id"], "", _("Another step has this name.")))
        else:
            found += _problems_of(step, set(ids), language)
    return found or _unreachable(read(steps))


def _is_step(step: Any) -> bool:
    return (
        isinstance(step, dict)
        and isinstance(step.get("id"), str)
        and 0 < len(step["id"]) <= 40
        and isinstance(step.get("texts", {}), dict)
        and all(isinstance(words, dict) for words in step.get("texts", {}).values())
        and isinstance(step.get("next", ""), str)
        and isinstance(step.get("articles", []), list)
        and all(type(article) is int for article in step.get("articles", []))
        and isinstance(step.get("options", []), list)
        and all(_is_option(option) for option in step.get("options", []))
    )


def _is_option(option: Any) -> bool:
    return (
        isinstance(option, dict)
        and isinstance(option.get("id"), str)
        and 0 < len(option["id"]) <= 40
        and isinstance(option.get("next", ""), str)
        and isinstance(option.get("texts", {}), dict)
        and all(isinstance(words, dict) for words in option.get("texts", {}).values())
    )


def _problems_of(step: Mapping[str, Any], ids: set[Any], language: str) -> list[Problem]:
    found = []
    name, options = step["id"], step.get("options", [])
    if not str(step.get("texts", {}).get(language, {}).get("text", "")).strip():
        found.append(Problem(name, "text", _("Say something here, at least in the widget’s first language.")))
    if any(len(str(words.get("text", ""))) > LONGEST for words in step.get("texts", {}).values()):
        found.append(Problem(name, "text", _("This is longer than %(limit)s characters.") % {"limit": LONGEST}))
    if len(options) > MOST_OPTIONS:
        found.append(Problem(name, "options", _("A step has at most %(most)s buttons.") % {"most": MOST_OPTIONS}))
    if step.get("next") and step["next"] not in {*ids, PEOPLE}:
        found.append(Problem(name, "next", _("It leads to a step that there is not.")))
    taken: set[str] = set()
    for option in options:
        if option["id"] in RESERVED or option["id"] in taken:
            found.append(Problem(name, "options", _("Two of its buttons are the same.")))
        taken.add(option["id"])
        label = str(option.get("texts", {}).get(language, {}).get("label", "")).strip()
        if not label or any(
            len(str(words.get("label", ""))) > LONGEST // 10 for words in option.get("texts", {}).values()
        ):
            found.append(Problem(name, "options", _("Each button needs a few words, at most 100 characters.")))
        if option.get("next") not in {*ids, PEOPLE}:
            found.append(Problem(name, "options", _("A button leads to a step that there is not.")))
    return found


def _unreachable(flow: Flow) -> list[Problem]:
    reached: set[str] = set()
    waiting = [flow.first]
    while waiting:
        step = flow.steps.get(waiting.pop())
        if step and step.id not in reached:
            reached.add(step.id)
            waiting += [option.next for option in step.options] + [step.next]
    return [Problem(name, "", _("Nothing leads to this step.")) for name in flow.steps if name not in reached]
