"""How a person wants to be told: for each kind the ways, the quiet hours, and how often mails come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.models import NotificationKind, NotificationSettings
from tickets.notifications.listeners import BELL, DEFAULT_WAYS, EMAIL, PUSH, WAYS
from tickets.notifications.schedule import DAILY

RHYTHMS = [
    (0, _("At once")),
    (15, _("Every 15 minutes, together")),
    (60, _("Every hour, together")),
    (240, _("Every four hours, together")),
    (DAILY, _("Once a day, in the morning")),
]


@dataclass(frozen=True)
class Choice:
    """One tick of the table: a kind told in a way."""

    name: str
    label: str
    is_on: bool


class NotificationSettingsForm(forms.ModelForm[NotificationSettings]):
    email_each_minutes = forms.TypedChoiceField(label=_("Mails come"), choices=RHYTHMS, coerce=int)
    quiet_when_away = forms.BooleanField(label=_("Also be quiet while I am set to “Away”"), required=False)

    class Meta:
        model = NotificationSettings
        fields: ClassVar = ["email_each_minutes", "quiet_from", "quiet_until", "quiet_when_away"]
        labels: ClassVar = {"quiet_from": _("Quiet from"), "quiet_until": _("until")}
        widgets: ClassVar = {
            "quiet_from": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
            "quiet_until": forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if self.instance.quiet_from is None:
            self.initial["quiet_until"] = None  # an end without a beginning would look like half a setting

    def ways(self) -> list[tuple[str | Promise, list[Choice]]]:
        """The table: each kind with its ticks, as stored or as just sent."""
        return [(kind.label, [self._choice(kind, way) for way in offered_ways()]) for kind in NotificationKind]

    def _choice(self, kind: NotificationKind, way: str) -> Choice:
        name = f"{kind}.{way}"
        on = name in self.data if self.is_bound else way in self.instance.ways.get(kind, DEFAULT_WAYS[kind])
        return Choice(name, str(LABELS[way]), on)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        start, end = data.get("quiet_from"), data.get("quiet_until")
        if start and not end:
            self.add_error("quiet_until", ValidationError(_("Say when they end.")))
        if start and start == end:
            self.add_error("quiet_until", ValidationError(_("They would never end.")))
        return data

    def save(self, commit: bool = True) -> NotificationSettings:
        kept = self.instance.ways
        self.instance.ways = {
            kind.value: [
                way
                for way in WAYS
                if (f"{kind}.{way}" in self.data if way in offered_ways() else way in _kept(kept, kind))
            ]
            for kind in NotificationKind
        }
        saved: NotificationSettings = super().save(commit)
        return saved


LABELS = {BELL: _("Bell"), EMAIL: _("E-mail"), PUSH: _("Browser")}


def offered_ways() -> list[str]:
    """Push only where the installation allows it; what somebody chose before stays as it is."""
    return [way for way in WAYS if way != PUSH or settings.WEB_PUSH]


def way_labels() -> list[str]:
    return [str(LABELS[way]) for way in offered_ways()]


def _kept(ways: dict[str, list[str]], kind: NotificationKind) -> Any:
    return ways.get(kind, DEFAULT_WAYS[kind])
