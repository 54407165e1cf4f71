"""The running product listens to a mailbox: mail is there at once, once, and survives the death of its reader."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from channels_app.models import InboundPayload, Mailbox
from tests.channels_app.letters import letter
from tests.channels_app.mailboxes.people import mailbox_of, support_account
from tests.dovecot import Dovecot, dovecot
from tests.stack import LiveStack, wait_until
from tickets.models import Ticket

__all__ = ["dovecot"]
pytestmark = pytest.mark.e2e


@pytest.fixture
def house(live_stack: LiveStack, dovecot: Dovecot) -> Iterator[LiveStack]:
    with live_stack.orm():
        mailbox_of(dovecot, support_account(), "watched@mail.test")
    live_stack.start("smtp", "worker")
    yield live_stack
    with live_stack.orm():
        Mailbox.objects.all().delete()


def subjects(stack: LiveStack) -> list[str]:
    with stack.orm():
        return sorted(Ticket.objects.values_list("subject", flat=True))


def test_mail_becomes_tickets_as_it_comes(house: LiveStack, dovecot: Dovecot) -> None:
    dovecot.put("watched@mail.test", letter("One.", subject="First"))
    wait_until(lambda: subjects(house) == ["First"], seconds=30, what="the first mail on a ticket")
    dovecot.put("watched@mail.test", letter("Two.", subject="Second"))  # the server says so: nobody waits for a minute
    wait_until(lambda: subjects(house) == ["First", "Second"], seconds=15, what="the second mail on a ticket")
    house.kill("smtp")
    dovecot.put("watched@mail.test", *(letter("Later.", subject=f"Third {number}") for number in range(10)))
    house.start("smtp")
    wait_until(lambda: len(subjects(house)) == 12, seconds=40, what="what came while nobody listened")
    with house.orm():
        assert InboundPayload.objects.count() == 12
