"""Writing down, in the gesture's own transaction, what a ticket's threads are to be told."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.integrations.models import (
    SlackMirror,
    SlackPost,
    SlackPostKind,
    SlackPostState,
    SlackThread,
    SlackWorkspace,
)
from helpdesk.lib.handover import hand_over
from tickets.models import Status, Ticket, TicketEvent
from tickets.stamps import Stamped

TOLD = ("message.received", "reply.added", "note.added")
SHOWN_ON_CARD = ("status.changed", "priority.changed", "assignee.changed", "team.changed", "subject.changed")
MOVED = "team.changed"
_is_in_use = Stamped("slack", lambda: SlackWorkspace.objects.filter(is_active=True).exists())
PREVIEW = 600  # characters of a message


def start_thread(ticket: Ticket, workspace: SlackWorkspace, channel: str, words: str) -> SlackThread:
    """Tell `channel` of the ticket; when it has a thread there already, in that."""
    thread, _is_new = SlackThread.objects.get_or_create(ticket=ticket, workspace=workspace, channel=channel)
    say(thread, SlackPostKind.REPLY if _has_root(thread) else SlackPostKind.ROOT, words)
    return thread


def tell_threads(ticket: Ticket, events: Sequence[TicketEvent]) -> None:
    """A consumer of events: what happens on a ticket is said in its threads, but not what came from there."""
    if not _is_in_use.get() or not any(event.kind in (*TOLD, *SHOWN_ON_CARD) for event in events):
        return
    found = SlackThread.objects.filter(ticket=ticket, workspace__is_active=True)
    threads = [thread for thread in found if _has_root(thread)]
    if not threads:
        return
    if private_since := _private_since(ticket):
        _take_leave([thread for thread in threads if thread.created_at < private_since], events)
        threads = [thread for thread in threads if thread.created_at >= private_since]
    written = [event.message_id for event in events if event.kind in TOLD and event.message_id]
    from_slack = set(SlackMirror.objects.filter(message__in=written).values_list("message_id", flat=True))
    for thread in threads:
        for event in events:
            if event.message_id not in from_slack and (words := _words(event)):
                say(thread, SlackPostKind.REPLY, words)
        if any(event.kind in SHOWN_ON_CARD for event in events):
            _bring_up_to_date(thread)


def _private_since(ticket: Ticket) -> datetime | None:
    """When it went to the private team that has it; None for all others."""
    if ticket.team is None or not ticket.team.is_private:
        return None
    moves = TicketEvent.objects.filter(ticket=ticket, kind=MOVED).order_by("-pk")
    return moves.values_list("created_at", flat=True).first()


def _take_leave(threads: list[SlackThread], events: Sequence[TicketEvent]) -> None:
    """Threads from before are told that it moved, and nothing more: their readers are not the team's members."""
    if any(event.kind == MOVED for event in events):
        for thread in threads:
            say(thread, SlackPostKind.REPLY, _("The ticket went to a private team: this thread hears no more of it."))


def say(thread: SlackThread, kind: str, words: str) -> None:
    SlackPost.objects.create(thread=thread, kind=kind, text=words)
    transaction.on_commit(wake)


def wake() -> None:
    from helpdesk.integrations.tasks import send_to_slack  # tasks import the sender, which imports this

    hand_over(send_to_slack)


def _has_root(thread: SlackThread) -> bool:
    """Or will have: one whose first message failed has no place to say anything in."""
    first = thread.posts.filter(kind=SlackPostKind.ROOT).exclude(state=SlackPostState.FAILED)
    return bool(thread.root_ts) or first.exists()


def _bring_up_to_date(thread: SlackThread) -> None:
    """Once is enough, however many changes wait: the card is drawn when it is sent."""
    waiting = thread.posts.filter(kind__in=[SlackPostKind.UPDATE, SlackPostKind.ROOT], state=SlackPostState.WAITING)
    if not waiting.exists():
        say(thread, SlackPostKind.UPDATE, "")


def _words(event: TicketEvent) -> str:
    if event.kind == "status.changed":
        status = Status(event.payload["new"]).label
        return _("%(name)s set the status to %(status)s.") % {"name": event.actor_name, "status": status}
    if event.kind not in TOLD or event.message is None:
        return ""
    text = event.message.text.strip()
    said = text if len(text) <= PREVIEW else f"{text[: PREVIEW - 1]}…"
    who = {"name": event.actor_name}
    heading = {
        "message.received": _("%(name)s wrote:"),
        "reply.added": _("%(name)s replied to the customer:"),
        "note.added": _("%(name)s noted:"),
    }[event.kind] % who
    return f"{heading}\n{said}"
