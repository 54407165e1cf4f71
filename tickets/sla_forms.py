"""The form of an SLA policy: its filter, and a table of targets in which people write `4h` or `1h 30m`."""

from __future__ import annotations

import re
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.builder import ConditionsField
from tickets.conditions import Problem, problems
from tickets.conditions.scopes import SLA
from tickets.models import Priority, SlaMetric, SlaPolicy
from tickets.sla import terms

UNITS = {"d": 86_400, "h": 3600, "m": 60, "min": 60, "s": 1}
PART = re.compile(r"\s*(\d{1,6}(?:[.,]\d{1,3})?)\s*(d|h|min|m|s)")
PRIORITIES = tuple(value for value in reversed(Priority.values) if value)  # urgent first
SWITCHES = {
    terms.FIRST_REPLY_FOR_AGENTS: gettext_lazy("First reply: also starts on tickets that agents open"),
    terms.FIRST_REPLY_FOR_LIGHT: gettext_lazy("First reply: also starts on tickets that light agents open or forward"),
    terms.FIRST_REPLY_FOR_OWN: gettext_lazy("First reply: also starts on requests of our own staff"),
    terms.FIRST_REPLY_BY_NOTE: gettext_lazy("First reply: an internal note fulfils it"),
    terms.NEXT_REPLY_FOR_NOTE: gettext_lazy("Next reply: also starts when a customer adds an internal note"),
    terms.NEXT_REPLY_FOR_OWN: gettext_lazy("Next reply: also starts when staff write on their own request"),
    terms.NEXT_REPLY_FOR_LIGHT: gettext_lazy("Next reply: also starts on a light agent’s note"),
    terms.NEXT_REPLY_BY_NOTE: gettext_lazy("Next reply: an internal note fulfils it"),
    terms.UPDATE_FOR_NOTE: gettext_lazy("Periodic update: also starts on an internal note"),
}


class Cell(NamedTuple):
    """One place in the table: what was written, and whether it counts in working hours."""

    name: str
    priority: str
    label: str
    text: str
    is_business: bool
    error: str


def read_length(text: str) -> int | None:
    """Seconds of `4h`, `1h 30m`, `90 s`; None for nothing. Raises ValidationError."""
    text = text.strip().lower()
    if not text:
        return None
    seconds, at = 0.0, 0
    for part in PART.finditer(text):
        if part.start() != at:
            break
        seconds, at = seconds + float(part[1].replace(",", ".")) * UNITS[part[2]], part.end()
    if at != len(text):
        raise ValidationError(_("Write it like 30m, 4h or 1h 30m."))
    if not terms.SHORTEST <= seconds <= terms.LONGEST:
        raise ValidationError(_("A target is at least 15 seconds and at most five years."))
    return round(seconds)


def write_length(seconds: int) -> str:
    parts = []
    for unit in ("h", "m", "s"):  # no days: they have 24 hours here, and fewer where people work
        count, seconds = divmod(seconds, UNITS[unit])
        if count:
            parts.append(f"{count}{unit}")
    return " ".join(parts)


class PolicyForm(forms.ModelForm[SlaPolicy]):
    warn_percent = forms.IntegerField(
        label=gettext_lazy("Warn when this much of a target is used up, in percent"),
        min_value=0, max_value=99, initial=terms.WARN_PERCENT,
        help_text=gettext_lazy("0: no warning. Warnings and breaches are there for triggers to react to."),
    )  # fmt: skip
    switches = forms.MultipleChoiceField(
        label=gettext_lazy("Advanced"), required=False, choices=list(SWITCHES.items()),
        widget=forms.CheckboxSelectMultiple,
    )  # fmt: skip

    class Meta:
        model = SlaPolicy
        fields: ClassVar = ["title", "description", "is_active", "calendar"]

    def __init__(self, data: Any, instance: SlaPolicy) -> None:
        super().__init__(data, instance=instance)
        self.fields["conditions"] = ConditionsField(scope=SLA)
        self.fields["description"].widget.attrs["placeholder"] = _("Whom it is for, in one line")
        self.fields["calendar"].empty_label = _("The ticket’s or its team’s, else the default")  # type: ignore[attr-defined]
        self.fields["calendar"].label = _("Working hours")
        settings = instance.settings
        self.initial.update(
            conditions=instance.conditions,
            warn_percent=settings.get(terms.WARN, terms.WARN_PERCENT),
            switches=[name for name in SWITCHES if settings.get(name)],
        )
        self.wrong: dict[str, str] = {}
        self.targets: list[dict[str, Any]] = []

    def clean_title(self) -> str:
        title = " ".join(str(self.cleaned_data["title"]).split())
        if not title:
            raise ValidationError(_("Give the policy a title."))
        return title

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        for metric in SlaMetric.values:
            for priority in PRIORITIES:
                self._read_cell(metric, priority)
        if self.wrong:
            raise ValidationError(_("Some targets can’t be read. They are marked."))
        if not self.targets:
            raise ValidationError(_("A policy promises something: write at least one target."))
        return data

    def _read_cell(self, metric: str, priority: str) -> None:
        name = f"{metric}-{priority}"
        try:
            seconds = read_length(str(self.data.get(name, ""))[:40])
        except ValidationError as error:
            self.wrong[name] = error.messages[0]
            return
        if seconds is not None:
            is_business = f"{name}-hours" in self.data
            self.targets.append(
                {"priority": priority, "metric": metric, "target": seconds, "business_hours": is_business}
            )

    @property
    def table(self) -> list[tuple[str, str, list[Cell]]]:
        """(metric, its name, a cell for each priority), as sent or as stored."""
        stored = {(row["metric"], row["priority"]): row for row in self.instance.targets}
        rows = []
        for metric, label in SlaMetric.choices:
            cells = [
                self._cell(metric, str(label), priority, stored.get((metric, priority))) for priority in PRIORITIES
            ]
            rows.append((metric, str(label), cells))
        return rows

    def _cell(self, metric: str, label: str, priority: str, row: dict[str, Any] | None) -> Cell:
        name = f"{metric}-{priority}"
        if self.is_bound:
            text, is_business = str(self.data.get(name, ""))[:40], f"{name}-hours" in self.data
        else:
            text = write_length(row["target"]) if row else ""
            is_business = bool(row["business_hours"]) if row else True
        spoken = f"{label}, {Priority(priority).label}"
        return Cell(name, priority, spoken, text, is_business, self.wrong.get(name, ""))

    @property
    def condition_problems(self) -> list[Problem]:
        """With the conditions as the form shows them: those sent, or those stored."""
        field = self.fields["conditions"]
        assert isinstance(field, ConditionsField)
        return field.problems if self.is_bound else problems(self.instance.conditions, SLA)

    def values(self) -> dict[str, Any]:
        """The fields of the policy, once the form is valid."""
        data = self.cleaned_data
        calendar = data["calendar"]
        chosen = dict.fromkeys(data["switches"], True)
        return {
            **{name: data[name] for name in ("title", "description", "is_active", "conditions")},
            "targets": self.targets,
            "settings": {**chosen, terms.WARN: data["warn_percent"]},
            "calendar_id": calendar.pk if calendar else None,
        }


def target_lines(targets: list[dict[str, Any]]) -> list[str]:
    """For revisions: a line for each promise, in the order of the table."""
    working = _("working hours")
    by_place = sorted(targets, key=lambda row: (row["metric"], PRIORITIES.index(row["priority"])))
    return [
        f"{SlaMetric(row['metric']).label}, {Priority(row['priority']).label}: {write_length(row['target'])}"
        + (f" ({working})" if row.get("business_hours") else "")
        for row in by_place
    ]


def setting_lines(settings: dict[str, Any]) -> list[str]:
    warn = settings.get(terms.WARN, terms.WARN_PERCENT)
    warning = _("Warns at %(percent)s %%") % {"percent": warn} if warn else _("Does not warn")
    return [warning, *(str(label) for name, label in SWITCHES.items() if settings.get(name))]
