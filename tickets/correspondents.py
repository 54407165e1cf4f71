"""Whom a writer may want to address: who is on the ticket, whom they wrote to lately, whom we know."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from tickets.models import Ticket

SUGGESTED = 8
RECENT_MESSAGES = 200

# Ranked by where an address is from: 1 the requester's own, 2 people of this ticket, 3 the writer's last messages,
# 4 any customer (only once something is typed). Our own inboxes and the null address never.
FOUND = """
WITH wanted AS (
  SELECT i.value AS address, 1 AS rank, 0::bigint AS at FROM customers_identity i
    WHERE i.customer_id = %(requester)s AND i.kind = 'email'
  UNION ALL SELECT c.address, 2, c.id FROM tickets_ticketcc c WHERE c.ticket_id = %(ticket)s
  UNION ALL SELECT m.from_address, 2, m.id FROM tickets_message m
    WHERE m.ticket_id = %(ticket)s AND m.author_role = '' AND m.from_address <> ''
  UNION ALL SELECT unnest(m.to || m.cc), 2, m.id FROM tickets_message m WHERE m.ticket_id = %(ticket)s
  UNION ALL SELECT unnest(m.to || m.cc || m.bcc), 3, m.id
    FROM (SELECT * FROM tickets_message WHERE author_user_id = %(user)s AND kind = 'public'
          ORDER BY id DESC LIMIT %(recent)s) m
  UNION ALL SELECT value, 4, 0 FROM (
    SELECT i.value FROM customers_identity i WHERE i.kind = 'email' AND %(typed)s <> '' AND i.value LIKE %(begins)s
    ORDER BY i.value LIMIT %(most)s) known
), best AS (
  SELECT lower(address) AS address, min(rank) AS rank, max(at) AS at FROM wanted GROUP BY lower(address)
)
SELECT b.address, coalesce(c.name, ''), b.rank FROM best b
LEFT JOIN customers_identity i ON i.kind = 'email' AND i.value = b.address
LEFT JOIN customers_customer c ON c.id = i.customer_id
WHERE (b.address LIKE %(contains)s OR c.name ILIKE %(contains)s)
  AND NOT EXISTS (SELECT FROM tickets_inbox x WHERE x.address = regexp_replace(b.address, '\\+[^@]*@', '@'))
ORDER BY b.rank, b.at DESC, b.address LIMIT %(most)s
"""


@dataclass(frozen=True)
class Correspondent:
    address: str
    name: str
    rank: int

    @property
    def why(self) -> str:
        return {1: _("Requester"), 2: _("On this ticket"), 3: _("You wrote to them lately")}.get(self.rank, "")


def correspondents(ticket: Ticket, user: User, typed: str) -> list[Correspondent]:
    """The best few whose address or name has `typed` in it."""
    typed = typed.strip().lower().replace("\0", "")
    pattern = typed.replace("\\", r"\\").replace("%", r"\%").replace("_", r"\_")
    facts: dict[str, str | int] = {
        "ticket": ticket.pk,
        "requester": ticket.requester_id,
        "user": user.pk,
        "typed": typed,
        "begins": f"{pattern}%",
        "contains": f"%{pattern}%",
        "recent": RECENT_MESSAGES,
        "most": SUGGESTED,
    }
    with connection.cursor() as cursor:
        cursor.execute(FOUND, facts)
        return [Correspondent(*row) for row in cursor.fetchall()]
