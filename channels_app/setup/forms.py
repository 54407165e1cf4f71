"""The form by which an account is connected: its name, its inbox, and what its kind needs."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.models import ProviderAccount
from channels_app.setup.fields import Field, Kept
from channels_app.setup.setups import setup_of
from tickets.models import Inbox
from tickets.services import Refused

WRONG = gettext_lazy("This does not look right: see the hint.")
# By how a field's pattern begins: what to write in place of what was written.
SHAPES = {
    "[0-9]{5,16}:": gettext_lazy("Digits, a colon and what follows it: copy all of it."),
    "[0-9]{": gettext_lazy("Digits alone, without spaces."),
    r"\+": gettext_lazy("With + and the country, like +49301234567."),
    "https://": gettext_lazy("An address that begins with https://."),
    "https?://": gettext_lazy("An address that begins with https://."),
    "AC": gettext_lazy("It begins with AC; 32 letters and digits follow."),
    "MG": gettext_lazy("It begins with MG; 32 letters and digits follow."),
    r"\S": gettext_lazy("This is too short, or has spaces: copy all of it."),
    "[0-9a-fA-F]{": gettext_lazy("Digits and the letters a to f alone: copy all of it."),
}


class AccountForm(forms.Form):
    """`values` are those of the kind's fields."""

    name = forms.CharField(
        label=gettext_lazy("Name"), max_length=80, help_text=gettext_lazy("As your agents should see it.")
    )
    inbox = forms.ModelChoiceField(
        Inbox.objects.filter(is_active=True),
        label=gettext_lazy("Inbox"),
        empty_label=None,
        help_text=gettext_lazy("New tickets belong to it, and to its team."),
    )
    submit_key = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, data: Any, kind: str, account: ProviderAccount | None) -> None:
        super().__init__(data)
        self.asked = [field for field in setup_of(kind).fields if not field.is_made_by_us]
        for field in self.asked:
            self.fields[field.name] = _form_field(field, account)
        if account:
            self.initial = {"name": account.name, "inbox": account.inbox_id, **_initial(self.asked, account)}
        else:
            self.initial = {field.name: field.initial for field in self.asked if field.initial}
            self.initial["submit_key"] = uuid4()

    @property
    def values(self) -> dict[str, str]:
        return {field.name: self.cleaned_data.get(field.name) or "" for field in self.asked}

    def refuse(self, refusal: Refused) -> None:
        self.add_error(refusal.field if refusal.field in self.fields else None, str(refusal))


def _form_field(field: Field, account: ProviderAccount | None) -> forms.Field:
    if field.is_flag:
        return forms.BooleanField(label=field.label, help_text=field.help, required=False)
    if field.choices:
        choices = field.choices if callable(field.choices) else list(field.choices)
        return forms.ChoiceField(label=field.label, help_text=field.help, choices=choices, required=field.is_required)
    is_secret = field.kept is Kept.SECRET
    wrong = next((words for begin, words in SHAPES.items() if field.pattern.startswith(begin)), WRONG)
    checks = [RegexValidator(rf"^(?:{field.pattern})\Z", wrong)] if field.pattern else []
    attrs = {"dir": "ltr", "autocomplete": "off", "spellcheck": "false"}
    stays = is_secret and account is not None
    return forms.CharField(
        label=field.label,
        help_text=_("Leave it empty to keep the one there is.") if stays else field.help,
        required=field.is_required and not stays,
        max_length=600,
        validators=checks,
        widget=forms.PasswordInput(attrs=attrs) if is_secret else forms.TextInput(attrs=attrs),
    )


def _initial(asked: list[Field], account: ProviderAccount) -> dict[str, Any]:
    known = {field.name: account.option(field.name) for field in asked if field.kept is Kept.OPTION}
    named = next((field.name for field in asked if field.kept is Kept.EXTERNAL_ID), None)
    return {**known, named: account.external_id} if named else known
