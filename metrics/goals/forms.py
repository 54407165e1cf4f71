"""Making and changing a goal. Targets of durations are written as people say them: 2h 30m."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.formats import number_format, sanitize_separators
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from helpdesk.accounts.models import Role, User
from metrics.goals.measuring import offered
from metrics.goals.words import unit_of
from metrics.measure import Unit
from metrics.measures import MEASURES
from metrics.models import Direction, Goal
from tickets.sla_forms import read_length, write_length

MOST = 1e12
MADE_OF = ("measure", "part", "is_business", "team", "period")  # with another one of these it is another goal


class GoalForm(forms.ModelForm[Goal]):
    measure = forms.ChoiceField(label=gettext_lazy("Measure"))
    target = forms.CharField(
        label=gettext_lazy("Target"),
        max_length=40,
        help_text=gettext_lazy("A number, per cent like 90, or a time like 30m, 4h or 1h 30m, as the measure asks."),
    )
    people = forms.ModelMultipleChoiceField(
        label=gettext_lazy("Who is told"),
        queryset=User.objects.none(),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy(
            "Once when it is in danger and once when it is missed, by bell and mail as each has chosen."
        ),
    )

    class Meta:
        model = Goal
        fields: ClassVar = ["measure", "part", "is_business", "team", "direction", "target", "period", "people"]
        help_texts: ClassVar = {"part": gettext_lazy("Of measures of time. All others have one figure.")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.made_of = [getattr(self.instance, name) for name in MADE_OF]
        choices = [(measure.name, measure.label) for measure in offered()]
        if self.instance.pk and self.instance.measure not in MEASURES:
            choices.append((self.instance.measure, self.instance.measure))
        self.fields["measure"].choices = choices  # type: ignore[attr-defined]
        self.fields["team"].empty_label = _("All teams")  # type: ignore[attr-defined]
        readers = User.objects.filter(is_active=True, role__in=[Role.ADMIN, Role.LEAD])
        self.fields["people"].queryset = readers  # type: ignore[attr-defined]
        if self.instance.pk:
            self.initial["target"] = self._written()

    def _written(self) -> str:
        target = self.instance.target
        if unit_of(self.instance) is Unit.DURATION:
            return write_length(round(target))
        return str(number_format(target, decimal_pos=None if target % 1 else 0, use_l10n=True))

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        measure, text = MEASURES.get(data.get("measure", "")), data.get("target")
        if measure and text is not None:
            try:
                data["target"] = self._read(text, measure.unit, data.get("direction", ""))
            except ValidationError as error:
                self.add_error("target", error)
        return data

    def _read(self, text: str, unit: Unit, direction: str) -> float:
        if unit is Unit.DURATION:
            seconds = read_length(text)
            if seconds is None:
                raise ValidationError(_("Write it like 30m, 4h or 1h 30m."))
            return float(seconds)
        try:
            number = float(sanitize_separators(text.removesuffix("%").strip()))
        except ValueError:
            raise ValidationError(_("Write a number.")) from None
        if unit is Unit.PERCENT and not 0 <= number <= 100:
            raise ValidationError(_("Per cent lie between 0 and 100."))
        if unit is Unit.COUNT and not 0 <= number < MOST:
            raise ValidationError(_("Write a number that can be counted: 0 or more."))
        if not abs(number) < MOST:  # neither infinity nor what is no number
            raise ValidationError(_("Write a number."))
        if unit is Unit.COUNT and number == 0 and direction == Direction.AT_LEAST:
            raise ValidationError(_("At least 0 is always reached."))
        return number

    @property
    def is_another(self) -> bool:
        """What was counted for the goal before says nothing of the one it has become."""
        return self.made_of != [getattr(self.instance, name) for name in MADE_OF]
