"""The form of a survey: what is asked by which scale, in which words, whom, when and how often."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from knowledge_base.centres import own_name
from tickets.builder import ConditionsField
from tickets.conditions import Problem, problems
from tickets.models import Survey, SurveyKind
from tickets.surveys.scales import CES_STEPS, CSAT_STEPS, NPS_STEPS, STEPS
from tickets.surveys.wording import LONGEST, LONGEST_REASON, MOST_REASONS, PARTS, own_words

LANGUAGES: Final = tuple(code for code, _name in settings.LANGUAGES)
LONGEST_DELAY: Final = 60 * 24 * 60  # minutes: two months
SPARE: Final = 2  # empty rows for reasons
UNITS: Final = {"m": 1, "min": 1, "h": 60, "d": 24 * 60}
_PART = re.compile(r"\s*(\d{1,4})\s*(d|h|min|m)")
SCALES: Final = {
    2: gettext_lazy("Two: good or bad"),
    3: gettext_lazy("Three: good, neutral, bad"),
    5: gettext_lazy("Five, from very bad to very good"),
}
LABELS: Final = {
    "subject": gettext_lazy("Subject of the mail"),
    "question": gettext_lazy("Question"),
    "comment": gettext_lazy("Question for a comment"),
    "thanks": gettext_lazy("Thanks"),
}


def read_delay(text: str) -> int:
    """Minutes of `90m`, `4h` or `1d 12h`; 0 for nothing. Raises ValidationError."""
    text, minutes, at = text.strip().lower(), 0, 0
    if text in ("", "0"):
        return 0
    for part in _PART.finditer(text):
        if part.start() != at:
            break
        minutes, at = minutes + int(part[1]) * UNITS[part[2]], part.end()
    if at != len(text):
        raise ValidationError(_("Write it like 30m, 4h or 2d."))
    if minutes > LONGEST_DELAY:
        raise ValidationError(_("At most 60 days."))
    return minutes


def write_delay(minutes: int) -> str:
    hours, minutes = divmod(minutes, 60)
    parts = [f"{hours}h"] if hours else []
    return " ".join([*parts, *([f"{minutes}m"] if minutes else [])]) or "0"


class SurveyForm(forms.ModelForm[Survey]):
    scale = forms.TypedChoiceField(
        label=gettext_lazy("Scale"), coerce=int, choices=list(SCALES.items()), initial=CSAT_STEPS[-1],
        help_text=gettext_lazy("Of satisfaction. The others have scales of their own."),
    )  # fmt: skip
    delay = forms.CharField(
        label=gettext_lazy("Delay"), required=False, max_length=20, help_text=gettext_lazy("30m, 4h or 2d")
    )

    class Meta:
        model = Survey
        fields: ClassVar = [
            "title", "kind", "moment", "is_active", "delay_is_business", "remind_after_days", "apart_days", "open_days",
        ]  # fmt: skip

    def __init__(self, data: Any, instance: Survey) -> None:
        super().__init__(data, instance=instance)
        self.fields["conditions"] = ConditionsField()
        self.initial.update(
            conditions=instance.conditions,
            delay=write_delay(instance.delay_minutes),
            scale=instance.scale if instance.scale in SCALES else CSAT_STEPS[-1],
        )
        limits = {"remind_after_days": (1, 60), "apart_days": (0, 3650), "open_days": (1, 365)}
        for name, (least, most) in limits.items():
            self._limit(name, least, most)
        self.fields["remind_after_days"].help_text = _("Days; empty: no reminder.")
        for code in LANGUAGES:
            self._add_words(code, instance.texts.get(code, {}))
        self._add_reasons(instance.reasons)

    def _limit(self, name: str, least: int, most: int) -> None:
        field: Any = self.fields[name]
        self.fields[name] = forms.IntegerField(
            label=field.label, help_text=field.help_text, min_value=least, max_value=most, required=field.required
        )

    def _add_words(self, code: str, written: Mapping[str, str]) -> None:
        with override(code):
            own = own_words(self.instance.kind)
        for part in PARTS:
            self.fields[f"{part}_{code}"] = forms.CharField(
                label=LABELS[part], required=False, max_length=LONGEST[part], initial=written.get(part, ""),
                widget=forms.TextInput({"lang": code, "placeholder": own[part]}),
            )  # fmt: skip

    def _add_reasons(self, reasons: Any) -> None:
        self.rows = min(len(reasons) + SPARE, MOST_REASONS)
        for place in range(self.rows):
            known: dict[str, Any] = reasons[place] if place < len(reasons) else {"code": "", "texts": {}}
            self.fields[f"reason_{place}_code"] = forms.CharField(
                required=False, max_length=40, initial=known["code"], widget=forms.HiddenInput
            )
            for code in LANGUAGES:
                label = _("Reason %(number)s, %(language)s") % {"number": place + 1, "language": own_name(code)}
                self.fields[f"reason_{place}_{code}"] = forms.CharField(
                    label=label, required=False, max_length=LONGEST_REASON, initial=known["texts"].get(code, ""),
                    widget=forms.TextInput({"lang": code, "aria-label": label}),
                )  # fmt: skip

    @property
    def words(self) -> Iterator[tuple[str, str, list[forms.BoundField]]]:
        """(code, the language's own name, its fields)."""
        for code in LANGUAGES:
            yield code, own_name(code), [self[f"{part}_{code}"] for part in PARTS]

    @property
    def reason_rows(self) -> Iterator[tuple[forms.BoundField, list[forms.BoundField]]]:
        for place in range(self.rows):
            yield self[f"reason_{place}_code"], [self[f"reason_{place}_{code}"] for code in LANGUAGES]

    def clean_title(self) -> str:
        title = " ".join(str(self.cleaned_data["title"]).split())
        if not title:
            raise ValidationError(_("Give the survey a title."))
        return title

    def clean_delay(self) -> int:
        return read_delay(str(self.cleaned_data["delay"]))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        remind, open_days = data.get("remind_after_days"), data.get("open_days")
        if remind and open_days and remind >= open_days:
            self.add_error("remind_after_days", _("The reminder would come when there is no time left to answer."))
        return data

    @property
    def condition_problems(self) -> list[Problem]:
        field = self.fields["conditions"]
        assert isinstance(field, ConditionsField)
        return field.problems if self.is_bound else problems(self.instance.conditions)

    def values(self) -> dict[str, Any]:
        """The columns of the survey, once the form is valid."""
        data = self.cleaned_data
        names = (
            "title", "kind", "moment", "is_active", "delay_is_business", "remind_after_days", "apart_days",
            "open_days", "conditions",
        )  # fmt: skip
        return {
            **{name: data[name] for name in names},
            "scale": scale_of(data["kind"], data["scale"]),
            "delay_minutes": data["delay"],
            **self.said(),
        }

    def said(self) -> dict[str, Any]:
        """Words and reasons, as far as they can be read: the preview asks before the form is right."""
        data = self.cleaned_data
        texts = {
            code: said
            for code in LANGUAGES
            if (said := {part: words for part in PARTS if (words := data.get(f"{part}_{code}", ""))})
        }
        return {"texts": texts, "reasons": list(self._reasons(data))}

    def _reasons(self, data: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """A reason keeps its code whatever becomes of its words: answers name it."""
        used = {data.get(f"reason_{place}_code") for place in range(self.rows)}
        for place in range(self.rows):
            texts = {code: words for code in LANGUAGES if (words := data.get(f"reason_{place}_{code}", ""))}
            if not texts:
                continue
            code = str(data.get(f"reason_{place}_code") or "")
            if not re.fullmatch(r"[a-z0-9_]{1,40}", code):
                code = _new_code(next(iter(texts.values())), used)
                used.add(code)
            yield {"code": code, "texts": texts}


def scale_of(kind: str, wanted: int | None) -> int:
    """The one a kind has; of satisfaction the one that was chosen."""
    own = {SurveyKind.NPS: NPS_STEPS, SurveyKind.CES: CES_STEPS}.get(SurveyKind(kind))
    return own or (wanted if wanted and wanted in STEPS[kind] else CSAT_STEPS[-1])


def _new_code(words: str, used: set[Any]) -> str:
    """Made of the words that it begins with: a condition that asks for it can be read."""
    base = re.sub(r"[^a-z0-9]+", "_", words.lower()).strip("_")[:30] or "reason"
    return next(code for number in range(1, 99) if (code := base if number == 1 else f"{base}_{number}") not in used)
