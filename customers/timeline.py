"""What happened to a record, as one line of its timeline: a sentence for each kind of RecordEvent.

Whoever adds a kind to an `Event` adds its sentence: `LINES["identity.added"] = …`, beside the event or here. What has
none is told by its kind, so that nothing is left out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import FieldDoesNotExist
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from customers.events import RecordChanged, RecordCreated, RecordErased
from customers.models import Customer, Organisation

LONGEST = 80  # characters of a value that are told; the record has the rest


@dataclass(frozen=True)
class Happened:
    """A RecordEvent as far as its line needs it. `subject` is the name of the customer or the organisation."""

    kind: str
    payload: Mapping[str, Any]
    who: str
    subject: str
    is_organisation: bool = False
    at: datetime | None = None


Line = Callable[[Happened], str]


def line_of(happened: Happened) -> str:
    """The sentence, as plain text."""
    tell = LINES.get(happened.kind)
    return tell(happened) if tell else f"{happened.who}: {happened.kind}"


def _changed(happened: Happened) -> str:
    payload = happened.payload
    known = {"who": happened.who, "field": label_of(payload["field"], happened)}
    old, new = said(payload.get("old")), said(payload.get("new"))
    if len(old) > LONGEST or len(new) > LONGEST:
        return _("%(who)s changed %(field)s") % known
    return _("%(who)s changed %(field)s: %(old)s → %(new)s") % {**known, "old": old, "new": new}


def _created(happened: Happened) -> str:
    match happened.payload.get("by"):
        case "import":
            return _("%(who)s created this record with an import") % {"who": happened.who}
        case "api":
            return _("The company’s own system created this record")
        case "mail":
            return _("Wrote to us for the first time")
    return _("%(who)s created this record") % {"who": happened.who}


def _erased(happened: Happened) -> str:
    return _("%(who)s had this person erased") % {"who": happened.who}


LINES: dict[str, Line] = {
    RecordChanged.kind: _changed,
    RecordCreated.kind: _created,
    RecordErased.kind: _erased,
}


def label_of(field: str, happened: Happened) -> str:
    """What a column is called; a custom field by its key, which outlives the field."""
    if field.startswith("custom_fields."):
        return field.removeprefix("custom_fields.").replace("_", " ")
    model = Organisation if happened.is_organisation else Customer
    try:
        label = getattr(model._meta.get_field(field), "verbose_name", field)
    except FieldDoesNotExist:
        label = field
    return str(label).replace("_", " ")


def said(value: Any) -> str:
    """A stored value in words; a dash for none."""
    if value is None or value == "" or value == []:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(said(one) for one in value)
    if isinstance(value, dict):
        return ", ".join(f"{key}: {said(one)}" for key, one in value.items())
    return _moment(value) if isinstance(value, str) else str(value)


def _moment(text: str) -> str:
    """A day or a moment as the reader writes it; any other text as it is."""
    try:
        if len(text) == 10 and (day := parse_date(text)):
            return date_format(day, pgettext("date format", "j M Y"))
        if len(text) > 18 and (moment := parse_datetime(text)):
            return date_format(moment, "SHORT_DATETIME_FORMAT")
    except ValueError:  # has the shape of a day, and is none
        return text
    return text
