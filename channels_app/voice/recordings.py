"""Recordings, fetched from the provider by a worker soon after; the call is on its ticket without them."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from channels_app import calling, twilio
from channels_app.base import Fetched, NotThere
from channels_app.models import CallRecording, MediaState, ProviderKind
from helpdesk.lib.leases import take_overdue
from tickets.attachments import File
from tickets.calls.recording import attach_recording

LEASE = timedelta(seconds=120)
BATCH = 20
AGAIN = (5, 15, 60, 300, 1800, 7200)  # seconds before the next try
WAITS_FOR_CALL = timedelta(seconds=10)

logger = logging.getLogger(__name__)


def fetch_due(*, now: datetime) -> int:
    """What waits and is due; how many were taken up."""
    free = Q(leased_until=None) | Q(leased_until__lt=now)
    due = CallRecording.objects.filter(free, state=MediaState.WAITING, due_at__lte=now).exclude(url="")
    ids = take_overdue(due.order_by("due_at"), limit=BATCH, leased_until=now + LEASE)
    for pk in ids:
        _fetch(CallRecording.objects.select_related("account", "call").get(pk=pk), now)
    return len(ids)


def _fetch(recording: CallRecording, now: datetime) -> None:
    """A voicemail waits until the call is settled: its message carries the file."""
    if recording.is_voicemail and recording.call.message_id is None and recording.call.settled_at is None:
        _later(recording, now + WAITS_FOR_CALL)
        return
    try:
        fetched = _bytes(recording)
    except NotThere as error:
        _missed(recording, error, now)
        return
    name = _("voicemail-%(number)s.mp3") if recording.is_voicemail else _("call-%(number)s.mp3")
    file = File(name % {"number": recording.call_id}, fetched.content_type or "audio/mpeg", fetched.content)
    recording.attachment = attach_recording(recording.call_id, file, is_voicemail=recording.is_voicemail, now=now)
    recording.state, recording.reason, recording.leased_until = MediaState.STORED, "", None
    recording.save(update_fields=["attachment", "state", "reason", "leased_until"])


def _bytes(recording: CallRecording) -> Fetched:
    """Raises `NotThere`."""
    account, most = recording.account, settings.MAX_ATTACHMENT_BYTES
    if account.kind == ProviderKind.TWILIO_VOICE:
        return twilio.download(account, f"{recording.url}.mp3", largest=most)
    try:
        host = urlsplit(recording.url).hostname or ""
    except ValueError as error:
        raise NotThere(_("The file is at an address that may not be asked.")) from error
    return calling.download(recording.url, hosts=[host.lower()], largest=most)


def _missed(recording: CallRecording, error: NotThere, now: datetime) -> None:
    recording.reason = error.words[:300]
    if error.may_come_back and recording.attempt < len(AGAIN):
        seconds = AGAIN[recording.attempt]
        recording.attempt += 1
        _later(recording, now + timedelta(seconds=seconds))
        return
    recording.state, recording.leased_until = MediaState.FAILED, None
    recording.save(update_fields=["state", "reason", "leased_until"])


def _later(recording: CallRecording, at: datetime) -> None:
    recording.due_at, recording.leased_until = at, None
    recording.save(update_fields=["due_at", "leased_until", "attempt", "reason"])
