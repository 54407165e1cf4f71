"""Calls that any telephone system tells of by the signed generic webhook: docs/channels/phone.md. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from channels_app.base import Happening, Unhandled
from channels_app.messaging.text import storable
from channels_app.voice.happenings import CallTold, RecordingTold
from helpdesk.accounts.models import User
from tickets.models import CallDirection, MomentKind, Outcome

KINDS: Mapping[str, str] = {
    "call.ringing": MomentKind.STARTED,
    "call.queued": MomentKind.QUEUED,
    "call.answered": MomentKind.ANSWERED,
    "call.held": MomentKind.HELD,
    "call.resumed": MomentKind.RESUMED,
    "call.transferred": MomentKind.TRANSFERRED,
    "call.ended": MomentKind.ENDED,
}
ONCE = {MomentKind.STARTED: "started", MomentKind.QUEUED: "queued", MomentKind.ENDED: "ended"}
OUTCOMES = {
    "busy": Outcome.BUSY,
    "no_answer": Outcome.NO_ANSWER,
    "missed": Outcome.NO_ANSWER,
    "failed": Outcome.FAILED,
    "voicemail": Outcome.VOICEMAIL,
}
RECORDING = "call.recording"


def is_of_call(body: Mapping[str, Any]) -> bool:
    return str(body.get("type", "")).startswith("call.")


def missing_field(body: Mapping[str, Any]) -> str:
    """The first that is not there; empty where nothing is missing."""
    if not _text(body, "id"):
        return "id"
    if body.get("type") == RECORDING and not _text(_object(body, "recording"), "url"):
        return "recording.url"
    return ""


def read_call(body: Mapping[str, Any], *, now: datetime) -> Iterator[Happening]:
    kind = str(body.get("type", ""))
    if name := missing_field(body):
        yield Unhandled(now, f"{name} is missing")
    elif kind == RECORDING:
        yield _recording(body, now)
    elif kind in KINDS:
        yield _moment(body, KINDS[kind], now)
    else:
        yield Unhandled(now, kind[:80])


def _moment(body: Mapping[str, Any], moment: str, now: datetime) -> CallTold:
    at = _at(body, now)
    sequence = body.get("sequence")
    number = sequence if isinstance(sequence, int) and 0 <= sequence < 2**31 else 0
    told = f"{moment}:{number}" if number else f"{moment}:{_text(body, 'at')}"
    return CallTold(
        at,
        external_id=_text(body, "id")[:128],
        moment=moment,
        key=ONCE.get(MomentKind(moment), told),
        sequence=number,
        direction=CallDirection.OUT if _text(body, "direction") in ("outbound", "out") else CallDirection.IN,
        number=_text(body, "number"),
        our_number=_text(body, "our_number"),
        name=_text(body, "name")[:200],
        user_id=_agent(_text(body, "agent")),
        outcome=OUTCOMES.get(_text(body, "outcome"), ""),
    )


def _recording(body: Mapping[str, Any], now: datetime) -> RecordingTold:
    recording = _object(body, "recording")
    seconds = recording.get("seconds")
    return RecordingTold(
        now,
        external_id=(_text(recording, "id") or _text(body, "id"))[:128],
        leg_id=_text(body, "id")[:128],
        url=_text(recording, "url"),
        seconds=seconds if isinstance(seconds, int) and 0 <= seconds < 2**31 else None,
        is_voicemail=recording.get("is_voicemail") is True,
    )


def _agent(address: str) -> int | None:
    """Who of ours it is, by the e-mail address that they sign in with."""
    if not address:
        return None
    return User.objects.filter(email__iexact=address[:254], is_active=True).values_list("pk", flat=True).first()


def _at(body: Mapping[str, Any], now: datetime) -> datetime:
    """`at`, ISO 8601 with its zone; now where it is missing, odd, still to come, or of another century."""
    try:
        at = datetime.fromisoformat(_text(body, "at"))
    except ValueError:
        return now
    at = at if at.tzinfo else at.replace(tzinfo=UTC)
    return at if now - timedelta(days=30) < at <= now else now


def _object(body: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = body.get(name)
    return value if isinstance(value, dict) else {}


def _text(body: Mapping[str, Any], name: str) -> str:
    value = body.get(name)
    return storable(value).strip() if isinstance(value, str | int) and not isinstance(value, bool) else ""
