"""What an agent says in a chat, with their files and the changes of macros that come along: all of it, or nothing."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets.automation import macros
from tickets.automation.actions import Wanted
from tickets.chat import log
from tickets.chat.log import Line
from tickets.chat.settling import settle
from tickets.models import Attachment, Chat, ChatEntry, Said, ScanState
from tickets.services import Refused, gesture


def answer(
    chat: Chat,
    text: str,
    *,
    user: User,
    client_id: UUID,
    attachment_ids: Sequence[int] = (),
    changes: Sequence[Wanted] = (),
    used: Sequence[int] = (),
) -> Line:
    """The line, once it is written; the same `client_id` again is the line of the first time and changes nothing more.

    Raises `Refused` as `log.say` does, for files that are not theirs to send, and for changes that can't be made.
    """
    if line := _said_before(chat, client_id):
        return line
    with transaction.atomic():
        line = log.say(
            chat,
            Said.AGENT,
            text,
            client_id=client_id,
            author=user,
            name=str(user),
            attachments=_uploads(attachment_ids, user),
        )
        if changes or used:
            _make(chat, changes, used, user)
    return line


def _said_before(chat: Chat, client_id: UUID) -> Line | None:
    seq = ChatEntry.objects.filter(chat=chat, client_id=client_id).values_list("seq", flat=True).first()
    return next(iter(log.read(chat.pk, since=seq - 1, limit=1)), None) if seq else None


def _uploads(ids: Sequence[int], user: User) -> list[Attachment]:
    if not ids:
        return []
    uploads = Attachment.objects.filter(pk__in=ids, message=None, uploaded_by=user).exclude(
        scan_state=ScanState.INFECTED
    )
    found = uploads.in_bulk(ids)
    if len(found) != len(set(ids)):
        raise Refused(_("A file can’t be sent any more. Take it off and add it again."), field="attachments")
    return [found[pk] for pk in dict.fromkeys(ids)]


def _make(chat: Chat, changes: Sequence[Wanted], used: Sequence[int], user: User) -> None:
    """On the ticket, after the words that belong to them."""
    ticket = settle(chat)
    if ticket is None:
        raise Refused(_("There is no ticket yet."))
    with gesture(ticket, actor=Actor.agent(user)) as g:
        macros.carry_out(g.ticket, list(changes), used=list(used), user=user)
