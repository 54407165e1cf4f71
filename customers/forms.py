"""The form of a record: of all its fields, or of the one that is edited in place. It only reads what was typed.

What a value has to be is said by customers/record.py, whose refusals are put to their fields here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from django import forms
from django.conf.locale import LANG_INFO
from django.db.models import Q
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers import fields as custom
from customers.columns import COLUMNS, Record
from customers.errors import Problems, Refused
from customers.models import Customer, CustomField, FieldKind, FieldOf, IdentityKind
from customers.policies import FULL_AGENTS
from customers.record import Stale, seen_of, value_of
from helpdesk.accounts.forms import time_zone_choices
from helpdesk.accounts.models import User

NOTHING = [("", "–")]
LONG = frozenset({"notes"})  # columns of several lines
SUGGESTED = frozenset({"tier", "account_type", "tags", "location"})  # columns with suggestions of what is in use
HELP = {
    "tags": gettext_lazy("Words with commas between them."),
    "contact_preferences": gettext_lazy("For example: in the mornings, in writing only."),
    "organisation": gettext_lazy("Begin to type its name."),
}


class RecordForm(forms.Form):
    """`names` are columns or `custom_fields.<key>`; without them all that `user` may see."""

    is_stale = False  # refused because a colleague has changed the same

    def __init__(
        self, subject: Record, user: User, data: Mapping[str, Any] | None = None, *, names: Iterable[str] | None = None
    ) -> None:
        super().__init__(data)
        self.subject = subject
        of = FieldOf.CUSTOMER if isinstance(subject, Customer) else FieldOf.ORGANISATION
        self.custom = {custom.PREFIX + field.key: field for field in custom.fields_of(of, user)}
        every = [*COLUMNS[of], *self.custom]
        in_place = names is not None
        for name in every if names is None else [name for name in names if name in every]:
            self.fields[name] = self._field(name)
            self.initial[name] = initial_of(value_of(subject, name))
            if in_place:
                self.fields[name].widget.attrs["autofocus"] = True

    def _field(self, name: str) -> forms.Field:
        if name in self.custom:
            return _custom_field(self.custom[name], value_of(self.subject, name))
        field = BUILT.get(name, _line)(self.subject, name)
        field.label, field.required = label_of(self.subject, name), False
        field.help_text = HELP.get(name, "")
        return field

    @property
    def columns(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name not in self.custom]

    @property
    def extras(self) -> list[forms.BoundField]:
        return [self[name] for name in self.fields if name in self.custom]

    @property
    def values(self) -> dict[str, Any]:
        """What was sent. A field that was not is left alone, but for lists: there it means that nothing is chosen."""
        sent = {name for name in self.fields if name in self.data or _is_list(self.fields[name])}
        return {name: value for name, value in self.cleaned_data.items() if name in sent}

    @property
    def seen(self) -> dict[str, str]:
        """What the record says now, for the form to carry along."""
        return {name: seen_of(value_of(self.subject, name)) for name in self.fields}

    def refuse(self, refusal: Refused) -> None:
        self.is_stale = isinstance(refusal, Stale)
        reasons = refusal.by_field if isinstance(refusal, Problems) else {refusal.field: str(refusal)}
        for name, reason in reasons.items():
            self.add_error(name if name in self.fields else None, reason)


def label_of(subject: Record, name: str) -> str:
    label = str(subject._meta.get_field(name).verbose_name)  # type: ignore[union-attr]
    return label[:1].upper() + label[1:]


def initial_of(value: Any) -> Any:
    """As a form field shows it."""
    if isinstance(value, User):
        return value.pk
    if isinstance(value, bool):
        return "1" if value else "0"
    return value if isinstance(value, list) or value is None else str(value)


def _is_list(field: forms.Field) -> bool:
    return isinstance(field, forms.MultipleChoiceField)


class TagList(forms.CharField):
    """A list in one line, with commas."""

    def prepare_value(self, value: Any) -> Any:
        return ", ".join(value) if isinstance(value, list) else value


def _line(subject: Record, name: str) -> forms.Field:
    widget = forms.Textarea(attrs={"rows": 4}) if name in LONG else forms.TextInput()
    if name in SUGGESTED:
        widget.attrs |= _suggesting(name, f"{reverse_lazy('customer-suggestions')}?field={name}")
    kind = TagList if name in ("tags", "domains") else forms.CharField
    return kind(widget=widget)


def _suggesting(name: str, address: str) -> dict[str, str]:
    """A field whose suggestions are fetched when somebody gets to it."""
    return {
        "list": f"{name}-suggestions",
        "autocomplete": "off",
        "hx-get": address,
        "hx-trigger": "focus once, input changed delay:150ms",
        "hx-target": f"#{name}-suggestions",
        "hx-swap": "innerHTML",
    }


def _organisation(subject: Record, name: str) -> forms.Field:
    address = f"{reverse_lazy('customer-suggestions')}?field=organisation"
    return forms.CharField(widget=forms.TextInput(attrs=_suggesting(name, address)))


def _language(subject: Record, name: str) -> forms.Field:
    current = subject.language if isinstance(subject, Customer) else ""
    return _choice(_languages(), current)


def _languages() -> list[tuple[str, str]]:
    named = [(code, _(facts["name"])) for code, facts in LANG_INFO.items() if "name" in facts and len(code) <= 8]
    return sorted(named, key=lambda one: one[1].casefold())


def _time_zone(subject: Record, name: str) -> forms.Field:
    return _choice(time_zone_choices(), subject.time_zone if isinstance(subject, Customer) else "")


def _owner(subject: Record, name: str) -> forms.Field:
    mine = Q(is_active=True, role__in=FULL_AGENTS) | Q(pk=subject.owner_id)
    return _choice([(str(user.pk), str(user)) for user in User.objects.filter(mine).order_by("name")], "")


def _channel(subject: Record, name: str) -> forms.Field:
    return _choice([(kind.value, str(kind.label)) for kind in IdentityKind if kind != IdentityKind.EXTERNAL], "")


def _yes_or_no(subject: Record, name: str) -> forms.Field:
    return forms.ChoiceField(choices=[("0", _("No")), ("1", _("Yes"))])


def _choice(choices: Sequence[tuple[str, str]], current: str) -> forms.Field:
    """What is there and is no choice any more can be kept."""
    known = {value for value, _label in choices}
    more = [(current, current)] if current and current not in known else []
    return forms.ChoiceField(choices=[*NOTHING, *choices, *more])


BUILT: dict[str, Callable[[Record, str], forms.Field]] = {
    "organisation": _organisation,
    "parent": _organisation,
    "language": _language,
    "time_zone": _time_zone,
    "owner": _owner,
    "preferred_channel": _channel,
    "shares_tickets": _yes_or_no,
}


def _custom_field(of: CustomField, current: Any) -> forms.Field:
    field = _KINDS.get(FieldKind(of.kind), _typed)(of, current)
    field.label, field.required, field.help_text = of.title, False, of.help
    return field


def _typed(of: CustomField, current: Any) -> forms.Field:
    modes = {FieldKind.INTEGER: "numeric", FieldKind.DECIMAL: "decimal"}
    attrs = {"inputmode": modes[FieldKind(of.kind)]} if of.kind in modes else {}
    return forms.CharField(widget=forms.TextInput(attrs=attrs))


def _area(of: CustomField, current: Any) -> forms.Field:
    return forms.CharField(widget=forms.Textarea(attrs={"rows": 3}))


def _checkbox(of: CustomField, current: Any) -> forms.Field:
    """Three answers, since nobody may have said."""
    return forms.ChoiceField(choices=[*NOTHING, ("1", _("Yes")), ("0", _("No"))])


def _date(of: CustomField, current: Any) -> forms.Field:
    return forms.CharField(widget=forms.TextInput(attrs={"type": "date"}))


def _dropdown(of: CustomField, current: Any) -> forms.Field:
    return _choice([(option, option) for option in of.options], str(current or ""))


def _multiselect(of: CustomField, current: Any) -> forms.Field:
    choices = [(option, option) for option in of.options]
    return forms.MultipleChoiceField(choices=choices, widget=forms.CheckboxSelectMultiple)


_KINDS: dict[FieldKind, Callable[[CustomField, Any], forms.Field]] = {
    FieldKind.TEXTAREA: _area,
    FieldKind.CHECKBOX: _checkbox,
    FieldKind.DATE: _date,
    FieldKind.DROPDOWN: _dropdown,
    FieldKind.MULTISELECT: _multiselect,
}
