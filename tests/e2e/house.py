"""A small house to live in: staff, an inbox, and a customer with a real mail program."""

from __future__ import annotations

import smtplib
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from email.utils import make_msgid
from pathlib import Path

from playwright.sync_api import Page

from helpdesk.accounts.models import Role, Team, User
from tests.stack import LiveStack, wait_until
from tickets.models import Inbox, Message, Ticket

ADA = "Ada Lovelace <ada@example.org>"
SUPPORT = "support@onethread.test"


@dataclass
class House:
    grace: User
    alan: User
    support: Inbox


def furnish(stack: LiveStack) -> House:
    with stack.orm():
        team = Team.objects.create(name="Support")
        people = [
            User.objects.create_user(f"{name.split()[0].lower()}@onethread.test", "demo", name=name, role=Role.AGENT)
            for name in ("Grace Hopper", "Alan Turing")
        ]
        grace, alan = people
        return House(grace, alan, Inbox.objects.create(name="Support", address=SUPPORT, team=team))


def mail(text: str, *, subject: str = "The engine rattles", to: str = SUPPORT, **headers: str) -> EmailMessage:
    message = EmailMessage(policy=policy.SMTP)
    message["From"], message["To"], message["Subject"] = ADA, to, subject
    message["Message-ID"] = make_msgid(domain="example.org")
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def hand_in(stack: LiveStack, message: EmailMessage) -> None:
    """Through a real SMTP client; when this returns, the receiver has said 250."""
    with smtplib.SMTP("127.0.0.1", stack.smtp_port, timeout=20) as smtp:
        smtp.send_message(message, to_addrs=[str(message["To"])])


def answer_to(sent: EmailMessage, text: str) -> EmailMessage:
    """What a mail program makes of the customer's click on "reply"."""
    return mail(
        text,
        subject=f"Re: {sent['Subject']}",
        to=str(sent["Reply-To"] or sent["From"]),
        In_Reply_To=str(sent["Message-ID"]),
        References=f"{sent['References'] or ''} {sent['Message-ID']}".strip(),
    )


def only_mail_out(stack: LiveStack, count: int = 1) -> EmailMessage:
    """The newest mail the customer got, once there are `count`; fails if there are more."""
    paths: list[Path] = wait_until(lambda: len(stack.outbox()) >= count and stack.outbox(), seconds=60, what="mail out")
    assert len(paths) == count
    return message_from_bytes(paths[-1].read_bytes(), policy=policy.default)


def the_ticket(stack: LiveStack, messages: int = 1) -> Ticket:
    """The one ticket, once it has `messages` messages."""

    def found() -> Ticket | None:
        with stack.orm():
            return Ticket.objects.filter(message_count__gte=messages).first()

    ticket: Ticket = wait_until(found, seconds=60, what=f"a ticket with {messages} messages")
    with stack.orm():
        assert Ticket.objects.count() == 1
        assert Message.objects.count() == messages
    return ticket


def sign_in(page: Page, stack: LiveStack, user: User) -> Page:
    page.context.add_cookies([stack.session_cookie(user)])  # type: ignore[list-item]
    return page
