"""Posting what waits, thread by thread and in order: claimed under a lease, and each outcome written down.

At least once: a worker that dies between Slack's answer and its record may have it said twice, in a thread of
colleagues. Nothing goes to customers here.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone

from helpdesk.accounts.models import Role, User
from helpdesk.integrations.models import SlackPost, SlackPostKind, SlackPostState, SlackThread, SlackWorkspace
from helpdesk.integrations.slack.calling import Failed, Slack, in_words
from helpdesk.integrations.slack.cards import card
from helpdesk.integrations.slack.text import to_slack
from helpdesk.lib.sealing import CannotOpen
from tickets.models import NotificationKind, Ticket
from tickets.notifications import tell

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=60)
TRIED_FOR = timedelta(hours=24)
PAUSES = [timedelta(seconds=seconds) for seconds in (5, 30, 120, 600, 1800, 3600)]
TOLD_AGAIN = timedelta(hours=1)
EACH_CHANNEL = timedelta(seconds=1)  # Slack's limit of messages


def post_waiting(*, limit: int = 50) -> int:
    """Post what is due, until nothing is; returns how many calls were made."""
    done = 0
    while done < limit and (post := claim(timezone.now())):
        _post(post)
        done += 1
    return done


@transaction.atomic
def claim(now: datetime) -> SlackPost | None:
    """The oldest post that is due and has none of its thread before it; its thread's row keeps others away."""
    still_open = Q(state__in=[SlackPostState.WAITING, SlackPostState.SENDING])
    before = SlackPost.objects.filter(still_open, thread=OuterRef("thread"), pk__lt=OuterRef("pk"))
    ready = Q(state=SlackPostState.WAITING, due_at__lte=now) | Q(state=SlackPostState.SENDING, leased_until__lt=now)
    post = (
        SlackPost.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("thread__workspace")
        .filter(ready, ~Exists(before), thread__workspace__is_active=True)
        .order_by("due_at", "pk")
        .first()
    )
    if post:
        SlackPost.objects.filter(pk=post.pk).update(
            state=SlackPostState.SENDING, leased_until=now + LEASE, attempt_count=F("attempt_count") + 1
        )
        post.attempt_count += 1
    return post


def _post(post: SlackPost) -> None:
    thread = post.thread
    try:
        answer = Slack(thread.workspace.token).call(*_method(post), **_arguments(post))
    except CannotOpen:
        switch_off(thread.workspace, "invalid_auth")
    except Failed as failed:
        _note_failure(post, failed)
    else:
        _note_success(post, answer)


def _method(post: SlackPost) -> tuple[str]:
    return ("chat.update",) if post.kind == SlackPostKind.UPDATE else ("chat.postMessage",)


def _arguments(post: SlackPost) -> dict[str, Any]:
    thread = post.thread
    place = {"channel": thread.channel_id or thread.channel, "unfurl_links": False, "unfurl_media": False}
    if post.kind == SlackPostKind.REPLY:
        return {**place, "thread_ts": thread.root_ts, "text": to_slack(post.text)}
    ticket = Ticket.objects.with_people().get(pk=thread.ticket_id)
    if post.kind == SlackPostKind.ROOT:
        return {**place, **card(ticket, post.text)}
    root = thread.posts.filter(kind=SlackPostKind.ROOT).first()
    return {"channel": thread.channel_id, "ts": thread.root_ts, **card(ticket, root.text if root else "")}


@transaction.atomic
def _note_success(post: SlackPost, answer: dict[str, Any]) -> None:
    ts, channel = str(answer.get("ts") or "")[:32], str(answer.get("channel") or "")[:32]
    if not _settle(post, SlackPostState.SENT, ts=ts):
        return
    if post.kind == SlackPostKind.ROOT:
        SlackThread.objects.filter(pk=post.thread_id).update(root_ts=ts, channel_id=channel)
    same_channel = SlackPost.objects.filter(
        thread__channel=post.thread.channel, thread__workspace=post.thread.workspace_id, state=SlackPostState.WAITING
    )
    now = timezone.now()
    same_channel.filter(due_at__lt=now + EACH_CHANNEL).update(due_at=now + EACH_CHANNEL)


@transaction.atomic
def _note_failure(post: SlackPost, failed: Failed) -> None:
    if failed.is_lockout:
        SlackPost.objects.filter(pk=post.pk).update(state=SlackPostState.WAITING, leased_until=None)
        switch_off(post.thread.workspace, failed.error)
        return
    now = timezone.now()
    if failed.again_after is None or now - post.created_at > TRIED_FOR:
        is_known = _is_told_already(post, failed, now)
        _settle(post, SlackPostState.FAILED, error=in_words(failed.error)[:500])
        if post.kind == SlackPostKind.ROOT:  # what would have followed has no place
            post.thread.posts.filter(state=SlackPostState.WAITING).update(
                state=SlackPostState.FAILED, error=in_words(failed.error)[:500]
            )
        if not is_known:
            _tell_admins(f"Slack, {post.thread.channel}: {in_words(failed.error)}")
        return
    pause = PAUSES[min(post.attempt_count, len(PAUSES)) - 1]
    SlackPost.objects.filter(pk=post.pk).update(
        state=SlackPostState.WAITING,
        leased_until=None,
        due_at=now + max(pause, timedelta(seconds=failed.again_after)),
        error=failed.error[:500],
    )


def _is_told_already(post: SlackPost, failed: Failed, now: datetime) -> bool:
    """One archived channel is one piece of news an hour, however many tickets speak in it."""
    same = SlackPost.objects.filter(state=SlackPostState.FAILED, error=in_words(failed.error)[:500])
    in_channel = same.filter(thread__workspace=post.thread.workspace_id, thread__channel=post.thread.channel)
    return in_channel.filter(created_at__gt=now - TOLD_AGAIN).exists()


def _settle(post: SlackPost, state: str, **fields: str) -> bool:
    """Unless the lease ran out and another has the row."""
    ours = SlackPost.objects.filter(pk=post.pk, state=SlackPostState.SENDING, attempt_count=post.attempt_count)
    return bool(ours.update(state=state, leased_until=None, **fields))


def switch_off(workspace: SlackWorkspace, error: str) -> None:
    """The app is locked out: what waits goes on waiting, and the admins are told."""
    SlackWorkspace.objects.filter(pk=workspace.pk).update(is_active=False, problem=in_words(error)[:500])
    _tell_admins(f"Slack, {workspace}: {in_words(error)}")


def _tell_admins(detail: str) -> None:
    for admin in User.objects.filter(role=Role.ADMIN, is_active=True):
        tell(admin, NotificationKind.TROUBLE, detail=detail)
