"""The kinds of changes: how a value is read, what may be chosen, how it is said, and which service makes it.

A value is JSON. `read` brings it into one form or raises `Wrong`; `bind` looks up what it names, once for however many
tickets, and returns the call of a service for one of them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import QuerySet, TextChoices
from django.utils.functional import Promise
from django.utils.html import linebreaks, urlize
from django.utils.translation import gettext as _

from helpdesk.accounts.models import Role, Team, User
from helpdesk.lib.html import clean_composer_html
from tickets import policies, services
from tickets.actors import Actor
from tickets.conditions.problems import Wrong
from tickets.models import Ticket
from tickets.paging import is_storable
from tickets.services.fields import MAX_TAGS, clean_tag
from tickets.services.writing import MAX_TEXT

CURRENT_USER = "current_user"
Choices = list[tuple[str, str]]
Change = Callable[[Ticket], object]
Policy = Callable[[User, Ticket], bool]


@dataclass(frozen=True)
class Action:
    """`phrase` says what it does, as part of a sentence; `%(value)s` in it is how the value is shown."""

    key: str
    label: str | Promise
    phrase: str | Promise
    widget = "text"
    policy: Policy = policies.may_edit

    def read(self, value: object) -> Any:
        raise NotImplementedError

    def bind(self, value: Any, actor: Actor) -> Change:
        raise NotImplementedError

    def choices(self, user: User) -> Choices:
        return []

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
class Person(Action):
    """A member of staff: an id, `current_user`, or nobody where that makes sense."""

    service: Callable[..., object] = services.assign
    nobody: str | Promise = ""
    takes_light: bool = False
    widget = "person"

    def read(self, value: object) -> str:
        if value == CURRENT_USER or (value in ("", None) and self.nobody):
            return str(value or "")
        if self._people().filter(pk=read_id(value)).exists():
            return str(value)
        raise Wrong(_("There is no such person, or they can’t take tickets."))

    def bind(self, value: Any, actor: Actor) -> Change:
        user = self._find(value, actor)
        return lambda ticket: self.service(ticket, user, actor=actor)

    def _find(self, value: str, actor: Actor) -> User | None:
        if value == CURRENT_USER:
            if actor.user is None:
                raise services.Refused(_("There is no current user."))
            return actor.user
        if not value:
            return None
        if user := self._people().filter(pk=value).first():
            return user
        raise services.Refused(_("The person to be chosen is not active any more."))

    def _people(self) -> QuerySet[User]:
        people = User.objects.filter(is_active=True)
        return people if self.takes_light else people.exclude(role=Role.LIGHT)

    def choices(self, user: User) -> Choices:
        nobody = [("", str(self.nobody))] if self.nobody else []
        return [(CURRENT_USER, _("Me")), *nobody, *((str(person.pk), str(person)) for person in self._people())]

    def shown(self, value: Any) -> str:
        if value == CURRENT_USER:
            return _("me")
        return str(User.objects.filter(pk=value).first() or value) if value else str(self.nobody).lower()


@dataclass(frozen=True)
class InTeam(Action):
    widget = "choice"

    def read(self, value: object) -> str:
        if value in ("", None) or Team.objects.filter(pk=read_id(value)).exists():
            return str(value or "")
        raise Wrong(_("There is no such team."))

    def bind(self, value: Any, actor: Actor) -> Change:
        team = Team.objects.filter(pk=value).first() if value else None
        if value and team is None:
            raise services.Refused(_("The team does not exist any more."))
        return lambda ticket: services.assign_team(ticket, team, actor=actor)

    def choices(self, user: User) -> Choices:
        return [("", _("No team")), *((str(team.pk), str(team)) for team in Team.objects.all())]

    def shown(self, value: Any) -> str:
        return str(Team.objects.filter(pk=value).first() or value) if value else _("no team")


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
class Due(Action):
    """A day, which is due at noon where the actor lives, or a moment; ISO 8601. Empty is none."""

    widget = "date"

    def read(self, value: object) -> str:
        if value in ("", None):
            return ""
        try:
            return str(value) if _moment(str(value), UTC) else ""
        except (ValueError, OverflowError) as error:
            raise Wrong(_("Write a date as 2026-12-31.")) from error

    def bind(self, value: Any, actor: Actor) -> Change:
        zone = ZoneInfo(actor.user.time_zone) if actor.user else UTC
        due_at = _moment(value, zone) if value else None
        return lambda ticket: services.change_due_date(ticket, due_at, actor=actor)

    def say(self, value: Any) -> str:
        return super().say(value) if value else _("remove the due date")


def _moment(written: str, zone: tzinfo) -> datetime:
    if len(written) <= 10:
        return datetime.combine(date.fromisoformat(written), time(12), zone)
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


@dataclass(frozen=True)
class Follow(Person):
    """Let somebody follow who may see the ticket."""

    def bind(self, value: Any, actor: Actor) -> Change:
        user = self._find(value, actor)
        assert user

        def follow(ticket: Ticket) -> None:
            if not Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
                raise services.Refused(_("%(name)s may not see this ticket.") % {"name": user})
            services.add_follower(ticket, user, actor=actor)

        return follow


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
