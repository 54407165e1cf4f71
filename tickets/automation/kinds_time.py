"""Kinds of changes about time and skill: the due date, the working hours that count, what an assignee must know."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from customers.actors import Actor
from helpdesk.accounts.models import Calendar, User
from tickets import services
from tickets.automation.kinds import Action, Change, Choices, Gone, read_id
from tickets.conditions.problems import Wrong
from tickets.models import Skill, Ticket

FROM_NOW = re.compile(r"\+([0-9]{1,4})([dh])")
MAX_SKILLS = 20


@dataclass(frozen=True)
class Due(Action):
    """A day, which is due at noon where the actor lives, or a moment; ISO 8601. Empty is none.

    `+3d` is three days from now, `+4h` four hours; Zendesk's `["days_from_now", 3]` is read as the first.
    """

    def read(self, value: object) -> str:
        if value in ("", None):
            return ""
        if isinstance(value, list) and len(value) == 2 and value[0] == "days_from_now":
            value = f"+{value[1]}d"
        if isinstance(value, str) and FROM_NOW.fullmatch(value.strip()):
            return value.strip()
        try:
            return str(value) if _moment(str(value), UTC) else ""
        except (ValueError, OverflowError) as error:
            raise Wrong(_("Write a date as 2026-12-31.")) from error

    def bind(self, value: Any, actor: Actor) -> Change:
        if ahead := FROM_NOW.fullmatch(value):
            wait = timedelta(days=int(ahead[1])) if ahead[2] == "d" else timedelta(hours=int(ahead[1]))
            return lambda ticket: self._put_ahead(ticket, wait, actor)
        zone = ZoneInfo(actor.user.time_zone) if actor.user else UTC
        due_at = _moment(value, zone) if value else None
        return lambda ticket: services.change_due_date(ticket, due_at, actor=actor)

    def _put_ahead(self, ticket: Ticket, wait: timedelta, actor: Actor) -> None:
        with services.gesture(ticket, actor=actor) as g:
            services.change_due_date(ticket, g.now + wait, actor=actor)

    def shown(self, value: Any) -> str:
        ahead = FROM_NOW.fullmatch(value)
        if ahead is None:
            return str(value)
        count = int(ahead[1])
        words = ngettext("%(count)s day from now", "%(count)s days from now", count)
        if ahead[2] == "h":
            words = ngettext("%(count)s hour from now", "%(count)s hours from now", count)
        return words % {"count": count}

    def say(self, value: Any) -> str:
        return super().say(value) if value else _("remove the due date")


def _moment(written: str, zone: tzinfo) -> datetime:
    if len(written) <= 10:
        return datetime.combine(date.fromisoformat(written), time(12), zone)
    moment = datetime.fromisoformat(written)
    return moment if moment.tzinfo else moment.replace(tzinfo=zone)


@dataclass(frozen=True)
class Schedule(Action):
    """The calendar by which the ticket's clocks run; empty: its team's, or the house's."""

    widget = "choice"

    def read(self, value: object) -> str:
        if value in ("", None) or Calendar.objects.filter(pk=read_id(value)).exists():
            return str(value or "")
        raise Wrong(_("There is no such calendar."))

    def bind(self, value: Any, actor: Actor) -> Change:
        calendar = Calendar.objects.filter(pk=value).first() if value else None
        if value and calendar is None:
            raise Gone(_("The calendar does not exist any more."))
        return lambda ticket: services.change_calendar(ticket, calendar, actor=actor)

    def choices(self, user: User) -> Choices:
        return [("", _("The team’s")), *((str(each.pk), str(each)) for each in Calendar.objects.all())]

    def shown(self, value: Any) -> str:
        return str(Calendar.objects.filter(pk=value).first() or value) if value else _("the team’s")


@dataclass(frozen=True)
class Skills(Action):
    """What the ticket asks of whoever takes it, by name."""

    service: Callable[..., object] = services.add_skills
    may_be_none: bool = False
    widget = "choices"

    def read(self, value: object) -> list[str]:
        names = value if isinstance(value, list) else str(value or "").split(",")
        wanted = list(dict.fromkeys(name for each in names if (name := str(each).strip())))
        if (not wanted and not self.may_be_none) or len(wanted) > MAX_SKILLS:
            raise Wrong(_("Name one to %(count)s skills.") % {"count": MAX_SKILLS})
        known = set(Skill.objects.filter(name__in=wanted).values_list("name", flat=True))
        if unknown := [name for name in wanted if name not in known]:
            raise Wrong(_("There is no skill “%(name)s”.") % {"name": unknown[0][:60]})
        return wanted

    def bind(self, value: Any, actor: Actor) -> Change:
        return lambda ticket: self.service(ticket, value, actor=actor)

    def choices(self, user: User) -> Choices:
        return [(name, name) for name in Skill.objects.values_list("name", flat=True)]

    def shown(self, value: Any) -> str:
        return ", ".join(value) or "–"
