"""The form of a custom field. Its options are rows of the page, read here as a list."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from customers.errors import Problems, Refused
from customers.models import CustomField, FieldKind, FieldOf

SPARE_ROWS = 3


class FieldForm(forms.Form):
    of = forms.ChoiceField(label=_("Of"), choices=FieldOf.choices)
    title = forms.CharField(label=_("Title"), max_length=80)
    key = forms.CharField(
        label=_("Key"),
        max_length=40,
        required=False,
        help_text=_("What the API, files and placeholders call it. Empty: made from the title. It stays for ever."),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=FieldKind.choices)
    pattern = forms.CharField(
        label=_("Form"),
        max_length=200,
        required=False,
        strip=False,
        help_text=_(
            "For “text of a form”: a regular expression that the whole text has to match, like [A-Z]{2}-[0-9]{4}."
        ),
    )
    help = forms.CharField(
        label=_("Help"),
        max_length=200,
        required=False,
        help_text=_("Stands under the field, and is said when it is refused."),
    )
    is_internal = forms.BooleanField(
        label=_("Internal: only for those who answer customers, not for other departments"), required=False
    )
    is_active = forms.BooleanField(label=_("Active"), required=False, initial=True)

    def __init__(self, data: Any = None, *, field: CustomField | None = None, of: str = "") -> None:
        initial = {name: getattr(field, name) for name in self.base_fields} if field else {"of": of or "customer"}
        super().__init__(data, initial=initial)
        self.field = field
        if field:
            for name in ("of", "key", "kind"):
                del self.fields[name]
            if field.kind != FieldKind.REGEXP:
                del self.fields["pattern"]

    @property
    def has_options(self) -> bool:
        """A new field may still become a list."""
        return self.field is None or self.field.kind in (FieldKind.DROPDOWN, FieldKind.MULTISELECT)

    @property
    def options(self) -> list[str]:
        return self._sent("option")

    @property
    def was(self) -> list[str]:
        return self._sent("was")

    def _sent(self, name: str) -> list[str]:
        if isinstance(self.data, QueryDict) and self.is_bound:
            return self.data.getlist(name)
        return list(self.field.options if self.field else [])

    @property
    def rows(self) -> list[tuple[str, str]]:
        """Each option with its former name, and empty ones for more."""
        was = [*self.was, *[""] * len(self.options)]
        return [*zip(self.options, was, strict=False), *[("", "")] * SPARE_ROWS]

    @property
    def values(self) -> dict[str, Any]:
        return {**self.cleaned_data, "options": self.options}

    def refuse(self, refusal: Refused) -> None:
        reasons = refusal.by_field if isinstance(refusal, Problems) else {refusal.field: str(refusal)}
        for name, reason in reasons.items():
            self.add_error(name if name in self.fields else None, reason)
