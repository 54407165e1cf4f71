"""The form of a segment."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Segment
from helpdesk.accounts.models import User
from tickets.builder import ConditionsField
from tickets.conditions import Problem, problems
from tickets.conditions.scopes import CUSTOMER
from tickets.customers.segments import may_share

ME, EVERYONE = "me", "everyone"


class SegmentForm(forms.ModelForm[Segment]):
    audience = forms.ChoiceField(label=gettext_lazy("Who sees it"))
    conditions = ConditionsField(label=gettext_lazy("Conditions"), scope=CUSTOMER)

    class Meta:
        model = Segment
        fields: ClassVar = ["name", "description", "conditions", "is_badge", "colour"]

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user
        everyone = [(EVERYONE, _("Everyone"))] if may_share(user) else []
        self.fields["audience"].choices = [(ME, _("Only me")), *everyone]  # type: ignore[attr-defined]
        self.fields["description"].widget.attrs["placeholder"] = _("What it is for, in a few words")
        self.initial.setdefault("audience", ME if self.instance.owner_id or self.instance.pk is None else EVERYONE)
        if not everyone:
            del self.fields["is_badge"], self.fields["colour"]

    def clean_name(self) -> str:
        name = " ".join(self.cleaned_data["name"].split())
        if not name:
            raise ValidationError(_("Give the segment a name."))
        return name

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("is_badge") and data.get("audience") == ME:
            self.add_error("audience", _("A badge is seen by everyone."))
        return data

    @property
    def found_problems(self) -> list[Problem]:
        """With the conditions as the form shows them: those sent, or those stored."""
        field = self.fields["conditions"]
        assert isinstance(field, ConditionsField)
        return field.problems if self.is_bound else problems(self.initial.get("conditions") or {}, CUSTOMER)

    def values(self) -> dict[str, Any]:
        """The columns of the segment, once the form is valid."""
        data = self.cleaned_data
        kept = {name: data[name] for name in self.Meta.fields if name in data}
        return {**kept, "owner": self.user if data["audience"] == ME else None}
