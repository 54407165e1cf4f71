"""The kinds of changes: how a value is read, what may be chosen, how it is said, and which service makes it.

A value is JSON. `read` brings it into one form or raises `Wrong`; `bind` looks up what it names, once for however many
tickets, and returns the call of a service for one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.functional import Promise
from django.utils.html import linebreaks, urlize
from django.utils.translation import gettext as _

from customers.actors import Actor
from helpdesk.accounts.models import User
from helpdesk.lib.html import clean_composer_html
from tickets import policies, services
from tickets.conditions.problems import Wrong
from tickets.models import Ticket
from tickets.paging import is_storable
from tickets.services.fields import MAX_TAGS, clean_tag
from tickets.services.writing import MAX_TEXT

# Who makes the changes. Rules are triggers and automations: nobody is there who could be asked.
MACRO, TRIGGER, AUTOMATION, BULK = "macro", "trigger", "automation", "bulk"
BY_HAND, BY_RULE = frozenset({MACRO, BULK}), frozenset({TRIGGER, AUTOMATION})
Choices = list[tuple[str, str]]
Change = Callable[[Ticket], object]
Policy = Callable[[User, Ticket], bool]


class Gone(services.Refused):
    """What the action names is gone, for whatever ticket: it has to be repaired."""


@dataclass(frozen=True)
class Action:
    """`phrase` says what it does, as part of a sentence; `%(value)s` in it is how the value is shown.

    `scopes` are those who can do it. One that is `repeatable` makes sense more than once in a list.
    """

    key: str
    label: str | Promise
    phrase: str | Promise
    widget = "text"
    policy: Policy = policies.may_edit
    scopes: frozenset[str] = BY_HAND | BY_RULE
    repeatable: bool = False
    group: str | Promise = ""
    hint: str | Promise = ""

    def read(self, value: object) -> Any:
        raise NotImplementedError

    def bind(self, value: Any, actor: Actor) -> Change:
        raise NotImplementedError

    def choices(self, user: User) -> Choices:
        return []

    def parts(self, user: User) -> list[dict[str, Any]]:
        """Of a value that is a list with one value for each: widget, label and choices."""
        return []

    def as_json(self, user: User) -> dict[str, Any]:
        """What a builder has to know."""
        told: dict[str, Any] = {"key": self.key, "label": str(self.label), "widget": self.widget}
        told["choices"] = self.choices(user)
        if parts := self.parts(user):
            told["parts"] = parts
        if self.repeatable:
            told["repeatable"] = True
        if self.group:
            told["group"] = str(self.group)
        if self.hint:
            told["hint"] = str(self.hint)
        return told

    def shown(self, value: Any) -> str:
        return str(value)

    def say(self, value: Any) -> str:
        return str(self.phrase) % {"value": self.shown(value)}


@dataclass(frozen=True)
class Choice(Action):
    """One of fixed values."""

    values: type[TextChoices] = TextChoices
    service: Callable[..., object] = services.change_status
    excluded: tuple[str, ...] = ()
    widget = "choice"

    def read(self, value: object) -> str:
        wanted = "" if value is None else value
        if wanted not in self.values.values or wanted in self.excluded:
            raise Wrong(
                _("“%(value)s” is not one of: %(known)s.") % {"value": shortened(value), "known": self._known()}
            )
        return str(wanted)

    def _known(self) -> str:
        return ", ".join(value or "“”" for value in self.values.values if value not in self.excluded)

    def bind(self, value: Any, actor: Actor) -> Change:
        return lambda ticket: self.service(ticket, value, actor=actor)

    def choices(self, user: User) -> Choices:
        return [(value, str(label)) for value, label in self.values.choices if value not in self.excluded]

    def shown(self, value: Any) -> str:
        return str(self.values(value).label)


@dataclass(frozen=True)
class Tags(Action):
    """Tags, as a list or parted by spaces or commas."""

    service: Callable[..., object] = services.add_tags
    may_be_none: bool = False
    widget = "tags"

    def read(self, value: object) -> str:
        words = value if isinstance(value, list) else str(value or "").replace(",", " ").split()
        tags = list(dict.fromkeys(tag for word in words if (tag := clean_tag(read_text(word)))))
        if not tags and not self.may_be_none:
            raise Wrong(_("Name at least one tag."))
        if len(tags) > MAX_TAGS or any(len(tag) > 60 for tag in tags):
            raise Wrong(_("At most %(count)s tags of 60 characters each.") % {"count": MAX_TAGS})
        return " ".join(tags)

    def bind(self, value: Any, actor: Actor) -> Change:
        tags = value.split()
        return lambda ticket: self.service(ticket, tags, actor=actor)

    def shown(self, value: Any) -> str:
        return ", ".join(value.split()) or "–"


@dataclass(frozen=True)
class Subject(Action):
    def read(self, value: object) -> str:
        subject = " ".join(read_text(value or "").split())
        if not subject or len(subject) > 300:
            raise Wrong(_("A subject has 1 to 300 characters."))
        return subject

    def bind(self, value: Any, actor: Actor) -> Change:
        return lambda ticket: services.change_subject(ticket, value, actor=actor)

    def shown(self, value: Any) -> str:
        return f"“{value}”"


@dataclass(frozen=True)
class Comment(Action):
    """Words on the ticket; whether the customer gets them says `comment_mode_is_public` (see actions.py)."""

    is_html: bool = False
    widget = "words"

    def read(self, value: object) -> str:
        words = str(value or "").replace("\0", "").encode(errors="replace").decode()
        if not words.strip():
            raise Wrong(_("Write something first."))
        if len(words) > MAX_TEXT:
            raise Wrong(_("This is longer than %(limit)s characters.") % {"limit": MAX_TEXT})
        return clean_composer_html(words) if self.is_html else words

    def bind(self, value: Any, actor: Actor) -> Change:
        return self.bind_as(value, actor, is_public=False)

    def bind_as(self, value: str, actor: Actor, *, is_public: bool) -> Change:
        write = services.add_reply if is_public else services.add_note
        html = value if self.is_html else linebreaks(urlize(value, autoescape=True))
        return lambda ticket: write(ticket, html, actor=actor, keeps_draft=True)


@dataclass(frozen=True)
class Flag(Action):
    widget = "flag"

    def read(self, value: object) -> bool:
        known = {True: True, False: False, "true": True, "false": False}
        if not isinstance(value, bool | str) or value not in known:
            raise Wrong(_("Say true or false."))
        return known[value]


def read_id(value: object) -> int:
    """0, which nothing has, for whatever is no id."""
    text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 19 else 0


def read_text(value: object) -> str:
    """One line of it, which has to be as it was typed."""
    text = str(value)
    if not is_storable(text):
        raise Wrong(_("There are characters in it that no text can have."))
    return text


def shortened(value: object) -> str:
    text = str(value)
    return text if len(text) <= 40 else f"{text[:39]}…"
