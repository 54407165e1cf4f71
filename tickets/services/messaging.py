"""What people do to what they have said elsewhere: change it, delete it, react to it; and what comes after the words.

None of it is an answer: no status moves. What a customer changed or deleted is kept with the message
(`tickets/message_facts.py`), because somebody may have acted upon it.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from customers.actors import SYSTEM, Actor
from helpdesk.lib.html import text_to_html
from tickets import attachments as files
from tickets.events import FileFetched, MessageEdited, MessageReacted, MessageWithdrawn, ReplyAdded
from tickets.message_facts import Earlier, Reaction
from tickets.models import Attachment, Message, MessageKind, Status, Ticket
from tickets.services.gesture import Gesture, gesture
from tickets.services.lifecycle import change_status
from tickets.services.sending import count_message, recount


def edit_received(
    message: Message,
    text: str,
    *,
    actor: Actor,
    earlier: Sequence[Earlier] = (),
    at: datetime | None = None,
    now: datetime | None = None,
) -> Message:
    """The words of `message` are `text` now; `earlier` are all that were before, oldest first.

    Without `at` it is no edit of theirs: another piece of the same message has come.
    """
    facts: dict[str, Any] = {"earlier": list(earlier)} if earlier else {}
    with gesture(message.ticket, actor=actor, now=now) as g:
        message = _locked(message)
        if at:
            facts["edited_at"] = at.isoformat()
        if message.erased_at or not _rewrite(message, text, facts):
            return message
        g.record(MessageEdited(message.pk) if at else FileFetched(message.pk, None), message=message)
        _show_newest(g)
        return message


def withdraw_received(
    message: Message,
    *,
    actor: Actor,
    at: datetime,
    earlier: Sequence[Earlier] = (),
    edited_at: datetime | None = None,
    now: datetime | None = None,
) -> Message:
    """Its sender deleted it: the words are in `earlier`, and count nowhere else. `edited_at` as in `edit_received`."""
    facts: dict[str, Any] = {"earlier": list(earlier), "withdrawn_at": at.isoformat()}
    if edited_at:
        facts["edited_at"] = edited_at.isoformat()
    with gesture(message.ticket, actor=actor, now=now) as g:
        message = _locked(message)
        was_there = "withdrawn_at" not in message.facts
        if message.erased_at or not _rewrite(message, "", facts):
            return message
        g.record(MessageWithdrawn(message.pk) if was_there else MessageEdited(message.pk), message=message)
        _show_newest(g)
        return message


def react(
    message: Message, reactions: Sequence[Reaction], *, actor: Actor, emoji: str = "", now: datetime | None = None
) -> Message:
    """`reactions` are all that `message` has now; `emoji` is what came with this one, empty when it was taken back."""
    with gesture(message.ticket, actor=actor, now=now) as g:
        message = _locked(message)
        if message.facts.get("reactions", []) == list(reactions):
            return message
        message.facts = {**message.facts, "reactions": list(reactions)}
        message.save(update_fields=["facts"])
        g.record(MessageReacted(message.pk, emoji, is_ours=actor.user is not None), message=message)
        return message


def add_reply_elsewhere(
    ticket: Ticket,
    text: str,
    *,
    channel: str,
    name: str,
    at: datetime,
    to: Sequence[str] = (),
    facts: dict[str, Any] | None = None,
    now: datetime | None = None,
) -> Message:
    """What one of us wrote in the provider's own app, by the name that we have. It has been sent: nothing is to do.

    The customer waits no longer; no rule answers to it.
    """
    with gesture(ticket, actor=Actor(SYSTEM.kind, name or SYSTEM.name), now=now) as g:
        message = Message.objects.create(
            ticket=g.ticket,
            kind=MessageKind.PUBLIC,
            channel=channel,
            author_name=name[:200],
            author_role="agent",
            text=text,
            html=text_to_html(text),
            to=[address[:320] for address in to],
            facts={**(facts or {}), "is_elsewhere": True},
            created_at=at,
        )
        g.record(ReplyAdded(message.pk), message=message)
        g.change(waiting_since=None, reply_count=g.ticket.reply_count + 1)
        if g.ticket.status == Status.NEW:
            change_status(g.ticket, Status.OPEN, actor=g.actor)
        count_message(g, message)
        settle_late(g, message)
        return message


def settle_late(g: Gesture, message: Message) -> None:
    """What was said before something that is there already: who waits, and what is shown first, is worked out again.

    Only a reply written here, which its author wrote without knowing of `message`, does not answer it.
    """
    public = Message.objects.public().filter(ticket=g.ticket, is_automatic=False, created_at__gt=message.created_at)
    later = list(public.exclude(pk=message.pk).values_list("author_role", "facts__is_elsewhere"))
    if not later:
        return
    waits = g.ticket.waiting_since
    recount(g)
    if not message.author_role and any(role and not is_elsewhere for role, is_elsewhere in later):
        g.change(waiting_since=g.ticket.waiting_since or waits)


def said_earlier(message: Message, at: datetime, *, actor: Actor, now: datetime | None = None) -> Message:
    """A piece of `message` was said before what is there of it: it is as old as its oldest piece."""
    with gesture(message.ticket, actor=actor, now=now) as g:
        message = _locked(message)
        if at >= message.created_at:
            return message
        if g.ticket.waiting_since == message.created_at:
            g.change(waiting_since=at)
        message.created_at = at
        message.save(update_fields=["created_at"])
        g.record(FileFetched(message.pk, None), message=message)
        settle_late(g, message)
        return message


def add_fetched_file(
    message: Message,
    file: files.File,
    *,
    missing: Sequence[dict[str, str]] = (),
    actor: Actor = SYSTEM,
    now: datetime | None = None,
) -> Attachment:
    """A file that came after its message; `missing` are those that are still to come, or can't be had."""
    with gesture(message.ticket, actor=actor, now=now) as g:
        message = _locked(message)
        attachment = files.store(file, message=message)
        _note_missing(message, missing)
        g.record(FileFetched(message.pk, attachment.pk), message=message)
        return attachment


def note_missing_files(
    message: Message, missing: Sequence[dict[str, str]], *, actor: Actor = SYSTEM, now: datetime | None = None
) -> Message:
    """Which files of `message` are not there: being fetched, not to be had, or only to be looked at where they are."""
    with gesture(message.ticket, actor=actor, now=now) as g:
        message = _locked(message)
        if _note_missing(message, missing):
            g.record(FileFetched(message.pk, None), message=message)
        return message


def _note_missing(message: Message, missing: Sequence[dict[str, str]]) -> bool:
    if message.facts.get("files_missing", []) == list(missing):
        return False
    message.facts = {**message.facts, "files_missing": list(missing)}
    if not missing:
        del message.facts["files_missing"]
    message.save(update_fields=["facts"])
    return True


def _rewrite(message: Message, text: str, facts: dict[str, Any]) -> bool:
    if (message.text, message.facts) == (text, message.facts | facts):
        return False
    message.text, message.html, message.facts = text, text_to_html(text), message.facts | facts
    message.save(update_fields=["text", "html", "facts"])
    return True


def _show_newest(g: Gesture) -> None:
    newest = Message.objects.public().filter(ticket=g.ticket, is_automatic=False).order_by("-created_at", "-pk").first()
    g.change(preview=" ".join(newest.text[:400].split())[:140] if newest else "")


def _locked(message: Message) -> Message:
    return Message.objects.select_for_update(of=("self",)).select_related("ticket").get(pk=message.pk)
