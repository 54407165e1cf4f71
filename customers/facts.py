"""What the panel beside a customer's timeline shows: each field with its value in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language_info

from customers import fields as custom
from customers.columns import COLUMNS, Record
from customers.forms import label_of
from customers.models import Customer, FieldOf, IdentityKind
from customers.record import seen_of, value_of
from customers.timeline import said
from helpdesk.accounts.models import User

IN_THE_HEAD = frozenset({"name"})  # over the others, not among them
DRAWN_APART = frozenset({"tags"})
LONG = frozenset({"notes"})


@dataclass(frozen=True)
class Fact:
    """`text` is empty where nothing is known; `seen` is what a form about it carries along."""

    name: str
    label: str
    text: str
    seen: str
    is_long: bool = False
    is_internal: bool = False

    @property
    def html_id(self) -> str:
        return f"fact-{self.name.replace('.', '-')}"


def facts_of(subject: Record, user: User) -> list[Fact]:
    """The columns, then the custom fields that `user` may see."""
    of = FieldOf.CUSTOMER if isinstance(subject, Customer) else FieldOf.ORGANISATION
    facts = [_fact(subject, name) for name in COLUMNS[of] if name not in DRAWN_APART]
    for field in custom.fields_of(of, user):
        value = subject.custom_fields.get(field.key)
        text, is_long = custom.said(field, value), field.kind == "textarea"
        facts.append(Fact(custom.PREFIX + field.key, field.title, text, seen_of(value), is_long, field.is_internal))
    return facts


def _fact(subject: Record, name: str) -> Fact:
    value = value_of(subject, name)
    return Fact(name, label_of(subject, name), _text(name, value), seen_of(value), name in LONG)


def _text(name: str, value: Any) -> str:
    if value in (None, "", []):
        return ""
    match name:
        case "language":
            return _language(str(value))
        case "preferred_channel" if value in IdentityKind.values:
            return str(IdentityKind(value).label)
        case "time_zone":
            return str(value).replace("_", " ")
    return said(value)


def _language(code: str) -> str:
    try:
        return str(get_language_info(code)["name_translated"])
    except KeyError:
        return code
