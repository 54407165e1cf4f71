"""The form of an account action in the settings, and the form that is filled in before one is done."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Any, ClassVar

from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.forms import BoundField
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.models import Order
from customers.money import money
from customers.orders import STATUS_WORDS
from helpdesk.accounts.models import Role
from helpdesk.integrations.models import AccountAction, InputKind
from helpdesk.lib import outside

MOST_INPUTS = 5
ICONS = [
    ("zap", gettext_lazy("Lightning")), ("undo-2", gettext_lazy("Back")), ("refresh-cw", gettext_lazy("Exchange")),
    ("ban", gettext_lazy("Stop")), ("arrow-up", gettext_lazy("Up")), ("package", gettext_lazy("Parcel")),
    ("send", gettext_lazy("Send")), ("star", gettext_lazy("Star")), ("key-round", gettext_lazy("Key")),
    ("calendar-clock", gettext_lazy("Calendar")), ("badge-check", gettext_lazy("Badge")), ("tag", gettext_lazy("Tag")),
]  # fmt: skip
MAY = [(Role.ADMIN, Role.ADMIN.label), (Role.LEAD, Role.LEAD.label), (Role.AGENT, Role.AGENT.label)]


class ActionForm(forms.ModelForm[AccountAction]):
    """Five lines of inputs: a line without a name is none."""

    icon = forms.ChoiceField(label=gettext_lazy("Symbol"), choices=ICONS)
    order_statuses = forms.MultipleChoiceField(
        label=gettext_lazy("On orders that are"),
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=gettext_lazy("None of them: on all orders."),
    )
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Who may"), choices=MAY, widget=forms.CheckboxSelectMultiple, initial=[Role.ADMIN, Role.LEAD]
    )

    class Meta:
        model = AccountAction
        fields: ClassVar = [
            "name", "icon", "url", "applies_to", "order_statuses", "confirm_text", "roles", "is_once", "is_active",
        ]  # fmt: skip
        help_texts: ClassVar = {
            "confirm_text": gettext_lazy("Such as: The customer gets the money back within three days."),
            "is_once": gettext_lazy("Not offered again where it has succeeded."),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        url = self.fields["url"]
        url.help_text = _("https only, and none inside this network. It is called with a signature.")
        url.widget = forms.URLInput(attrs={"placeholder": "https://shop.example.com/onethread/refund", "dir": "ltr"})
        statuses = dict(STATUS_WORDS) | {status: status for status in self.instance.order_statuses or []}
        field = self.fields["order_statuses"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = list(statuses.items())
        self._add_inputs(self.instance.inputs or [])

    def _add_inputs(self, known: list[dict[str, Any]]) -> None:
        for number in range(MOST_INPUTS):
            one = known[number] if number < len(known) else {}
            self.fields[f"label_{number}"] = forms.CharField(
                label=_("Name"), required=False, max_length=60, initial=one.get("label", "")
            )
            self.fields[f"kind_{number}"] = forms.ChoiceField(
                label=_("Kind"), required=False, choices=InputKind.choices, initial=one.get("kind", InputKind.TEXT)
            )
            self.fields[f"options_{number}"] = forms.CharField(
                label=_("Choices, with commas between them"),
                required=False,
                max_length=500,
                initial=", ".join(one.get("options", [])),
            )
            self.fields[f"required_{number}"] = forms.BooleanField(
                label=_("Must be given"), required=False, initial=one.get("required", False)
            )

    def input_lines(self) -> Iterator[list[BoundField]]:
        for number in range(MOST_INPUTS):
            yield [self[f"{part}_{number}"] for part in ("label", "kind", "options", "required")]

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"].strip()
        try:
            outside.read_url(url, trusted=settings.WEBHOOK_PRIVATE_HOSTS, any_port=True)
        except outside.NotAllowed as error:
            raise ValidationError(_("This is no https address of a public server.")) from error
        return url

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        inputs: list[dict[str, Any]] = []
        for number in range(MOST_INPUTS):
            label = (cleaned.get(f"label_{number}") or "").strip()
            if not label:
                continue
            kind = cleaned.get(f"kind_{number}") or InputKind.TEXT
            options = list(dict.fromkeys(filter(None, map(str.strip, cleaned[f"options_{number}"].split(",")))))
            if kind == InputKind.CHOICE and not options:
                self.add_error(f"options_{number}", _("Say what can be chosen."))
            key = re.sub(r"[^a-z0-9]+", "_", slugify(label)).strip("_") or f"input_{number + 1}"
            if any(each["key"] == key for each in inputs):
                self.add_error(f"label_{number}", _("This name is there twice."))
            required = bool(cleaned.get(f"required_{number}"))
            inputs.append({"key": key, "label": label, "kind": kind, "required": required, "options": options})
        cleaned["inputs"] = inputs
        return cleaned


class RunForm(forms.Form):
    """What an action asks for. `inputs` are what is sent, `said` the same in words."""

    def __init__(self, action: AccountAction, order: Order | None, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action, self.order = action, order
        for one in action.inputs:
            self.fields[f"in_{one['key']}"] = _field(one, order)

    @property
    def inputs(self) -> dict[str, Any]:
        sent = {}
        for one in self.action.inputs:
            value = self.cleaned_data.get(f"in_{one['key']}")
            sent[one["key"]] = f"{value:f}" if isinstance(value, Decimal) else value
        return sent

    @property
    def said(self) -> str:
        words = []
        for one in self.action.inputs:
            value = self.cleaned_data.get(f"in_{one['key']}")
            if value in (None, ""):
                continue
            if isinstance(value, bool):
                value = _("yes") if value else _("no")
            elif one["kind"] == InputKind.AMOUNT and self.order:
                value = money(value, self.order.currency)
            words.append(f"{one['label']}: {value}")
        return ", ".join(words)[:500]


def _field(one: dict[str, Any], order: Order | None) -> forms.Field:
    label, required = one["label"], one["required"]
    match one["kind"]:
        case InputKind.NUMBER:
            return forms.DecimalField(label=label, required=required, max_digits=18, decimal_places=4)
        case InputKind.AMOUNT:
            most = order.total if order else None
            help_text = _("%(currency)s, at most %(most)s") % {
                "currency": order.currency, "most": money(order.total, order.currency),
            } if order else ""  # fmt: skip
            return forms.DecimalField(
                label=label, required=required, min_value=Decimal("0.01"), max_value=most, max_digits=18,
                decimal_places=4, help_text=help_text,
            )  # fmt: skip
        case InputKind.CHOICE:
            blank = [] if required else [("", "–")]
            choices = [*blank, *((option, option) for option in one["options"])]
            return forms.ChoiceField(label=label, required=required, choices=choices)
        case InputKind.CHECKBOX:
            return forms.BooleanField(label=label, required=required)
    return forms.CharField(label=label, required=required, max_length=1000)
