"""The people who may hear of something, with the ways in which each wants to be told."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, time
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from helpdesk.accounts.models import Role
from tickets.models import Notification, NotificationKind, NotificationSettings, PushSubscription, Ticket, TicketEvent
from tickets.notifications.schedule import Rhythm, after_quiet, mail_due

BELL, EMAIL, PUSH = "bell", "email", "push"
WAYS = (BELL, EMAIL, PUSH)
KIND = NotificationKind
# What holds until a person says otherwise. A mail goes out only for what is still unread when it is due.
DEFAULT_WAYS: Mapping[str, tuple[str, ...]] = {
    KIND.MENTION: (BELL, EMAIL, PUSH),
    KIND.ASSIGNED: (BELL, EMAIL, PUSH),
    KIND.CUSTOMER_REPLIED: (BELL, EMAIL, PUSH),
    KIND.FOLLOWED: (BELL,),
    KIND.NOT_SENT: (BELL, EMAIL, PUSH),
    KIND.RULE: (BELL, EMAIL, PUSH),
    KIND.BULK_DONE: (BELL,),
    KIND.TROUBLE: (BELL, EMAIL, PUSH),
    KIND.BAD_RATING: (BELL, EMAIL),
    KIND.ARTICLE: (BELL, EMAIL),
    KIND.PROPOSAL: (BELL, EMAIL, PUSH),
    KIND.GOAL: (BELL, EMAIL),
}

# One statement for everybody who could be meant, whatever the number of tickets, followers and members of a named team.
LISTENERS = f"""
WITH asked AS (SELECT * FROM unnest(%(tickets)s::bigint[], %(private_teams)s::bigint[]) AS a (ticket_id, private_team)),
noted AS (SELECT * FROM unnest(%(noted)s::bigint[], %(notes)s::bigint[]) AS n (ticket_id, message_id)),
meant AS (
  SELECT * FROM unnest(%(named)s::bigint[], %(people)s::bigint[]) AS p (ticket_id, user_id)
  UNION SELECT ticket_id, user_id FROM tickets_follower WHERE ticket_id = ANY(%(tickets)s::bigint[])
  UNION SELECT n.ticket_id, m.user_id FROM noted n JOIN tickets_mention m ON m.message_id = n.message_id
  UNION SELECT n.ticket_id, t.user_id FROM noted n JOIN tickets_mention m ON m.message_id = n.message_id
    JOIN accounts_user_teams t ON t.team_id = m.team_id
)
SELECT a.ticket_id, u.id, u.time_zone, s.ways, s.quiet_from, s.quiet_until, s.email_each_minutes,
  EXISTS (SELECT FROM tickets_follower f WHERE f.ticket_id = a.ticket_id AND f.user_id = u.id) AS follows,
  EXISTS (SELECT FROM noted n JOIN tickets_mention m ON m.message_id = n.message_id
    WHERE n.ticket_id = a.ticket_id AND (m.user_id = u.id
      OR m.team_id IN (SELECT t.team_id FROM accounts_user_teams t WHERE t.user_id = u.id))) AS is_mentioned,
  EXISTS (SELECT FROM tickets_pushsubscription p WHERE p.user_id = u.id) AS has_push
FROM asked a JOIN meant USING (ticket_id) JOIN accounts_user u ON u.id = meant.user_id
LEFT JOIN tickets_notificationsettings s ON s.user_id = u.id
WHERE u.is_active AND u.role <> '{Role.COMPANY}'
  AND (a.private_team IS NULL OR u.role IN ('{Role.ADMIN}', '{Role.LEAD}') OR EXISTS
    (SELECT FROM accounts_user_teams t WHERE t.user_id = u.id AND t.team_id = a.private_team))
ORDER BY a.ticket_id, u.id
"""  # noqa: S608  the roles are our own words


class Asked(NamedTuple):
    """Who may hear of what happened to `ticket`: `people`, its followers, and those named in `notes`."""

    ticket: Ticket
    people: Collection[int]
    notes: Collection[int]


@dataclass(frozen=True)
class Listener:
    pk: int
    ways: Mapping[str, Any]
    rhythm: Rhythm
    follows: bool = False
    is_mentioned: bool = False
    has_push: bool = False

    def ways_for(self, kind: str) -> set[str]:
        ways = set(self.ways.get(kind, DEFAULT_WAYS[kind])) & set(WAYS)
        return ways if self.has_push else ways - {PUSH}

    def row(
        self, kind: str, *, now: datetime, ticket: Ticket | None, event: TicketEvent | None, **words: str
    ) -> Notification:
        """What is written down for them; its mail and push are due when their hours allow."""
        ways = self.ways_for(kind)
        return Notification(
            user_id=self.pk,
            kind=kind,
            ticket=ticket,
            event=event,
            rings=BELL in ways,
            created_at=now,
            email_due_at=mail_due(now, self.rhythm) if EMAIL in ways else None,
            push_due_at=after_quiet(now, self.rhythm) if PUSH in ways else None,
            **words,
        )


def listeners_of(asked: Sequence[Asked]) -> dict[int, list[Listener]]:
    """By number of the ticket, as far as they may see it."""
    teams = [one.ticket.team for one in asked]
    named = [(one.ticket.pk, person) for one in asked for person in one.people]
    noted = [(one.ticket.pk, note) for one in asked for note in one.notes]
    facts: dict[str, Any] = {
        "tickets": [one.ticket.pk for one in asked],
        "private_teams": [team.pk if team and team.is_private else None for team in teams],
        "named": [number for number, _person in named],
        "people": [person for _number, person in named],
        "noted": [number for number, _note in noted],
        "notes": [note for _number, note in noted],
    }
    found: dict[int, list[Listener]] = {one.ticket.pk: [] for one in asked}
    with connection.cursor() as cursor:
        cursor.execute(LISTENERS, facts)
        for number, *listener in cursor.fetchall():
            found[number].append(_listener(*listener))
    return found


def listener_for(user_id: int, time_zone: str) -> Listener:
    """One person, for what belongs to no event."""
    settings = NotificationSettings.objects.filter(user_id=user_id).first() or NotificationSettings()
    has_push = PushSubscription.objects.filter(user_id=user_id)
    return _listener(
        user_id,
        time_zone,
        settings.ways,
        settings.quiet_from,
        settings.quiet_until,
        settings.email_each_minutes,
        has_push=has_push.exists(),
    )


def rhythm_of(time_zone: str, settings: NotificationSettings) -> Rhythm:
    return Rhythm(ZoneInfo(time_zone), settings.quiet_from, settings.quiet_until, settings.email_each_minutes)


def _listener(
    pk: int,
    time_zone: str,
    ways: Any,
    quiet_from: time | None,
    quiet_until: time | None,
    each_minutes: int | None,
    follows: bool = False,
    is_mentioned: bool = False,
    has_push: bool = False,
) -> Listener:
    each = 60 if each_minutes is None else each_minutes
    rhythm = Rhythm(ZoneInfo(time_zone), quiet_from, quiet_until, each)
    return Listener(pk, _read(ways), rhythm, follows, is_mentioned, has_push)


def _read(ways: Any) -> Mapping[str, Any]:
    """A raw cursor gives jsonb as text."""
    return json.loads(ways) if isinstance(ways, str) else ways or {}
