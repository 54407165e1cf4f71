"""Kinds of changes that name people: assignee, follower, team, copies, the language of the requester."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import get_language_info
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.identify import identify
from customers.models import IdentityKind, ProvedBy
from helpdesk.accounts.models import Role, Team, User
from tickets import services
from tickets.automation.kinds import Action, Change, Choices, Gone, read_id, shortened
from tickets.conditions.problems import Wrong
from tickets.models import Ticket

CURRENT_USER = "current_user"
CURRENT_TEAM = "current_groups"  # Zendesk's word


def is_missing(value: Any, actor: Actor) -> bool:
    """A rule was brought about by no member of staff, and means the one who did it: then there is nothing to do."""
    return value in (CURRENT_USER, CURRENT_TEAM) and actor.kind == "rule" and actor.current.user is None


def do_nothing(ticket: Ticket) -> None:
    pass


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
        if is_missing(value, actor):
            return do_nothing
        user = self._find(value, actor)
        return lambda ticket: self.service(ticket, user, actor=actor)

    def _find(self, value: str, actor: Actor) -> User | None:
        if value == CURRENT_USER:
            if actor.current.user is None:
                raise services.Refused(_("There is no current user."))
            return actor.current.user
        if not value:
            return None
        if user := self._people().filter(pk=value).first():
            return user
        raise Gone(_("The person to be chosen is not active any more."))

    def _people(self) -> QuerySet[User]:
        people = User.objects.filter(is_active=True).exclude(role=Role.COMPANY)
        return people if self.takes_light else people.exclude(role=Role.LIGHT)

    def choices(self, user: User) -> Choices:
        nobody = [("", str(self.nobody))] if self.nobody else []
        return [(CURRENT_USER, _("Me")), *nobody, *((str(person.pk), str(person)) for person in self._people())]

    def shown(self, value: Any) -> str:
        if value == CURRENT_USER:
            return _("me")
        return str(User.objects.filter(pk=value).first() or value) if value else str(self.nobody).lower()


@dataclass(frozen=True)
class Follow(Person):
    """Let somebody follow who may see the ticket."""

    def bind(self, value: Any, actor: Actor) -> Change:
        if is_missing(value, actor):
            return do_nothing
        user = self._find(value, actor)
        assert user

        def follow(ticket: Ticket) -> None:
            if not Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
                raise services.Refused(_("%(name)s may not see this ticket.") % {"name": user})
            services.add_follower(ticket, user, actor=actor)

        return follow


@dataclass(frozen=True)
class InTeam(Action):
    """A team's id, none, or that of whoever acts: the one of theirs that was there first."""

    widget = "choice"

    def read(self, value: object) -> str:
        if value in ("", None, CURRENT_TEAM) or Team.objects.filter(pk=read_id(value)).exists():
            return str(value or "")
        raise Wrong(_("There is no such team."))

    def bind(self, value: Any, actor: Actor) -> Change:
        if value == CURRENT_TEAM:
            user = actor.current.user
            mine = user.teams.order_by("pk").first() if user else None
            return (lambda ticket: services.assign_team(ticket, mine, actor=actor)) if mine else do_nothing
        team = Team.objects.filter(pk=value).first() if value else None
        if value and team is None:
            raise Gone(_("The team does not exist any more."))
        return lambda ticket: services.assign_team(ticket, team, actor=actor)

    def choices(self, user: User) -> Choices:
        teams = [(str(team.pk), str(team)) for team in Team.objects.all()]
        return [("", _("No team")), *teams, (CURRENT_TEAM, _("The current user’s team"))]

    def shown(self, value: Any) -> str:
        if value == CURRENT_TEAM:
            return _("the current user’s team")
        return str(Team.objects.filter(pk=value).first() or value) if value else _("no team")


@dataclass(frozen=True)
class Copies(Action):
    """Addresses, parted by spaces or commas, that are put in copy."""

    def read(self, value: object) -> str:
        words = value if isinstance(value, list) else str(value or "").replace(",", " ").split()
        addresses = list(dict.fromkeys(str(word).strip().lower() for word in words))
        if not addresses or len(addresses) > 10:
            raise Wrong(_("Name one to ten addresses."))
        for address in addresses:
            try:
                validate_email(address)
            except ValidationError as error:
                raise Wrong(_("“%(address)s” is no e-mail address.") % {"address": shortened(address)}) from error
        if ours := services.own_addresses(addresses):
            raise Wrong(_("%(address)s is one of our inboxes.") % {"address": min(ours)})
        return " ".join(addresses)

    def bind(self, value: Any, actor: Actor) -> Change:
        def put_in_copy(ticket: Ticket) -> None:
            for address in value.split():
                identity = identify(IdentityKind.EMAIL, address, proved_by=ProvedBy.AGENT)
                if identity.customer_id != ticket.requester_id:
                    services.add_cc(ticket, identity.customer, address, actor=actor)

        return put_in_copy

    def shown(self, value: Any) -> str:
        return ", ".join(value.split())


@dataclass(frozen=True)
class Language(Action):
    """Of the requester: a code such as `de`."""

    widget = "choice"

    def read(self, value: object) -> str:
        code = str(value or "").strip().lower()
        if code not in LANGUAGES:
            raise Wrong(_("“%(value)s” is no language we know.") % {"value": shortened(value)})
        return code

    def bind(self, value: Any, actor: Actor) -> Change:
        return lambda ticket: services.change_requester_language(ticket, value, actor=actor)

    def choices(self, user: User) -> Choices:
        return [(code, language_name(code)) for code in LANGUAGES]

    def shown(self, value: Any) -> str:
        return language_name(value)


# The languages that mail comes in, by ISO 639-1.
LANGUAGES = (
    "ar bg ca cs da de el en es et fa fi fr he hi hr hu id it ja ko lt lv nb nl pl pt ro ru sk sl sr sv th tr uk vi zh"
).split()


def language_name(code: str) -> str:
    try:
        return str(get_language_info("zh-hans" if code == "zh" else code)["name_local"])
    except KeyError:
        return code
