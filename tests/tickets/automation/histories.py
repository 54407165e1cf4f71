"""Things that happen to a ticket, by name, for tests that tell random histories."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from tickets import services
from tickets.models import Channel, Ticket
from tickets.models.ticket import MOVES

ACTS = (
    "vip", "calm", "pending", "open", "solved", "closed", "mail", "reply", "note", "due", "not due", "take", "drop",
    "follow", "leave", "copy", "no copy", "rename",
)  # fmt: skip
Act = Callable[[Ticket, str, datetime], None]


@pytest.fixture
def act(grace: User, ada: Customer) -> Act:
    agent, customer = Actor.agent(grace), Actor.of_customer(ada)

    def do(ticket: Ticket, what: str, now: datetime) -> None:
        ticket = Ticket.objects.get(pk=ticket.pk)
        if ticket.is_closed:
            return
        with services.gesture(ticket, actor=customer if what == "mail" else agent, now=now):
            match what:
                case "vip":
                    services.set_tags(ticket, [] if "vip" in ticket.tags else ["vip"], actor=agent)
                case "calm":
                    services.change_priority(ticket, "" if ticket.priority else "low", actor=agent)
                case "pending" | "open" | "solved" | "closed" if what in MOVES[ticket.status]:
                    services.change_status(ticket, what, actor=agent)
                case "due" | "not due":
                    due_at = now + timedelta(hours=2, minutes=5) if what == "due" else None
                    services.change_due_date(ticket, due_at, actor=agent)
                case "note":
                    services.add_note(ticket, "Look at this, please", actor=agent)
                case "reply":
                    services.add_reply(ticket, "We are on it", actor=agent)
                case "mail":
                    incoming = services.Incoming(text="And now?", from_address="ada@example.org")
                    services.receive_message(ticket, incoming, customer=ada, channel=Channel.EMAIL, actor=customer)
                case "take" | "drop":
                    services.assign(ticket, grace if what == "take" else None, actor=agent)
                case "follow":
                    services.add_follower(ticket, grace, actor=agent)
                case "leave":
                    services.remove_follower(ticket, grace, actor=agent)
                case "copy":
                    services.add_cc(ticket, ada, "bob@example.org", actor=agent)
                case "no copy":
                    services.remove_cc(ticket, "bob@example.org", actor=agent)
                case "rename":
                    services.change_subject(ticket, f"{ticket.subject}!", actor=agent)

    return do
