"""Naming colleagues in a note: whom it can name, who of them may see the ticket, and what naming them brings about."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.conf import settings
from django.db import connection

from helpdesk.accounts.models import Role, User
from helpdesk.lib.html import Nameable, name_people
from tickets.models import Mention, Message, Ticket
from tickets.services.fields import add_follower
from tickets.services.gesture import Gesture

# A team is told when at least one of its people may see the ticket.
EVERYBODY = f"""
WITH allowed AS (
  SELECT u.id FROM accounts_user u WHERE u.is_active AND u.role <> '{Role.COMPANY}' AND (%(team)s::bigint IS NULL
    OR u.role IN ('{Role.ADMIN}', '{Role.LEAD}')
    OR EXISTS (SELECT FROM accounts_user_teams m WHERE m.user_id = u.id AND m.team_id = %(team)s::bigint))
)
SELECT 'user:' || u.id, u.name, u.email, u.role, u.id IN (SELECT id FROM allowed)
FROM accounts_user u WHERE u.is_active AND u.role <> '{Role.COMPANY}'
UNION ALL
SELECT 'team:' || t.id, t.name, '', 'team', EXISTS (SELECT FROM accounts_user_teams m
  WHERE m.team_id = t.id AND m.user_id IN (SELECT id FROM allowed))
FROM accounts_team t
"""  # noqa: S608  the roles are our own words


@dataclass(frozen=True)
class Mentionable:
    """Somebody, or a team, whom a note on this ticket can name; `sees` it or would hear of it in vain."""

    reference: str
    name: str
    email: str
    role: str  # a Role, or "team"
    sees: bool

    @property
    def nameable(self) -> Nameable:
        local = self.email.partition("@")[0]
        shortcuts = {self.name.replace(" ", ""), self.name.replace(" ", "-"), self.name.partition(" ")[0], local}
        return Nameable(self.reference, self.name, tuple(shortcuts - {""}))


@dataclass
class Naming:
    """A note's words with its names: those who will hear of it, and those who may not see the ticket."""

    html: str
    told: list[Mentionable] = field(default_factory=list)
    not_told: list[Mentionable] = field(default_factory=list)


def mentionable(ticket: Ticket) -> list[Mentionable]:
    """Everybody active and every team, by name, in one statement."""
    team = ticket.team
    with connection.cursor() as cursor:
        cursor.execute(EVERYBODY, {"team": team.pk if team and team.is_private else None})
        everybody = [Mentionable(*row) for row in cursor.fetchall()]
    return sorted(everybody, key=lambda one: (one.role == "team", one.name.casefold()))


def read_names(ticket: Ticket, html: str) -> Naming:
    """`html` of a note (cleaned) with its names verified, and whom they mean. Asks nothing where there is no “@”."""
    if "@" not in html:
        return Naming(html)
    everybody = {one.reference: one for one in mentionable(ticket)}
    named = name_people(html, [one.nameable for one in everybody.values()])
    found = [everybody[reference] for reference in named.references]
    return Naming(named.html, [one for one in found if one.sees], [one for one in found if not one.sees])


def mention(g: Gesture, message: Message, naming: Naming) -> None:
    """Write down who is named. A person becomes a follower, so that they hear of the answer too; a team does not."""
    rows = [_row(g.ticket, message, one) for one in naming.told]
    Mention.objects.bulk_create(rows, ignore_conflicts=True)
    if not settings.MENTIONED_PEOPLE_FOLLOW:
        return
    named = [row.user_id for row in rows if row.user_id and row.user_id != (g.actor.user and g.actor.user.pk)]
    for user in User.objects.filter(pk__in=named) if named else ():
        add_follower(g.ticket, user, actor=g.actor)


def _row(ticket: Ticket, message: Message, one: Mentionable) -> Mention:
    kind, _colon, pk = one.reference.partition(":")
    return Mention(ticket=ticket, message=message, created_at=message.created_at, **{f"{kind}_id": int(pk)})
