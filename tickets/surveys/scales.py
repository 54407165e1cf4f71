"""Scales: which values there are, what each is called, and what it comes down to. Pure.

    satisfaction, 2 steps   1 bad · 2 good
    satisfaction, 3 steps   1 bad · 2 neutral · 3 good
    satisfaction, 5 steps   1–2 bad · 3 neutral · 4–5 good
    recommendation (NPS)    0–6 bad (detractors) · 7–8 neutral (passives) · 9–10 good (promoters)
    effort (CES)            1–3 bad (hard) · 4 neutral · 5–7 good (easy)

Neutral answers are answers, so they count in the response rate, and are left out of the CSAT score.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.models import Score, SurveyKind

NPS_STEPS: Final = 11
CES_STEPS: Final = 7
CSAT_STEPS: Final = (2, 3, 5)
STEPS: Final[Mapping[str, Sequence[int]]] = {
    SurveyKind.CSAT: CSAT_STEPS,
    SurveyKind.NPS: (NPS_STEPS,),
    SurveyKind.CES: (CES_STEPS,),
}


@dataclass(frozen=True)
class Choice:
    """`sign` is what a button shows: a face or a number. `label` says it in words, for who can't see or guess it."""

    value: int
    sign: str
    label: str | Promise
    score: Score


_GOOD, _OK, _BAD = Score.GOOD, Score.NEUTRAL, Score.BAD
# Characters of Unicode 6, which every mail program's fonts have.
_CSAT: Mapping[int, tuple[Choice, ...]] = {
    2: (Choice(1, "😞", _("Bad"), _BAD), Choice(2, "😊", _("Good"), _GOOD)),
    3: (Choice(1, "😞", _("Bad"), _BAD), Choice(2, "😐", _("Neutral"), _OK), Choice(3, "😊", _("Good"), _GOOD)),
    5: (Choice(1, "😞", _("Very bad"), _BAD), Choice(2, "😕", _("Bad"), _BAD), Choice(3, "😐", _("Neutral"), _OK),
        Choice(4, "😊", _("Good"), _GOOD), Choice(5, "😃", _("Very good"), _GOOD)),
}  # fmt: skip


def _nps(value: int) -> Score:
    return _GOOD if value >= 9 else _OK if value >= 7 else _BAD


def _ces(value: int) -> Score:
    return _GOOD if value >= 5 else _OK if value == 4 else _BAD


_NPS = tuple(Choice(value, str(value), str(value), _nps(value)) for value in range(NPS_STEPS))
_CES = tuple(Choice(value, str(value), str(value), _ces(value)) for value in range(1, CES_STEPS + 1))


def choices_of(kind: str, scale: int) -> tuple[Choice, ...]:
    """What can be answered, the least content first. Raises KeyError for a scale that the kind does not have."""
    if scale not in STEPS[kind]:
        raise KeyError(scale)
    return _NPS if kind == SurveyKind.NPS else _CES if kind == SurveyKind.CES else _CSAT[scale]


def choice_of(kind: str, scale: int, value: int | None) -> Choice | None:
    """The choice of this value; None where the scale does not have it."""
    return next((choice for choice in choices_of(kind, scale) if choice.value == value), None)


def value_of(score: str) -> int | None:
    """Of good or bad, where no more was asked: a value on the scale of two."""
    return {Score.GOOD: 2, Score.BAD: 1}.get(Score(score)) if score in Score.values else None
