"""What stands around a conversation: addresses, people in copy, followers, own drafts, earlier tickets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from django.db import connection

from helpdesk.accounts.models import User
from tickets.models import Ticket

EARLIER_TICKETS = 5

# Five small lists that belong to every ticket page, in one statement: as five querysets they cost more time to compile
# than to run.
PEOPLE = """
SELECT
  (SELECT json_agg(json_build_object('kind', i.kind, 'value', i.value, 'proved_by', i.proved_by) ORDER BY i.id)
     FROM customers_identity i WHERE i.customer_id = %(requester)s),
  (SELECT json_agg(json_build_object('address', c.address, 'state', c.state) ORDER BY c.id)
     FROM tickets_ticketcc c WHERE c.ticket_id = %(ticket)s),
  (SELECT json_agg(json_build_object('id', u.id, 'name', u.name, 'email', u.email) ORDER BY f.id)
     FROM tickets_follower f JOIN accounts_user u ON u.id = f.user_id WHERE f.ticket_id = %(ticket)s),
  (SELECT json_agg(json_build_object('mode', d.mode, 'html', d.html, 'version', d.version, 'at', d.updated_at,
                                     'attachment_ids', d.attachment_ids) ORDER BY d.mode)
     FROM tickets_draft d WHERE d.ticket_id = %(ticket)s AND d.user_id = %(user)s),
  (SELECT json_agg(json_build_object('id', a.id, 'filename', a.filename, 'size', a.size, 'content_type', a.content_type)
                   ORDER BY a.id)
     FROM tickets_draft d JOIN tickets_attachment a ON a.id = ANY(d.attachment_ids)
     WHERE d.ticket_id = %(ticket)s AND d.user_id = %(user)s AND a.message_id IS NULL AND a.uploaded_by_id = d.user_id)
"""

EARLIER = """
SELECT t.id, t.subject, t.status, t.channel, t.updated_at FROM tickets_ticket t
WHERE t.requester_id = %s AND t.id <> %s AND (t.team_id IS NULL OR NOT t.team_id = ANY(%s))
ORDER BY t.updated_at DESC, t.id DESC LIMIT %s
"""

Rows = list[dict[str, Any]]


class EarlierTicket(NamedTuple):
    """Another ticket of the requester, as far as it is shown beside this one."""

    pk: int
    subject: str
    status: str
    channel: str
    updated_at: datetime


@dataclass(frozen=True)
class Surroundings:
    identities: Rows
    ccs: Rows
    followers: Rows
    drafts: Rows
    files: Rows  # uploads that wait in the drafts
    earlier: list[EarlierTicket]
    has_more: bool  # there are more earlier tickets than `earlier` holds


def surroundings(ticket: Ticket, user: User) -> Surroundings:
    with connection.cursor() as cursor:
        cursor.execute(PEOPLE, {"ticket": ticket.pk, "requester": ticket.requester_id, "user": user.pk})
        identities, ccs, followers, drafts, files = (rows or [] for rows in cursor.fetchone() or [None] * 5)
        # The same tickets as `Ticket.objects.visible_to(user)` lets through: a test holds the two together.
        cursor.execute(EARLIER, [ticket.requester_id, ticket.pk, user.hidden_team_ids, EARLIER_TICKETS + 1])
        earlier = [EarlierTicket(*row) for row in cursor.fetchall()]
    shown, has_more = earlier[:EARLIER_TICKETS], len(earlier) > EARLIER_TICKETS
    return Surroundings(identities, ccs, followers, drafts, files, shown, has_more)
