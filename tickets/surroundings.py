"""What stands around a conversation: addresses, people in copy, followers, own and shared drafts, earlier tickets."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, NamedTuple

from django.db import connection
from django.utils import timezone

from customers.dates import next_time
from customers.models import IdentityKind
from helpdesk.accounts.models import User
from tickets.models import Attachment, CcState, Draft, Ticket
from tickets.people import TAKERS, Assignable, assignable
from tickets.routes import LastSaid
from tickets.services.recipients import WRITTEN_FROM_ADDRESS
from tickets.stamps import NUMBERS

EARLIER_TICKETS = 5
NEAR = 14  # days before an important date from which it is told beside tickets

# The small lists that belong to every ticket page, as values of one row: as querysets they cost more time to compile
# than to run. Earlier tickets are those that `Ticket.objects.visible_to(user)` lets through: a test holds the two
# together.
PEOPLE = f"""
  (SELECT json_agg(json_build_object('kind', i.kind, 'value', i.value, 'proved_by', i.proved_by) ORDER BY i.id)
     FROM customers_identity i WHERE i.customer_id = %(requester)s),
  (SELECT json_agg(json_build_object('address', c.address, 'state', c.state) ORDER BY c.id)
     FROM tickets_ticketcc c WHERE c.ticket_id = %(ticket)s),
  (SELECT json_agg(json_build_object('id', u.id, 'name', u.name, 'email', u.email) ORDER BY f.id)
     FROM tickets_follower f JOIN accounts_user u ON u.id = f.user_id WHERE f.ticket_id = %(ticket)s),
  (SELECT json_agg(json_build_object('mode', d.mode, 'html', d.html, 'version', d.version, 'at', d.updated_at,
                                     'attachment_ids', d.attachment_ids, 'recipients', d.recipients,
                                     'shared_at', d.shared_at) ORDER BY d.mode)
     FROM tickets_draft d WHERE d.ticket_id = %(ticket)s AND d.user_id = %(user)s),
  (SELECT json_agg(json_build_object('id', a.id, 'filename', a.filename, 'size', a.size, 'content_type', a.content_type)
                   ORDER BY a.id)
     FROM tickets_draft d JOIN tickets_attachment a ON a.id = ANY(d.attachment_ids)
     WHERE d.ticket_id = %(ticket)s AND d.user_id = %(user)s AND a.message_id IS NULL AND a.uploaded_by_id = d.user_id),
  (SELECT json_agg(json_build_object('id', d.id, 'mode', d.mode, 'html', d.html, 'name', u.name, 'email', u.email,
                                     'files', cardinality(d.attachment_ids)) ORDER BY d.shared_at)
     FROM tickets_draft d JOIN accounts_user u ON u.id = d.user_id
     WHERE d.ticket_id = %(ticket)s AND d.user_id <> %(user)s AND d.shared_at IS NOT NULL),
  (SELECT json_agg(json_build_object('id', s.id, 'metric', s.metric, 'state', s.state, 'due_at', s.due_at,
                                     'warned_at', s.warned_at, 'breached_at', s.breached_at, 'elapsed', s.elapsed,
                                     'target', s.target, 'calendar_id', s.calendar_id) ORDER BY s.due_at, s.id)
     FROM tickets_slatarget s WHERE s.ticket_id = %(ticket)s AND s.state IN ('active', 'paused')),
  (SELECT m.from_address FROM tickets_message m
     WHERE m.ticket_id = %(ticket)s AND m.author_customer_id = %(requester)s AND m.channel = ANY(%(written)s)
       AND m.from_address <> '' ORDER BY m.id DESC LIMIT 1),
  (SELECT json_agg(json_build_object('label', d.label, 'day', d.day, 'is_yearly', d.is_yearly) ORDER BY d.id)
     FROM customers_importantdate d WHERE d.customer_id = %(requester)s),
  (SELECT u.name FROM customers_customer c JOIN accounts_user u ON u.id = c.owner_id WHERE c.id = %(requester)s),
  (SELECT json_agg(json_build_array(t.id, t.subject, t.status, t.channel, t.updated_at))
     FROM (SELECT * FROM tickets_ticket WHERE requester_id = %(requester)s AND id <> %(ticket)s
             AND (team_id IS NULL OR NOT team_id = ANY(%(hidden)s))
           ORDER BY updated_at DESC, id DESC LIMIT {EARLIER_TICKETS + 1}) AS t),
  (SELECT json_build_array(m.channel, m.facts -> 'conversation') FROM tickets_message m
     WHERE m.ticket_id = %(ticket)s AND m.author_customer_id = %(requester)s AND m.kind = 'public'
     ORDER BY m.id DESC LIMIT 1),
  {NUMBERS},
  {TAKERS}
"""  # noqa: S608 a number and a statement of ours

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
    shared: Rows  # what colleagues let others read of what they write
    earlier: list[EarlierTicket]
    has_more: bool  # there are more earlier tickets than `earlier` holds
    staff: Assignable  # whom the ticket can be given to
    wrote_from: str = ""  # where the requester last wrote from
    targets: Rows = field(default_factory=list)  # promises of time that run, or wait
    owner: str = ""  # of the requester's record
    said: LastSaid = field(default_factory=LastSaid)  # by which way the requester wrote last
    stamps: dict[str, int] = field(default_factory=dict)  # see tickets/stamps.py
    near: tuple[str, int] | None = None  # the requester's next important date, if it is near, and the days until then

    @property
    def usual_to(self) -> list[str]:
        """As `services.usual_recipients` has it: a test holds the two together."""
        emails = [row["value"] for row in self.identities if row["kind"] == IdentityKind.EMAIL]
        return [self.wrote_from] if self.wrote_from else emails[:1]

    @property
    def usual_cc(self) -> list[str]:
        in_copy = [row["address"] for row in self.ccs if row["state"] == CcState.CC]
        return [address for address in in_copy if address not in self.usual_to]


def surroundings(ticket: Ticket, user: User) -> Surroundings:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {PEOPLE}", asked_of(ticket, user))
        return read(*cursor.fetchone() or ())


def asked_of(ticket: Ticket, user: User) -> dict[str, Any]:
    """What `PEOPLE` has to be given."""
    numbers = {"ticket": ticket.pk, "requester": ticket.requester_id, "user": user.pk}
    return {**numbers, "hidden": user.hidden_team_ids, "written": [str(each) for each in WRITTEN_FROM_ADDRESS]}


def read(*found: Any) -> Surroundings:
    """What `PEOPLE` brought."""
    *lists, wrote_from, dates, owner, others, said, stamps, takers = found
    earlier = [EarlierTicket._make((*values, datetime.fromisoformat(at))) for *values, at in others or ()]
    shown, has_more = earlier[:EARLIER_TICKETS], len(earlier) > EARLIER_TICKETS
    identities, ccs, followers, drafts, files, shared, targets = (rows or [] for rows in lists)
    wrote, near = wrote_from or "", _near(dates) if dates else None
    return Surroundings(
        identities,
        ccs,
        followers,
        drafts,
        files,
        shared,
        shown,
        has_more,
        assignable(takers),
        wrote,
        targets,
        owner or "",
        LastSaid.of(said),
        stamps or {},
        near,
    )


def _near(dates: Rows) -> tuple[str, int] | None:
    today = timezone.localdate()
    left = [
        ((next_time(date.fromisoformat(row["day"]), row["is_yearly"], today) - today).days, row["label"])
        for row in dates
    ]
    days, label = min(((days, label) for days, label in left if days >= 0), default=(NEAR + 1, ""))
    return (label, days) if days <= NEAR else None


def shared_drafts(ticket: Ticket, user: User) -> Rows:
    """As in `Surroundings.shared`, for the live fragment alone."""
    drafts = Draft.objects.filter(ticket=ticket, shared_at__isnull=False).exclude(user=user).select_related("user")
    return [
        {
            "id": draft.pk,
            "mode": draft.mode,
            "html": draft.html,
            "name": str(draft.user),
            "email": draft.user.email,
            "files": len(draft.attachment_ids),
        }
        for draft in drafts.order_by("shared_at")
    ]


def draft_facts(draft: Draft) -> dict[str, Any]:
    """A draft as its writer's pages take it up."""
    files = Attachment.objects.filter(pk__in=draft.attachment_ids, message=None, uploaded_by=draft.user_id)
    return {
        "version": draft.version,
        "html": draft.html,
        "attachments": [file.as_dict() for file in files],
        "recipients": draft.recipients,
        "shared": draft.shared_at is not None,
    }
