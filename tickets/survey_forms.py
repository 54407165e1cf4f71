"""Forms of surveys: what customers answer."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tickets.models import Score
from tickets.services.rating import LONGEST
from tickets.surveys.scales import Choice
from tickets.surveys.wording import Words


class AnswerForm(forms.Form):
    """One of the scale's values; why, for a bad one; and words. Templates draw the scale: surveys/_scale.html."""

    value = forms.TypedChoiceField(coerce=int, error_messages={"required": _("Choose an answer first.")})
    reasons = forms.MultipleChoiceField(
        label=_("What was it?"), required=False, widget=forms.CheckboxSelectMultiple
    )  # fmt: skip
    comment = forms.CharField(
        required=False, max_length=LONGEST, widget=forms.Textarea({"rows": 4, "maxlength": LONGEST})
    )  # fmt: skip

    def __init__(self, words: Words, data: Any = None, *, initial: dict[str, Any] | None = None) -> None:
        super().__init__(data, initial=initial)
        self.words = words
        value: Any = self.fields["value"]
        value.choices = [(choice.value, str(choice.label)) for choice in words.choices]
        reasons: Any = self.fields["reasons"]
        reasons.choices = words.reasons
        self.fields["comment"].label = words.comment

    @property
    def scale(self) -> list[tuple[Choice, bool, bool]]:
        """(choice, is it chosen, is it a bad one), the least content first."""
        chosen = str(self["value"].value())
        return [(choice, str(choice.value) == chosen, choice.score == Score.BAD) for choice in self.words.choices]
