"""Forms of what a customer is known by, and of important dates. They read; the services judge."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.utils.translation import gettext_lazy as _

from customers.errors import Refused
from customers.models import IdentityKind, ImportantDate

# What an agent may write down; visitors of the chat have a token that nobody types.
TYPED = [kind for kind in IdentityKind if kind != IdentityKind.CHAT]


class IdentityForm(forms.Form):
    kind = forms.ChoiceField(label=_("Channel"), choices=[(kind.value, kind.label) for kind in TYPED])
    value = forms.CharField(label=_("Address, number or name"), max_length=320)
    take_over = forms.BooleanField(required=False, widget=forms.HiddenInput)

    def refuse(self, refusal: Refused) -> None:
        self.add_error("value", str(refusal))


class DateForm(forms.ModelForm[ImportantDate]):
    class Meta:
        model = ImportantDate
        fields: ClassVar = ["label", "day", "is_yearly"]
        labels: ClassVar = {"label": _("What"), "day": _("Day"), "is_yearly": _("Every year")}
        widgets: ClassVar = {"day": forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["label"].widget.attrs["placeholder"] = _("Birthday")

    def refuse(self, refusal: Refused) -> None:
        self.add_error(refusal.field or None, str(refusal))
