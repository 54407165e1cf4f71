"""What a ticket's page shows: messages and events woven into one line of time, and the ticket with all its people."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import OuterRef, QuerySet
from django.db.models.functions import JSONObject
from django.utils import timezone

from customers.models import Identity
from helpdesk.accounts.models import User
from tickets.models import Attachment, Draft, Follower, Message, Ticket, TicketCC, TicketEvent
from tickets.models.ticket import TicketQuerySet

MESSAGES_SHOWN = 50
EVENTS_SHOWN = 300
EARLIER_TICKETS = 5

# Kinds that are a line of their own; the others are told by the message they belong to.
# Each has a template in templates/tickets/events/.
LINES = (
    "follow_up.opened",
    "reply.retracted",
    "mail.also_received",
    "message.moved",
    "status.changed",
    "priority.changed",
    "type.changed",
    "subject.changed",
    "tags.changed",
    "assignee.changed",
    "team.changed",
    "follower.added",
    "follower.removed",
    "cc.added",
    "cc.removed",
)


@dataclass(frozen=True)
class Entry:
    """One item of the conversation; `new_day` is the moment when it is the first of its day."""

    at: datetime
    message: Message | None = None
    event: TicketEvent | None = None
    new_day: datetime | None = None

    @property
    def line(self) -> str:
        return f"tickets/events/{self.event.kind}.html" if self.event else ""


@dataclass(frozen=True)
class Timeline:
    entries: list[Entry]
    earlier: int  # id of the oldest message shown when there are older ones, else 0


def timeline(ticket: Ticket, *, before: int = 0) -> Timeline:
    """The newest messages (those older than message `before`, if given) with the events of their time."""
    messages = _messages(ticket, before)
    has_earlier = len(messages) > MESSAGES_SHOWN
    messages = messages[:MESSAGES_SHOWN][::-1]
    events = TicketEvent.objects.filter(ticket=ticket, kind__in=LINES)
    if has_earlier:
        events = events.filter(created_at__gte=messages[0].created_at)
    if before and messages:
        events = events.filter(created_at__lte=messages[-1].created_at)
    lines = list(events.order_by("-pk")[:EVENTS_SHOWN])[::-1]
    return Timeline(_woven(messages, lines), messages[0].pk if has_earlier else 0)


def _messages(ticket: Ticket, before: int) -> list[Message]:
    files = Attachment.objects.filter(message=OuterRef("pk"), inline=False).order_by("pk")
    row = JSONObject(id="id", filename="filename", size="size", content_type="content_type")
    messages = (
        Message.objects.filter(ticket=ticket)
        .select_related("author_user", "author_customer")
        .annotate(file_rows=ArraySubquery(files.values(json=row)))
        .order_by("-pk")
    )
    if before:
        messages = messages.filter(pk__lt=before)
    return list(messages[: MESSAGES_SHOWN + 1])


def _woven(messages: Sequence[Message], events: Sequence[TicketEvent]) -> list[Entry]:
    entries = [Entry(message.created_at, message=message) for message in messages]
    entries += [Entry(event.created_at, event=event) for event in events]
    entries.sort(key=lambda entry: (entry.at, entry.event is not None))
    return _with_days(entries)


def _with_days(entries: Sequence[Entry]) -> list[Entry]:
    day: date | None = None
    dated = []
    for entry in entries:
        today = timezone.localtime(entry.at).date()
        dated.append(entry if today == day else Entry(entry.at, entry.message, entry.event, new_day=entry.at))
        day = today
    return dated


def with_details(tickets: TicketQuerySet, user: User) -> QuerySet[Ticket]:
    """`tickets` with everything the details beside the conversation show, in the same statement."""
    person = JSONObject(id="user_id", name="user__name", email="user__email")
    copy = JSONObject(address="address", state="state", customer="customer_id")
    earlier = JSONObject(id="id", subject="subject", status="status", updated_at="updated_at", channel="channel")
    others = Ticket.objects.visible_to(user).filter(requester=OuterRef("requester")).exclude(pk=OuterRef("pk"))
    words = JSONObject(mode="mode", html="html", version="version", at="updated_at", attachment_ids="attachment_ids")
    return tickets.with_people().select_related("requester__organisation").annotate(
        identity_rows=ArraySubquery(
            Identity.objects.filter(customer=OuterRef("requester"))
            .order_by("pk")
            .values(json=JSONObject(kind="kind", value="value", proved_by="proved_by"))[:10]
        ),
        cc_rows=ArraySubquery(TicketCC.objects.filter(ticket=OuterRef("pk")).order_by("pk").values(json=copy)),
        follower_rows=ArraySubquery(Follower.objects.filter(ticket=OuterRef("pk")).order_by("pk").values(json=person)),
        earlier_rows=ArraySubquery(others.order_by("-updated_at", "-pk").values(json=earlier)[: EARLIER_TICKETS + 1]),
        draft_rows=ArraySubquery(Draft.objects.filter(ticket=OuterRef("pk"), user=user).values(json=words)),
    )  # fmt: skip


def draft_files(ticket: Ticket, user: User) -> dict[int, dict[str, Any]]:
    """Uploads that wait in the drafts of `user` on a ticket read by `with_details`, by id."""
    ids = [pk for draft in ticket.draft_rows for pk in draft["attachment_ids"]]  # type: ignore[attr-defined]
    if not ids:
        return {}
    waiting = Attachment.objects.filter(pk__in=ids, message=None, uploaded_by=user)
    return {attachment.pk: attachment.as_dict() for attachment in waiting}
