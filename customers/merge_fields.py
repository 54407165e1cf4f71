"""The fields of two records side by side: what each says, what is proposed, and what becomes of a choice.

A snapshot is a record's fields as JSON, each custom field by a key of its own: `{"name": …, "custom_fields.plan": …}`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from customers.models import Customer, Organisation
from helpdesk.accounts.models import User

MINE, THEIRS, BOTH = "survivor", "merged", "both"

CHOSEN = (
    "name", "pronouns", "organisation", "location", "language", "time_zone", "tier", "account_type", "owner", "tags",
    "preferred_channel", "contact_preferences", "avatar", "notes",
)  # fmt: skip
JOINED = ("tags", "notes")  # fields that can keep what both sides say
# What nobody chooses: the older one of the two moments; and what is no field of a person.
BY_ITSELF = ("created_at",)
LEFT_ALONE = ("id", "custom_fields", "merged_into", "erased_at", "updated_at")
CUSTOM = "custom_fields."
_ROWS: Mapping[str, type[Organisation] | type[User]] = {"organisation": Organisation, "owner": User}

Values = dict[str, Any]


def snapshot(customer: Customer) -> Values:
    values: Values = {name: getattr(customer, f"{name}_id" if name in _ROWS else name) for name in CHOSEN}
    values["tags"] = list(customer.tags)
    values["created_at"] = customer.created_at.isoformat()
    return values | {f"{CUSTOM}{key}": value for key, value in customer.custom_fields.items()}


def restore(customer: Customer, values: Mapping[str, Any]) -> None:
    """Set the fields that `values` names; None takes a custom field away. A company that is gone stays gone."""
    custom = dict(customer.custom_fields)
    for field, value in values.items():
        if field.startswith(CUSTOM):
            custom[field.removeprefix(CUSTOM)] = value
        elif field in _ROWS:
            there = value is not None and _ROWS[field]._default_manager.filter(pk=value).exists()
            setattr(customer, f"{field}_id", value if there else None)
        elif field == "created_at":
            customer.created_at = datetime.fromisoformat(value)
        else:
            setattr(customer, field, value)
    customer.custom_fields = {key: value for key, value in custom.items() if value is not None}


def clear(customer: Customer) -> None:
    """What is left of a record that became a part of another: its number and its day."""
    for field in CHOSEN:
        if field in _ROWS:
            setattr(customer, f"{field}_id", None)
        else:
            setattr(customer, field, [] if field == "tags" else "")
    customer.custom_fields = {}


def fields_of(*records: Mapping[str, Any]) -> list[str]:
    """The fields to choose from, in their order; the custom ones that one of the records has a value for."""
    custom = {field for values in records for field in values if field.startswith(CUSTOM)}
    return [*CHOSEN, *sorted(custom)]


def proposed(field: str, mine: Any, theirs: Any) -> str:
    """Nothing that somebody knew gets lost unless it is decided so."""
    if is_unknown(mine):
        return MINE if is_unknown(theirs) else THEIRS
    return BOTH if field in JOINED and theirs and theirs != mine else MINE


def is_unknown(value: Any) -> bool:
    """No and 0 are answers, too."""
    return value in (None, "", [])


def merged_values(mine: Values, theirs: Values, choices: Mapping[str, str]) -> Values:
    """The survivor's fields afterwards."""
    fields = fields_of(mine, theirs)
    values = {f: _value(f, mine.get(f), theirs.get(f), choices.get(f, "")) for f in fields}
    values["created_at"] = min(mine["created_at"], theirs["created_at"], key=datetime.fromisoformat)
    return {field: value for field, value in values.items() if value is not None or field in CHOSEN}


def changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[tuple[str, Any, Any]]:
    """(field, before, after) of what differs; None where there was no custom field."""
    for field in dict.fromkeys([*before, *after]):
        if before.get(field) != after.get(field):
            yield field, before.get(field), after.get(field)


def _value(field: str, mine: Any, theirs: Any, choice: str) -> Any:
    choice = choice or proposed(field, mine, theirs)
    if choice == BOTH and field in JOINED:
        return both(field, mine, theirs)
    return theirs if choice == THEIRS else mine


def both(field: str, mine: Any, theirs: Any) -> Any:
    """What two say of a field that can keep both."""
    if field == "tags":
        return sorted({*(mine or ()), *(theirs or ())})
    return f"{mine}\n\n{theirs}".strip()[:10_000]
