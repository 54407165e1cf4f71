"""A survey's words in one language: what the admin wrote there, else our own."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from django.utils import translation
from django.utils.translation import gettext as _

from knowledge_base.centres import spoken_in
from tickets.models import Survey, SurveyKind
from tickets.surveys.scales import Choice, choices_of

PARTS: Final = ("subject", "question", "comment", "thanks")
LONGEST: Final[Mapping[str, int]] = {"subject": 150, "question": 300, "comment": 200, "thanks": 300}
MOST_REASONS: Final = 12
LONGEST_REASON: Final = 80


@dataclass(frozen=True)
class Words:
    """`low` and `high` say what the ends of a scale of numbers mean; faces need none."""

    subject: str
    question: str
    comment: str
    thanks: str
    low: str
    high: str
    choices: tuple[Choice, ...]
    reasons: tuple[tuple[str, str], ...]  # code, label


def words_of(survey: Survey, language: str, *, house: str = "") -> Words:
    """In `language`, where we speak it; {house} stands for who asks."""
    language = spoken_in(language)
    with translation.override(language):
        own = own_words(survey.kind)
        written: Mapping[str, str] = survey.texts.get(language, {})
        said = {part: (written.get(part) or own[part]).replace("{house}", house) for part in PARTS}
        low, high = ends_of(survey.kind)
        return Words(**said, low=low, high=high, choices=choices_of(survey.kind, survey.scale),
                     reasons=tuple(reasons_of(survey, language)))  # fmt: skip


def own_words(kind: str) -> dict[str, str]:
    """Ours, in the active language; also what the editor shows where nothing is written."""
    questions = {
        SurveyKind.CSAT: (_("How did we do?"), _("How content are you with the help you got?")),
        SurveyKind.NPS: (
            _("One question about {house}"), _("How likely are you to recommend us to a friend or colleague?"),
        ),
        SurveyKind.CES: (_("How easy was it?"), _("How easy was it to get your problem solved?")),
    }  # fmt: skip
    subject, question = questions[SurveyKind(kind)]
    return {
        "subject": subject,
        "question": question,
        "comment": _("Would you tell us why?"),
        "thanks": _("Thank you! It helps us to do better."),
    }


def ends_of(kind: str) -> tuple[str, str]:
    if kind == SurveyKind.NPS:
        return _("Not at all likely"), _("Extremely likely")
    if kind == SurveyKind.CES:
        return _("Very hard"), _("Very easy")
    return "", ""


def reasons_of(survey: Survey, language: str) -> list[tuple[str, str]]:
    """(code, label) of each; one that nobody translated keeps the words it has."""
    return [(reason["code"], _in(reason["texts"], language)) for reason in survey.reasons]


def _in(texts: Mapping[str, Any], language: str) -> str:
    return str(texts.get(language) or texts.get("en") or next(iter(texts.values()), ""))
