"""What a record's history says of merges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from django.utils.translation import gettext as _

from customers.events import Event
from customers.timeline import LINES, Happened


@dataclass(frozen=True)
class RecordMerged(Event):
    """On the survivor; `name` and `customer_id` are those of the record that became a part of it."""

    kind: ClassVar[str] = "record.merged"
    merge_id: int
    customer_id: int
    name: str


@dataclass(frozen=True)
class RecordUnmerged(Event):
    """On both: the merge was taken back, `name` and `customer_id` being those of the other one."""

    kind: ClassVar[str] = "record.unmerged"
    merge_id: int
    customer_id: int
    name: str


def _merged(happened: Happened) -> str:
    return _("%(who)s merged %(name)s (%(number)s) into this record") % _known(happened)


def _unmerged(happened: Happened) -> str:
    return _("%(who)s took back the merge with %(name)s (%(number)s)") % _known(happened)


def _known(happened: Happened) -> dict[str, object]:
    payload = happened.payload
    return {"who": happened.who, "name": payload.get("name", "–"), "number": payload.get("customer_id", "–")}


LINES[RecordMerged.kind] = _merged
LINES[RecordUnmerged.kind] = _unmerged
