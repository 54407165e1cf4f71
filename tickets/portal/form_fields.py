"""The questions of a contact form: what `ContactForm.fields` holds, read and checked.

A question may be asked only when another one, further up, was answered in a certain way. Whoever is not asked sends
no answer: pages hide such questions by a style sheet that needs no script (`conditions_as_css`), and what is sent all
the same is dropped.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from django.db import models
from django.utils.translation import gettext_lazy as _

from tickets.models import ChatWidget, ContactForm

Texts = Mapping[str, Mapping[str, str]]
Answers = Mapping[str, Any]  # by key: text, True, or a list of options

KEY: Final = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_QUESTIONS: Final = 40
MOST_OPTIONS: Final = 60
TAGS: Final = "tags"
YES: Final = "yes"  # what a ticked box is compared with


class Kind(models.TextChoices):
    TEXT = "text", _("One line of text")
    LONG = "long", _("Several lines of text")
    CHOICE = "choice", _("One of a list")
    SEVERAL = "several", _("Several of a list")
    TICK = "tick", _("A box to tick")
    NUMBER = "number", _("Number")
    DATE = "date", _("Day")


WITH_OPTIONS: Final = frozenset((Kind.CHOICE, Kind.SEVERAL))
DECIDING: Final = frozenset((Kind.CHOICE, Kind.SEVERAL, Kind.TICK))  # whose answers may decide about other questions


def with_answer(question: str, answer: str) -> str:
    """As one reads it: "Size: L", "Which size? L"."""
    return f"{question} {answer}" if question.endswith("?") else f"{question}: {answer}"


def in_language(texts: Texts, language: str, name: str) -> str:
    """What is said in a language, else in any: a question that was not translated is still asked."""
    for known in (texts.get(language), texts.get("en"), *texts.values()):
        if known and known.get(name):
            return known[name]
    return ""


@dataclass(frozen=True)
class Option:
    value: str
    texts: Texts

    def label(self, language: str) -> str:
        return in_language(self.texts, language, "label") or self.value


@dataclass(frozen=True)
class Question:
    """`when` is the key of the question that decides whether this one is asked, `answers` what it must be one of.

    `goes_to` is where the answer lands beside the words of the ticket, for questions before a chat: TAGS, or a field of
    the customer as customers.record names it.
    """

    key: str
    kind: Kind
    texts: Texts = field(default_factory=dict)
    options: Sequence[Option] = ()
    is_required: bool = False
    when: str = ""
    answers: frozenset[str] = frozenset()
    goes_to: str = ""

    def label(self, language: str) -> str:
        return in_language(self.texts, language, "label") or self.key

    def help(self, language: str) -> str:
        return in_language(self.texts, language, "help")

    @property
    def name(self) -> str:
        """Of its field on the page: never one of the form's own."""
        return f"q_{self.key}"

    @property
    def values(self) -> list[str]:
        """What may be asked of its answer."""
        return [YES] if self.kind == Kind.TICK else [option.value for option in self.options]

    def stored(self) -> dict[str, Any]:
        return {
            "key": self.key,
            "kind": str(self.kind),
            "texts": self.texts,
            "options": [{"value": option.value, "texts": option.texts} for option in self.options],
            "is_required": self.is_required,
            "shown_when": {"field": self.when, "is": sorted(self.answers)} if self.when else None,
            **({"goes_to": self.goes_to} if self.goes_to else {}),
        }


def questions_of(form: ContactForm | ChatWidget | None) -> list[Question]:
    return [_read(stored) for stored in form.fields] if form else []


def _read(stored: Mapping[str, Any]) -> Question:
    when = stored.get("shown_when") or {}
    return Question(
        key=stored["key"],
        kind=Kind(stored["kind"]),
        texts=stored.get("texts", {}),
        options=tuple(Option(each["value"], each.get("texts", {})) for each in stored.get("options", [])),
        is_required=bool(stored.get("is_required")),
        when=when.get("field", ""),
        answers=frozenset(when.get("is", [])),
        goes_to=stored.get("goes_to", ""),
    )


def asked(questions: Iterable[Question], answers: Answers) -> list[Question]:
    """Those that are asked, given the answers: one whose deciding question is not asked is not asked either."""
    found: list[Question] = []
    there: set[str] = set()
    for question in questions:
        if question.when and (question.when not in there or not _fits(question, answers.get(question.when))):
            continue
        found.append(question)
        there.add(question.key)
    return found


def _fits(question: Question, answer: Any) -> bool:
    given = {YES} if answer is True else set(answer) if isinstance(answer, list) else {answer}
    return bool(given & question.answers)


def deciders(question: Question, questions: Collection[Question]) -> list[tuple[Question, frozenset[str]]]:
    """Every question that has a say in whether this one is asked, with the answers it needs; the nearest first."""
    by_key = {each.key: each for each in questions}
    found: list[tuple[Question, frozenset[str]]] = []
    while question.when and (above := by_key.get(question.when)) and above not in [each for each, _needs in found]:
        found.append((above, question.answers))
        question = above
    return found


def conditions_as_css(questions: Sequence[Question]) -> str:
    """Hides questions as long as they are not asked. Keys and values are letters, digits, - and _: see `problem_of`.

    A browser that does not know :has() shows all of them, each with a hint that says when it counts.
    """
    return "".join(
        f".contact:not(:has({_chosen(above, needed)})) #{question.name}_box{{display:none}}"
        for question in questions
        for above, needed in deciders(question, questions)
    )


def _chosen(above: Question, needed: Iterable[str]) -> str:
    if above.kind == Kind.TICK:
        return f"[name={above.name}]:checked"
    values = ",".join(f"[value={value}]" for value in sorted(needed))
    field = f"[name={above.name}]" if above.kind == Kind.SEVERAL else f"[name={above.name}] option"
    return f"{field}:is({values}):checked"


def value_from(label: str, taken: Collection[str]) -> str:
    """What an option is stored as: made once from its first label, and kept when the label changes."""
    return _free(re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:30] or "option", taken)


def key_from(label: str, taken: Collection[str]) -> str:
    plain = re.sub(r"[^a-z0-9]+", "_", label.lower()).strip("_")[:30]
    return _free(plain if KEY.fullmatch(plain) else f"question_{plain}".rstrip("_"), taken)


def _free(word: str, taken: Collection[str]) -> str:
    word = word if word[:1].isalpha() else f"v_{word}"  # a value in a selector must not begin with a digit
    number, free = 1, word
    while free in taken:
        number += 1
        free = f"{word}_{number}"
    return free
