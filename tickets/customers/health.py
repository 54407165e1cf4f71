"""A customer at a glance, beside a ticket and on their page: what is open, who spoke last, how quickly we answered.

One statement for the facts, and those of the badges. Tickets of private teams of others count for nobody outside.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import Any

from django.db import connection
from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Segment
from customers.orders import WORTH_NOTHING, Worth
from helpdesk.accounts.models import User
from tickets.customers.segments import Badge, badges_of, shown_to
from tickets.customers.sentiment import LENGTH, READ, Hint, sentiment_of
from tickets.customers.sources import VISIBLE
from tickets.models import Score
from tickets.models.ticket import UNSOLVED

LAST_TICKETS = 5
COMPARED = 3  # ratings; with fewer, one bad day would be a trend
NOTABLE = 0.2

FACTS = f"""
WITH mine AS MATERIALIZED (
  SELECT t.id, t.status, t.created_at, t.updated_at FROM tickets_ticket t
  WHERE t.requester_id = %(customer)s AND {VISIBLE}
)
SELECT
  (SELECT count(*) FROM mine), (SELECT count(*) FROM mine WHERE status = ANY(%(unsolved)s)),
  (SELECT min(created_at) FROM mine),
  (SELECT row_to_json(m) FROM mine CROSS JOIN LATERAL (
     SELECT m.created_at AS at, m.author_name AS who, m.author_role <> '' AS is_ours, m.channel, m.ticket_id AS number
     FROM tickets_message m WHERE m.ticket_id = mine.id AND m.kind = 'public' AND NOT m.is_auto_reply
       AND NOT m.is_automatic AND m.delivery_state NOT IN ('scheduled', 'cancelled')
     ORDER BY m.created_at DESC, m.id DESC LIMIT 1
   ) m ORDER BY m.at DESC LIMIT 1),
  (SELECT json_agg(json_build_array(s.text, s.language)) FROM (
     SELECT left(m.text, %(length)s) AS text, m.language
     FROM tickets_message m JOIN tickets_ticket t ON t.id = m.ticket_id
     WHERE m.author_customer_id = %(customer)s AND m.kind = 'public' AND NOT m.is_auto_reply AND {VISIBLE}
     ORDER BY m.created_at DESC, m.id DESC LIMIT %(read)s
   ) s),
  (SELECT array_agg(extract(epoch FROM r.at - l.created_at) ORDER BY l.id DESC) FROM (
     SELECT id, created_at FROM mine ORDER BY created_at DESC, id DESC LIMIT %(last)s
   ) l CROSS JOIN LATERAL (
     SELECT min(m.created_at) AS at FROM tickets_message m
     WHERE m.ticket_id = l.id AND m.kind = 'public' AND m.author_role <> '' AND NOT m.is_automatic
       AND m.delivery_state NOT IN ('scheduled', 'cancelled') AND EXISTS (
         SELECT FROM tickets_message q
         WHERE q.ticket_id = l.id AND q.kind = 'public' AND q.author_role = '' AND q.id < m.id
       )
   ) r WHERE r.at IS NOT NULL),
  (SELECT json_agg(json_build_array(w.currency, w.total::text, w.orders)) FROM (
     SELECT o.currency, sum(o.total) AS total, count(*) AS orders FROM customers_order o
     WHERE o.customer_id = %(customer)s AND NOT o.status = ANY(%(worthless)s)
     GROUP BY o.currency ORDER BY 3 DESC, 1
   ) w),
  (SELECT array_agg(s.score ORDER BY s.at DESC, s.id DESC) FILTER (WHERE s.score <> 'neutral') FROM (
     SELECT DISTINCT ON (r.ticket_id) r.id, r.score, r.at
     FROM tickets_rating r JOIN tickets_ticket t ON t.id = r.ticket_id
     WHERE r.customer_id = %(customer)s AND r.kind = 'csat' AND {VISIBLE} ORDER BY r.ticket_id, r.id DESC
   ) s)
"""  # noqa: S608 our own text


class Trend(TextChoices):
    RISING = "rising", _("getting better")
    STEADY = "steady", _("steady")
    FALLING = "falling", _("getting worse")


@dataclass(frozen=True)
class Contact:
    """The last thing said in public, by the customer or by us."""

    at: datetime
    who: str
    is_ours: bool
    channel: str
    number: int


@dataclass(frozen=True)
class Satisfaction:
    """What counts of each ticket they rated, the newest first: True for good."""

    rated: tuple[bool, ...]

    @property
    def good(self) -> int:
        return sum(self.rated)

    @property
    def percent(self) -> int:
        return round(100 * self.good / len(self.rated))

    @property
    def trend(self) -> Trend | None:
        """How the last ones are beside all before them; None while there are too few to say."""
        newest, earlier = self.rated[:COMPARED], self.rated[COMPARED:]
        if len(earlier) < COMPARED:
            return None
        change = sum(newest) / len(newest) - sum(earlier) / len(earlier)
        return Trend.RISING if change > NOTABLE else Trend.FALLING if change < -NOTABLE else Trend.STEADY


@dataclass(frozen=True)
class Health:
    """`replies` are the times to the first reply of the last tickets that have one, the newest first."""

    tickets: int
    open_tickets: int
    first_seen: datetime
    last_contact: Contact | None
    language: str
    hint: Hint | None
    replies: list[timedelta]
    worth: list[Worth]
    badges: list[Badge]
    satisfaction: Satisfaction | None = None

    @property
    def usual_reply(self) -> timedelta | None:
        return timedelta(seconds=median(reply.total_seconds() for reply in self.replies)) if self.replies else None


def health_of(customer: Customer, user: User, *, now: datetime) -> Health:
    params: dict[str, Any] = {
        "customer": customer.pk, "hidden": user.hidden_team_ids, "unsolved": list(UNSOLVED), "length": LENGTH,
        "read": READ, "last": LAST_TICKETS, "worthless": list(WORTH_NOTHING),
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(FACTS, params)
        tickets, unsolved, began, contact, said, replies, worth, rated = cursor.fetchone() or (0, 0, *[None] * 6)
    spoken = [(text, language) for text, language in _read(said) or []]
    return Health(
        tickets=tickets,
        open_tickets=unsolved,
        first_seen=min(began, customer.created_at) if began else customer.created_at,
        last_contact=_contact(_read(contact)),
        language=customer.language or _usual([language for _text, language in spoken]),
        hint=sentiment_of(spoken),
        replies=[timedelta(seconds=float(seconds)) for seconds in replies or []],
        worth=[Worth(currency, Decimal(total), orders) for currency, total, orders in _read(worth) or []],
        satisfaction=Satisfaction(tuple(score == Score.GOOD for score in rated)) if rated else None,
        badges=badges_of(customer, now=now, badges=shown_to(user, Segment.objects.badges())),
    )


def _read(value: Any) -> Any:
    """JSON comes as text or read already, as the connection has it."""
    return json.loads(value) if isinstance(value, str) else value


def _contact(facts: dict[str, Any] | None) -> Contact | None:
    return Contact(**{**facts, "at": datetime.fromisoformat(facts["at"])}) if facts else None


def _usual(languages: Sequence[str]) -> str:
    """The one that most of the last messages were in; empty when none is known."""
    known = [language for language in languages if language]
    return max(known, key=known.count) if known else ""
