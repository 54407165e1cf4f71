"""What happens to identities, important dates and pictures, and how the timeline tells it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext as _

from customers.events import Event
from customers.models import IdentityKind, ProvedBy
from customers.normalising import shown
from customers.timeline import LINES, Happened, said


@dataclass(frozen=True)
class IdentityAdded(Event):
    kind: ClassVar[str] = "identity.added"
    of: str
    value: str
    proved_by: str


@dataclass(frozen=True)
class IdentityProved(Event):
    kind: ClassVar[str] = "identity.proved"
    of: str
    value: str
    old: str
    new: str


@dataclass(frozen=True)
class IdentityMoved(Event):
    """On both records."""

    kind: ClassVar[str] = "identity.moved"
    of: str
    value: str
    from_id: int
    from_name: str
    to_id: int
    to_name: str


@dataclass(frozen=True)
class IdentityRemoved(Event):
    kind: ClassVar[str] = "identity.removed"
    of: str
    value: str
    proved_by: str


@dataclass(frozen=True)
class IdentityLinkSent(Event):
    kind: ClassVar[str] = "identity.link_sent"
    of: str
    value: str


@dataclass(frozen=True)
class DateAdded(Event):
    kind: ClassVar[str] = "date.added"
    label: str
    day: str
    is_yearly: bool


@dataclass(frozen=True)
class DateRemoved(Event):
    kind: ClassVar[str] = "date.removed"
    label: str
    day: str
    is_yearly: bool


@dataclass(frozen=True)
class PictureChanged(Event):
    kind: ClassVar[str] = "picture.changed"
    is_there: bool


def proof_label(proved_by: str) -> str:
    return str(ProvedBy(proved_by).label) if proved_by in ProvedBy.values else proved_by


def _known(happened: Happened) -> dict[str, Any]:
    payload = happened.payload
    of = str(payload.get("of", ""))
    channel = str(IdentityKind(of).label) if of in IdentityKind.values else of
    value = shown(of, str(payload.get("value", "")))
    return {"who": happened.who, "whose": happened.subject, "channel": channel, "value": value}


def _added(happened: Happened) -> str:
    return _("%(who)s added %(channel)s %(value)s to %(whose)s") % _known(happened)


def _proved(happened: Happened) -> str:
    how = proof_label(str(happened.payload.get("new", "")))  # retention may have taken it
    return _("%(channel)s %(value)s is proved to be %(whose)s: %(how)s") % {**_known(happened), "how": how}


def _moved(happened: Happened) -> str:
    names = {"before": happened.payload["from_name"], "after": happened.payload["to_name"]}
    return _("%(who)s moved %(channel)s %(value)s from %(before)s to %(after)s") % {**_known(happened), **names}


def _removed(happened: Happened) -> str:
    return _("%(who)s removed %(channel)s %(value)s from %(whose)s") % _known(happened)


def _link_sent(happened: Happened) -> str:
    return _("%(who)s sent a link to %(value)s, to prove that it is %(whose)s") % _known(happened)


def _dated(happened: Happened) -> dict[str, Any]:
    payload = happened.payload
    return {"who": happened.who, "whose": happened.subject, "label": payload["label"], "day": said(payload["day"])}


def _date_added(happened: Happened) -> str:
    return _("%(who)s noted a day of %(whose)s: %(label)s, %(day)s") % _dated(happened)


def _date_removed(happened: Happened) -> str:
    return _("%(who)s took out a day of %(whose)s: %(label)s, %(day)s") % _dated(happened)


def _picture(happened: Happened) -> str:
    known = {"who": happened.who, "whose": happened.subject}
    if happened.payload["is_there"]:
        return _("%(who)s set a picture of %(whose)s") % known
    return _("%(who)s took out the picture of %(whose)s") % known


LINES.update(
    {
        IdentityAdded.kind: _added,
        IdentityProved.kind: _proved,
        IdentityMoved.kind: _moved,
        IdentityRemoved.kind: _removed,
        IdentityLinkSent.kind: _link_sent,
        DateAdded.kind: _date_added,
        DateRemoved.kind: _date_removed,
        PictureChanged.kind: _picture,
    }
)
