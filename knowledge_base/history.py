"""What happened to an article, in sentences of the reader's language; newest first."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils import timezone
from django.utils.dateparse import parse_date, parse_datetime
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from knowledge_base.language_names import language_label
from knowledge_base.models import Article, ArticleEvent, AudienceKind

Payload = dict[str, Any]

# The plain ones; what needs its payload to be told is below.
SENTENCES: Final = {
    "created": gettext_lazy("%(name)s began the article"),
    "submitted": gettext_lazy("%(name)s asked for approval"),
    "withdrawn": gettext_lazy("%(name)s took it back from approval"),
    "approved": gettext_lazy("%(name)s approved it"),
    "rejected": gettext_lazy("%(name)s sent it back"),
    "unscheduled": gettext_lazy("%(name)s stopped it from being published by itself"),
    "unpublished": gettext_lazy("%(name)s took it from readers"),
    "restored": gettext_lazy("%(name)s brought it back from the archive"),
    "translated": gettext_lazy("%(name)s began this translation"),
    "source.followed": gettext_lazy("%(name)s found the translation up to date"),
    "successor.set": gettext_lazy("%(name)s chose another article to take its place"),
    "imported": gettext_lazy("%(name)s imported it"),
    "flagged": gettext_lazy("%(name)s says that something in it is wrong"),
    "flag.settled": gettext_lazy("%(name)s has seen to what was said to be wrong"),
}
ICONS: Final = {
    "created": "plus", "edited": "pencil", "submitted": "send", "withdrawn": "undo-2", "approved": "check",
    "rejected": "corner-up-left", "scheduled": "clock", "unscheduled": "clock", "published": "globe",
    "unpublished": "eye-off", "archived": "archive", "restored": "rotate-ccw", "moved": "forward",
    "owner.changed": "user-check", "review.set": "calendar-clock", "reviewed": "check-check",
    "reminded": "bell", "translated": "languages", "source.followed": "languages", "promoted": "star",
    "comments.allowed": "message-square", "audience.changed": "eye", "labels.changed": "tag",
    "revision.restored": "history", "imported": "download", "flagged": "flag", "flag.settled": "flag",
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """One event as it is shown; `words` are a colleague's own."""

    event: ArticleEvent
    sentence: str
    icon: str
    language: str = ""
    words: str = ""


def history_of(article: Article, *, before: int = 0, limit: int = 20) -> list[Line]:
    """`before` is the id of an event: older ones only."""
    events = article.events.all()
    if before:
        events = events.filter(pk__lt=before)
    return [line_of(event) for event in events[:limit]]


def line_of(event: ArticleEvent) -> Line:
    language = language_label(event.language) if event.language else ""
    return Line(event, sentence(event), ICONS.get(event.kind, "info"), language, str(event.payload.get("words", "")))


def sentence(event: ArticleEvent) -> str:
    name, payload = event.by_name, event.payload
    if telling := _TELLING.get(event.kind):
        return telling(name, payload)
    return str(SENTENCES.get(event.kind, "%(name)s: " + event.kind)) % {"name": name}


def _edited(name: str, payload: Payload) -> str:
    was = payload.get("was")
    if was == "in_review":
        return _("%(name)s changed the words, so they no longer wait for approval") % {"name": name}
    if was == "scheduled":
        return _("%(name)s changed the words, so they are no longer scheduled") % {"name": name}
    return _("%(name)s changed the words") % {"name": name}


def _scheduled(name: str, payload: Payload) -> str:
    return _("%(name)s scheduled it for %(when)s") % {"name": name, "when": _moment(payload.get("at"))}


def _published(name: str, payload: Payload) -> str:
    words = {"name": name, "number": payload.get("revision", "")}
    return _("%(name)s published version %(number)s") % words


def _archived(name: str, payload: Payload) -> str:
    if payload.get("successor"):
        return _("%(name)s put it into the archive; another article takes its place") % {"name": name}
    return _("%(name)s put it into the archive") % {"name": name}


def _moved(name: str, payload: Payload) -> str:
    words = {"name": name, "was": payload.get("was", ""), "now": payload.get("now", "")}
    moved = _("%(name)s moved it from %(was)s to %(now)s") % words
    was, now = payload.get("was_audience"), payload.get("audience")
    return moved if was == now else f"{moved} ({_audience(was)} → {_audience(now)})"


def _owner(name: str, payload: Payload) -> str:
    if owner := payload.get("name"):
        return _("%(name)s made %(owner)s its owner") % {"name": name, "owner": owner}
    return _("%(name)s left it without an owner") % {"name": name}


def _review(name: str, payload: Payload) -> str:
    if day := payload.get("day"):
        return _("%(name)s wants it looked at again by %(day)s") % {"name": name, "day": _day(day)}
    return _("%(name)s wants no more reminders of it") % {"name": name}


def _reviewed(name: str, payload: Payload) -> str:
    return _("%(name)s found it right; it is looked at again by %(day)s") % {
        "name": name,
        "day": _day(payload.get("day")),
    }


def _reminded(_name: str, payload: Payload) -> str:
    return _("%(people)s was reminded to look at it again") % {"people": ", ".join(payload.get("people", []))}


def _readers(name: str, payload: Payload) -> str:
    was, now = _audience(payload.get("was")), _audience(payload.get("now"))
    words = {"name": name, "was": was, "now": now}
    if was == now:
        return _("%(name)s changed who reads its section: other organisations or segments") % words
    return _("%(name)s changed who reads its section: %(was)s → %(now)s") % words


def _promoted(name: str, payload: Payload) -> str:
    said = _("%(name)s promoted it") if payload.get("on", True) else _("%(name)s no longer promotes it")
    return said % {"name": name}


def _comments(name: str, payload: Payload) -> str:
    said = _("%(name)s lets readers comment") if payload.get("on") else _("%(name)s lets nobody comment any more")
    return said % {"name": name}


def _labels(name: str, payload: Payload) -> str:
    added, removed = ", ".join(payload.get("added", [])), ", ".join(payload.get("removed", []))
    if added and removed:
        words = {"name": name, "added": added, "removed": removed}
        return _("%(name)s labelled it %(added)s, and no longer %(removed)s") % words
    if removed:
        return _("%(name)s took the label %(removed)s from it") % {"name": name, "removed": removed}
    return _("%(name)s labelled it %(added)s") % {"name": name, "added": added}


def _brought_back(name: str, payload: Payload) -> str:
    words = {"name": name, "number": payload.get("revision", "")}
    return _("%(name)s brought the words of version %(number)s back") % words


_TELLING: Final[dict[str, Callable[[str, Payload], str]]] = {
    "edited": _edited,
    "scheduled": _scheduled,
    "published": _published,
    "archived": _archived,
    "moved": _moved,
    "owner.changed": _owner,
    "review.set": _review,
    "reviewed": _reviewed,
    "reminded": _reminded,
    "promoted": _promoted,
    "comments.allowed": _comments,
    "labels.changed": _labels,
    "revision.restored": _brought_back,
    "audience.changed": _readers,
}


def _moment(iso: object) -> str:
    moment: datetime | None = parse_datetime(str(iso)) if iso else None
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT") if moment else ""


def _day(iso: object) -> str:
    day = parse_date(str(iso)) if iso else None
    return date_format(day, "DATE_FORMAT") if day else ""


def _audience(value: object) -> str:
    known = {kind.value: str(kind.label) for kind in AudienceKind}
    return known.get(str(value), str(value))
