"""One visit to a mailbox, by whichever protocol, and what is remembered of it."""

from __future__ import annotations

from datetime import datetime

from imapclient import IMAPClient

from channels_app.mailboxes import imap, pop3
from channels_app.mailboxes.errors import NoAccess
from channels_app.models import Mailbox, MailProtocol
from channels_app.tasks_inbound import read_waiting_mail
from helpdesk.lib.handover import hand_over


def fetch(mailbox: Mailbox, *, now: datetime) -> int:
    """Connect, store what is new, hang up; how many came. Raises `NoAccess`, which is also written down."""
    try:
        if mailbox.protocol == MailProtocol.POP3:
            with pop3.connected(mailbox) as client:
                count = pop3.fetch(client, mailbox)
        else:
            with imap.connected(mailbox) as client:
                count = fetch_folders(client, mailbox, now=now)
    except NoAccess as error:
        note_problem(mailbox, error, now=now)
        raise
    note_success(mailbox, count, now=now)
    return count


def fetch_folders(client: IMAPClient, mailbox: Mailbox, *, now: datetime) -> int:
    return sum(imap.fetch_folder(client, mailbox, name, now=now) for name in mailbox.folders)


def note_success(mailbox: Mailbox, count: int, *, now: datetime) -> None:
    came = {"last_mail_at": now} if count else {}
    values = {"problem": "", "problem_at": None, "last_success_at": now, "waiting": 0, **came}
    Mailbox.objects.filter(pk=mailbox.pk).update(**values)
    mailbox.last_success_at = now
    if count:
        hand_over(read_waiting_mail)


def note_problem(mailbox: Mailbox, error: NoAccess, *, now: datetime) -> None:
    """`problem_at` stays the moment since which it is there."""
    Mailbox.objects.filter(pk=mailbox.pk, problem="").update(problem_at=now)
    Mailbox.objects.filter(pk=mailbox.pk).update(problem=str(error)[:500])


def check(mailbox: Mailbox, *, now: datetime) -> int:
    """Sign in and look at each folder without fetching anything; how many mails lie there. Raises `NoAccess`."""
    try:
        count = _count(mailbox)
    except NoAccess as error:
        note_problem(mailbox, error, now=now)
        raise
    Mailbox.objects.filter(pk=mailbox.pk).update(problem="", problem_at=None)
    return count


def _count(mailbox: Mailbox) -> int:
    if mailbox.protocol == MailProtocol.POP3:
        with pop3.connected(mailbox) as pop:
            return int(pop.stat()[0])
    with imap.connected(mailbox) as client:
        return sum(imap.count(client, name) for name in mailbox.folders)
