"""What somebody answered to the questions of a form: read from the page, checked, and told in words."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from django.http import QueryDict
from django.utils import formats
from django.utils.translation import gettext as _

from tickets.portal.form_fields import Answers, Kind, Question, asked

MOST_LINE: Final = 300
MOST_TEXT: Final = 5000


def read_answers(questions: Sequence[Question], data: QueryDict) -> tuple[dict[str, Any], dict[str, str]]:
    """The answers to what was asked, and by key what is wrong with them. Nothing that was not asked is kept."""
    return checked_answers(questions, {question.key: _raw(question, data) for question in questions})


def checked_answers(questions: Sequence[Question], raw: Answers) -> tuple[dict[str, Any], dict[str, str]]:
    """As `read_answers`, of what was read already: text, True or False, or a list for each question."""
    answers: dict[str, Any] = {}
    problems: dict[str, str] = {}
    for question in asked(questions, raw):
        given = raw[question.key]
        if problem := _problem(question, given):
            problems[question.key] = problem
        if given not in ("", [], False):
            answers[question.key] = given
    return answers, problems


def _raw(question: Question, data: QueryDict) -> Any:
    if question.kind == Kind.TICK:
        return data.get(question.name) is not None
    if question.kind == Kind.SEVERAL:
        return list(dict.fromkeys(data.getlist(question.name)))
    return data.get(question.name, "").replace("\x00", "").strip()


def _problem(question: Question, given: Any) -> str:
    if given in ("", [], False):
        if not question.is_required:
            return ""
        return _("Please tick this.") if question.kind == Kind.TICK else _("Please answer this.")
    match question.kind:
        case Kind.CHOICE | Kind.SEVERAL:
            chosen = given if isinstance(given, list) else [given]
            return "" if set(chosen) <= set(question.values) else _("This is not one of the choices.")
        case Kind.NUMBER:
            return "" if _number(given) is not None else _("This is no number.")
        case Kind.DATE:
            return "" if _day(given) else _("This is no day.")
        case Kind.TEXT if len(given) > MOST_LINE:
            return _("This has %(count)s characters; %(most)s are the most.") % {"count": len(given), "most": MOST_LINE}
        case Kind.LONG if len(given) > MOST_TEXT:
            return _("This has %(count)s characters; %(most)s are the most.") % {"count": len(given), "most": MOST_TEXT}
    return ""


def _number(text: str) -> Decimal | None:
    try:
        number = Decimal(text.replace(",", "."))
    except InvalidOperation:
        return None
    return number if number.is_finite() and len(text) <= 40 else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def told(questions: Iterable[Question], answers: Answers, language: str) -> list[tuple[str, str]]:
    """Each question with its answer, in the words that the customer saw."""
    return [
        (question.label(language), _words(question, answers[question.key], language))
        for question in questions
        if question.key in answers
    ]


def _words(question: Question, answer: Any, language: str) -> str:
    if question.kind == Kind.TICK:
        return _("yes")
    if question.kind in (Kind.CHOICE, Kind.SEVERAL):
        labels = {option.value: option.label(language) for option in question.options}
        chosen = answer if isinstance(answer, list) else [answer]
        return ", ".join(labels.get(value) or value for value in chosen)
    if question.kind == Kind.DATE and (day := _day(answer)):
        return str(formats.date_format(day, "DATE_FORMAT"))
    return str(answer)
