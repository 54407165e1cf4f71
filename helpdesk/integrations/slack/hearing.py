"""What people do in Slack: answers in a ticket's thread become notes, edits follow, buttons act.

An event is stored as it came, then applied once; what fails stays to be seen, and Slack gets its answer within its
three seconds either way.
"""

from __future__ import annotations

import logging
import traceback
from datetime import timedelta
from typing import Any

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.integrations.models import (
    SlackEvent,
    SlackEventState,
    SlackMirror,
    SlackPostKind,
    SlackThread,
    SlackWorkspace,
)
from helpdesk.integrations.slack import buttons, people
from helpdesk.integrations.slack.text import as_html, as_object, from_slack, people_in, words_of
from helpdesk.integrations.slack.threads import say
from helpdesk.lib.handover import hand_over
from tickets.models import Channel, ForbiddenMove
from tickets.services import Refused, add_note, change_note, gesture

logger = logging.getLogger(__name__)

PEOPLES = {"", "file_share", "thread_broadcast", "me_message"}  # subtypes of what people write
LATE = timedelta(hours=1)
ROOT_MAY_COME = timedelta(minutes=2)  # an answer can be faster than our own record of the message it answers
MOST = 20_000  # characters
Verdict = tuple[SlackEventState, str]


class NotYet(Exception):
    """Its thread's first message is on its way: try again soon."""


def store(workspace: SlackWorkspace, delivery_key: str, body: dict[str, Any]) -> bool:
    """Keep what came, once. False for a repetition."""
    event, is_new = SlackEvent.objects.get_or_create(
        workspace=workspace, delivery_key=delivery_key[:100], defaults={"body": body}
    )
    if is_new:
        transaction.on_commit(lambda: _wake(event.pk))
    return is_new


def _wake(pk: int) -> None:
    from helpdesk.integrations.tasks import apply_slack_event  # tasks import this

    hand_over(apply_slack_event, pk)


def try_again(event: SlackEvent) -> None:
    """What could not be applied is applied once more, as if it had just come."""
    waits = {"state": SlackEventState.RECEIVED, "detail": "", "received_at": timezone.now()}
    if SlackEvent.objects.filter(pk=event.pk, state=SlackEventState.FAILED).update(**waits):
        transaction.on_commit(lambda: _wake(event.pk))


def apply_event(pk: int) -> None:
    """Once: the row is locked while it is applied, all in one transaction."""
    with transaction.atomic():
        waiting = SlackEvent.objects.select_for_update(skip_locked=True, of=("self",)).select_related("workspace")
        event = waiting.filter(pk=pk, state=SlackEventState.RECEIVED).first()
        if event is None:
            return
        try:
            with transaction.atomic():
                event.state, event.detail = _apply(event)
        except NotYet:
            return
        except (OperationalError, InterfaceError):  # the database's trouble, not the event's: it stays to be applied
            raise
        except Exception:
            logger.exception("Slack event %s could not be applied", event.pk)
            event.state, event.detail = SlackEventState.FAILED, traceback.format_exc()[-500:]
        event.detail = event.detail[:500]
        event.save(update_fields=["state", "detail"])


def _apply(event: SlackEvent) -> Verdict:
    match event.body.get("type"):
        case "block_actions":
            return _verdict(buttons.pressed(event.workspace, event.body, event.received_at))
        case "slash_command":  # our own name for it: Slack sends a form
            return _verdict(buttons.commanded(event.workspace, event.body))
    told = event.body.get("event")
    if not isinstance(told, dict) or told.get("type") != "message":
        return SlackEventState.IGNORED, "no message"
    subtype = str(told.get("subtype") or "")
    if subtype == "message_changed":
        return _edited(event, told)
    if subtype == "message_deleted":
        return _deleted(event.workspace, told)
    if subtype not in PEOPLES:
        return SlackEventState.IGNORED, subtype
    if _is_of_a_bot(event.workspace, told):
        return SlackEventState.IGNORED, "a bot's"
    return _answered(event, told)


def _verdict(refused: str) -> Verdict:
    return (SlackEventState.IGNORED, refused) if refused else (SlackEventState.APPLIED, "")


def _is_of_a_bot(workspace: SlackWorkspace, message: dict[str, Any]) -> bool:
    """Ours or another's: only people's words become notes."""
    return bool(message.get("bot_id") or message.get("bot_profile") or not message.get("user")) or (
        message["user"] == workspace.bot_user_id
    )


def _answered(event: SlackEvent, message: dict[str, Any]) -> Verdict:
    channel, ts, root = (str(message.get(key) or "")[:32] for key in ("channel", "ts", "thread_ts"))
    if not root or root == ts:
        return SlackEventState.IGNORED, "not in a thread"
    thread = _thread(event.workspace, channel, root)
    if thread is None:
        if _a_root_is_under_way(event):
            raise NotYet
        return SlackEventState.IGNORED, "no ticket's thread"
    if _mirror(event.workspace, channel, ts):
        return SlackEventState.IGNORED, "known"
    if _was_deleted(event, channel, ts):
        return SlackEventState.IGNORED, "deleted before it came"
    words = _plain(event.workspace, message)
    if not words:
        return SlackEventState.IGNORED, "no words"
    who = people.person(event.workspace, str(message["user"]))
    actor = people.actor_for(who, thread.ticket)
    try:
        with gesture(thread.ticket, actor=actor):
            note = add_note(thread.ticket, as_html(words), actor=actor, channel=Channel.SLACK, keeps_draft=True)
            SlackMirror.objects.create(workspace=event.workspace, channel_id=channel, ts=ts, message=note)
    except (Refused, ForbiddenMove) as refused:
        say(thread, SlackPostKind.REPLY, _("This was not noted on the ticket: %(reason)s") % {"reason": refused})
        return SlackEventState.IGNORED, str(refused)
    return SlackEventState.APPLIED, f"note {note.pk}"


def _edited(event: SlackEvent, told: dict[str, Any]) -> Verdict:
    """Only people's edits: a link preview changes a message too. One that came before what it edits stands for it."""
    new = as_object(told.get("message"))
    channel, ts = str(told.get("channel") or ""), str(new.get("ts") or "")
    if new.get("subtype") == "tombstone":
        return _gone(event.workspace, told, ts)
    if not new.get("edited"):
        return SlackEventState.IGNORED, "no person's edit"
    _thread(event.workspace, channel, str(new.get("thread_ts") or ""))  # locked: the original may be coming just now
    mirror = _mirror(event.workspace, channel, ts)
    if mirror is None:
        is_of_a_person = new.get("subtype", "") in PEOPLES and not _is_of_a_bot(event.workspace, new)
        return _answered(event, {**new, "channel": channel}) if is_of_a_person else (SlackEventState.IGNORED, "a bot's")
    words = _plain(event.workspace, new)
    if not words or words == mirror.message.text or _is_overtaken(event, channel, new):
        return SlackEventState.IGNORED, "nothing of ours is changed"
    return _rewrite(event.workspace, mirror, words, str(new.get("user") or ""))


def _deleted(workspace: SlackWorkspace, told: dict[str, Any]) -> Verdict:
    return _gone(workspace, told, str(told.get("deleted_ts") or ""))


def _gone(workspace: SlackWorkspace, told: dict[str, Any], ts: str) -> Verdict:
    channel, before = str(told.get("channel") or ""), as_object(told.get("previous_message"))
    _thread(workspace, channel, str(before.get("thread_ts") or ""))  # locked, as for an edit
    mirror = _mirror(workspace, channel, ts)
    if mirror is None:
        return SlackEventState.IGNORED, "nothing of ours is deleted"
    return _rewrite(workspace, mirror, _("(Deleted in Slack)"), str(before.get("user") or ""))


def _rewrite(workspace: SlackWorkspace, mirror: SlackMirror, words: str, slack_id: str) -> Verdict:
    ticket = mirror.message.ticket
    actor = people.actor_for(people.person(workspace, slack_id), ticket)
    try:
        change_note(mirror.message, as_html(words), actor=actor)
    except (Refused, ForbiddenMove) as refused:  # a closed ticket keeps what it had
        return SlackEventState.IGNORED, str(refused)
    return SlackEventState.APPLIED, f"note {mirror.message_id} changed"


def _was_deleted(event: SlackEvent, channel: str, ts: str) -> bool:
    deleted = {"subtype": "message_deleted", "channel": channel, "deleted_ts": ts}
    return _lately(event).filter(body__event__contains=deleted).exists()


def _is_overtaken(event: SlackEvent, channel: str, new: dict[str, Any]) -> bool:
    """Whether a later edit, or the end, of the same message came first. Slack's moments are texts of one length."""
    ours = str(as_object(new.get("edited")).get("ts") or "")
    edits = {"subtype": "message_changed", "channel": channel, "message": {"ts": new.get("ts")}}
    later = _lately(event).filter(body__event__contains=edits, body__event__message__edited__ts__gt=ours)
    return _was_deleted(event, channel, str(new.get("ts"))) or bool(ours and later.exists())


def _lately(event: SlackEvent) -> QuerySet[SlackEvent]:
    """What Slack sent meanwhile; it repeats what failed for some minutes, no longer."""
    since = event.received_at - LATE
    return SlackEvent.objects.filter(workspace=event.workspace, received_at__gt=since).exclude(pk=event.pk)


def _thread(workspace: SlackWorkspace, channel: str, root: str) -> SlackThread | None:
    """Locked, so that what was said in it and how it was changed are applied one after the other."""
    found = SlackThread.objects.select_for_update(of=("self",), no_key=True).select_related("ticket")
    return found.filter(workspace=workspace, channel_id=channel, root_ts=root).first()


def _mirror(workspace: SlackWorkspace, channel: str, ts: str) -> SlackMirror | None:
    found = SlackMirror.objects.select_related("message__ticket")
    return found.filter(workspace=workspace, channel_id=channel, ts=ts).first()


def _a_root_is_under_way(event: SlackEvent) -> bool:
    threads = SlackThread.objects.filter(workspace=event.workspace, root_ts="", posts__state="sending")
    return timezone.now() - event.received_at < ROOT_MAY_COME and threads.exists()


def _plain(workspace: SlackWorkspace, message: dict[str, Any]) -> str:
    words = words_of(message)[:MOST]
    names = {slack_id: people.person(workspace, slack_id).name for slack_id in sorted(people_in(words))[:20]}
    return from_slack(words, lambda slack_id: names.get(slack_id.split("|")[0], slack_id)).strip()
