"""Every component and every state on one page, to look at and for the accessibility check to walk over.

Messages, event lines and rows are the product's own templates, fed with examples that are never saved.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, cast

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from customers.models import Customer
from helpdesk.accounts.models import User
from helpdesk.accounts.setup import AdminForm
from helpdesk.styleguide_rules import promises_and_rules
from helpdesk.styleguide_states import states
from tickets.models import DeliveryState, Message, MessageKind, Priority, Status, Ticket, TicketEvent
from tickets.queue import VIEWS
from tickets.timeline import Entry, Timeline

TONES = ["red", "orange", "amber", "green", "teal", "blue", "violet", "pink", "slate"]
LONG = "Donaudampfschifffahrtsgesellschaftskapitän von Wolfeschlegelsteinhausen"


@require_GET
@login_required
def styleguide(request: HttpRequest) -> HttpResponse:
    if not settings.STYLEGUIDE:
        raise Http404
    now = timezone.now()
    broken = AdminForm({"name": "Maya Okafor", "email": "not an address", "password": ""})
    return render(
        request,
        "styleguide.html",
        {
            "tones": TONES,
            "statuses": Status.values,
            "priorities": Priority.values[1:],
            "views": VIEWS.values(),
            "broken": broken,
            "view": VIEWS["all"],
            "tickets": _tickets(now),
            "query": "view=all",
            "ticket": Ticket(pk=1042, requester=Customer(pk=1, name="Maya Okafor")),
            "timeline": Timeline(_entries(now), 0),
            "may_reply": True,
            **states(now),
            **promises_and_rules(cast("User", request.user), now),
            "no_problems": [],
        },
    )


def _tickets(now: datetime) -> list[Ticket]:
    rows = [
        ("Maya Okafor", "Refund for returned running shoes", "open", "urgent", True, 2),
        ("Jonas Weber", "Can’t sign in after password reset", "new", "high", False, 70),
        (LONG, "Supercalifragilisticexpialidocious_and_no_space_to_break_at_all", "pending", "", False, 1500),
        ("", "", "hold", "low", False, 3000),
        ("محمد علي", "طلب استرداد", "solved", "", False, 60_000),
    ]
    return [
        Ticket(
            pk=1042 + at, subject=subject, status=status, priority=priority, channel="email", message_count=at + 1,
            requester=Customer(pk=at + 1, name=name), preview="I can see the parcel was delivered on the 4th",
            updated_at=now - timedelta(minutes=age), waiting_since=now if waiting else None,
        )
        for at, (name, subject, status, priority, waiting, age) in enumerate(rows)
    ]  # fmt: skip


def _entries(now: datetime) -> list[Entry]:
    grace = User(pk=0, name="Grace Hopper", email="grace@example.com")
    messages = [
        _mail(now, 1),
        *(_reply(now, at, state, grace) for at, state in enumerate(DeliveryState.values[1:], 10)),
    ]
    note = _message(now, 30, kind=MessageKind.NOTE, author_user=grace, author_name=grace.name, author_role="agent",
                    html="<p>Photos look fine to me, I’d release it in full.</p>")  # fmt: skip
    entries = [Entry(now, message=message) for message in [*messages, note]]
    entries[0] = Entry(now, message=messages[0], new_day=now)
    return [*entries, *(Entry(now, event=event) for event in _events(now))]


def _message(now: datetime, pk: int, **fields: Any) -> Message:
    message = Message(
        pk=pk, ticket_id=1042, created_at=now, **{"kind": MessageKind.PUBLIC, "channel": "email", **fields}
    )
    message.file_rows = fields.pop("files", [])  # type: ignore[attr-defined]
    return message


def _mail(now: datetime, pk: int) -> Message:
    message = _message(
        now, pk, author_customer=Customer(pk=1, name="Maya Okafor"), author_name="Maya Okafor",
        from_address="maya@example.com", html="<p>The courier shows them delivered. Could you check?</p>",
        quoted_text="On 30 October we wrote:\n> your label is ready", match_rule="token",
        match_evidence={"address": "support+t.1042@demo.test"}, is_unverified=True, is_auto_reply=True,
    )  # fmt: skip
    message.file_rows = [  # type: ignore[attr-defined]
        {"id": 0, "filename": "return-label.pdf", "size": 182_000, "content_type": "application/pdf"},
        {
            "id": 0,
            "filename": "a photo with a very long name of the sole.jpg",
            "size": 9_182_000,
            "content_type": "image/jpeg",
        },
    ]
    return message


def _reply(now: datetime, pk: int, state: str, author: User) -> Message:
    return _message(
        now, pk, author_user=author, author_name=author.name, author_role="agent", to=["maya@example.com"],
        cc=["tom@example.com"], html="<p>I asked the warehouse to book it in today.</p>", delivery_state=state,
        delivery_detail="550 5.1.1 mailbox unavailable" if state == "failed" else "", send_at=now,
    )  # fmt: skip


def _events(now: datetime) -> list[TicketEvent]:
    examples: list[tuple[str, dict[str, Any]]] = [
        ("status.changed", {"old": "open", "new": "pending"}),
        ("priority.changed", {"old": "", "new": "urgent"}),
        ("type.changed", {"old": "", "new": "incident"}),
        ("subject.changed", {"old": "Shoes", "new": "Refund for shoes"}),
        ("tags.changed", {"added": ["refund"], "removed": ["vip"]}),
        ("assignee.changed", {"old_id": None, "old": "", "new_id": 2, "new": "Omar Saleh"}),
        ("team.changed", {"old_id": None, "old": "", "new_id": 2, "new": "Returns"}),
        ("chat.started", {"chat_id": 1, "page": "https://shop.example/checkout"}),
        ("chat.accepted", {"chat_id": 1, "agent_id": 2, "agent": "Omar Saleh", "waited": 25}),
        ("chat.transferred", {"chat_id": 1, "old": "Omar Saleh", "team": "Returns", "agent": ""}),
        ("chat.ended", {"chat_id": 1, "by": "visitor", "seconds": 412, "was_missed": False}),
        ("article.helped", {"article_id": 3, "title": "Return a pair of shoes"}),
        ("follower.added", {"user_id": 9, "name": "Omar Saleh"}),
        ("follower.removed", {"user_id": 9, "name": "Omar Saleh"}),
        ("cc.added", {"address": "tom@example.com", "state": "unverified"}),
        ("cc.removed", {"address": "tom@example.com"}),
        ("follow_up.opened", {"number": 1077}),
        ("reply.retracted", {}),
        ("mail.also_received", {"inbox": "Billing"}),
        ("message.moved", {"direction": "in", "number": 1040}),
    ]
    return [
        TicketEvent(pk=at, kind=kind, payload=payload, actor_name="Grace Hopper", created_at=now)
        for at, (kind, payload) in enumerate(examples, 1)
    ]
