"""Calls of Twilio Voice's hooks, read field by field: pure.

https://www.twilio.com/docs/voice/twiml, /docs/voice/api/call-resource#statuscallback, /docs/voice/twiml/conference
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from django.utils.translation import gettext as _

from channels_app.base import Happening, Unhandled
from channels_app.models import LegOf
from channels_app.voice.happenings import CallbackAsked, CallTold, QueueLeft, RecordingTold
from tickets.models import CallDirection, MomentKind, Outcome

OUTCOMES = {
    "completed": Outcome.NO_ANSWER,  # where nobody was spoken with
    "busy": Outcome.BUSY,
    "no-answer": Outcome.NO_ANSWER,
    "canceled": Outcome.NO_ANSWER,
    "failed": Outcome.FAILED,
}
BEGINNING = ("queued", "initiated", "ringing")
CONFERENCE = re.compile(r"call-(\d{1,18})")


@dataclass(frozen=True)
class Told:
    """`asked` is the query that we gave with the address, `said` what Twilio adds."""

    said: Mapping[str, str]
    asked: Mapping[str, str]
    now: datetime

    def text(self, name: str) -> str:
        return self.said.get(name, "").strip()

    @property
    def sid(self) -> str:
        return self.text("CallSid")[:128]

    @property
    def sequence(self) -> int:
        return _number(self.text("SequenceNumber")) or 0

    @property
    def at(self) -> datetime:
        """RFC 2822, whole seconds; now, in whole seconds as well, where it is missing or odd."""
        now = self.now.replace(microsecond=0)
        try:
            at = parsedate_to_datetime(self.text("Timestamp"))
        except (TypeError, ValueError, IndexError, OverflowError):
            return now
        return min(at if at.tzinfo else at.replace(tzinfo=UTC), now)

    @property
    def call_id(self) -> int | None:
        return _number(self.asked.get("call", ""))

    @property
    def user_id(self) -> int | None:
        return _number(self.asked.get("user", ""))

    @property
    def of(self) -> str:
        return LegOf.AGENT if self.asked.get("leg") == LegOf.AGENT else LegOf.CUSTOMER

    @property
    def is_outgoing(self) -> bool:
        return self.text("Direction").startswith("outbound")


def read(path: str, told: Told) -> Iterator[Happening]:
    """What one call of a hook tells. Nothing that it holds can break it."""
    if path == "recording":
        yield from _recording(told)
    elif not told.sid:
        yield Unhandled(told.now, f"{path or 'call'} without CallSid")
    elif path == "status":
        yield from _conference(told) if told.text("ConferenceSid") else _status(told)
    elif path == "wait":
        yield from _waiting(told)
    elif path == "queue":
        yield from _left_queue(told)
    elif path == "voicemail":
        if told.text("RecordingSid"):
            yield _voicemail(told)
    elif path in ("", "dial"):
        yield from _begun(told)
    else:
        yield Unhandled(told.now, path)


def _line(told: Told, moment: str = "", key: str = "", **more: object) -> CallTold:
    """Outgoing, the customer is whom we call."""
    theirs, ours = ("To", "From") if told.is_outgoing else ("From", "To")
    return CallTold(
        told.at,
        external_id=told.sid,
        moment=moment,
        key=key,
        sequence=told.sequence,
        of=told.of,
        direction=CallDirection.OUT if told.is_outgoing else CallDirection.IN,
        number=told.text(theirs),
        our_number=told.text(ours),
        name=told.text("CallerName")[:200],
        call_id=told.call_id,
        user_id=told.user_id,
        how=told.asked.get("how", ""),
        **more,  # type: ignore[arg-type]
    )


def _begun(told: Told) -> Iterator[Happening]:
    """Twilio asks what to say: somebody calls us, or the one we called has picked up."""
    if told.of == LegOf.AGENT:
        yield _agent_there(told)
    elif told.is_outgoing:
        yield _line(told, MomentKind.ANSWERED, f"answered:{told.sid}")
    elif not told.asked:
        yield _line(told, MomentKind.STARTED, "started")


def _agent_there(told: Told) -> CallTold:
    """Taking a call that came, an agent answers it; calling out, the customer does."""
    moments = {"take": MomentKind.ANSWERED, "transfer": MomentKind.TRANSFERRED}
    moment = moments.get(told.asked.get("how", ""), "")
    return _line(told, moment, f"answered:{told.sid}" if moment else "", facts={"picked_up": True})


def _status(told: Told) -> Iterator[Happening]:
    status = told.text("CallStatus")
    if told.of == LegOf.AGENT:
        if status == "in-progress":
            yield _agent_there(told)
        elif status in OUTCOMES:
            yield _line(told, line_over=True, facts={"over": True})
    elif status in BEGINNING:
        yield _line(told, MomentKind.STARTED, "started")
    elif status == "in-progress" and told.is_outgoing:
        yield _line(told, MomentKind.ANSWERED, f"answered:{told.sid}")
    elif status == "in-progress":
        yield _line(told)  # a machine of ours has answered: nobody has yet
    elif status in OUTCOMES:
        yield _line(told, MomentKind.ENDED, "ended", outcome=OUTCOMES[status])
    else:
        yield Unhandled(told.now, f"status {status}"[:80])


def _conference(told: Told) -> Iterator[Happening]:
    """The one that a call is; it names itself after ours."""
    named = CONFERENCE.fullmatch(told.text("FriendlyName"))
    call_id = int(named.group(1)) if named else None
    event = told.text("StatusCallbackEvent")
    key = f"{event}:{told.text('ConferenceSid')}:{told.sequence}"
    facts = {"conference": told.text("ConferenceSid")}
    moments = {"participant-hold": MomentKind.HELD, "participant-unhold": MomentKind.RESUMED}
    moment = moments.get(event, "")
    yield CallTold(
        told.at,
        external_id=told.sid,
        moment=moment,
        key=key if moment else "",
        sequence=told.sequence,
        of="",  # whose line it is, who made it knows
        call_id=call_id or told.call_id,
        facts=facts,
    )


def _waiting(told: Told) -> Iterator[Happening]:
    if told.asked.get("hold"):
        return
    queue = told.text("QueueSid")
    yield _line(told, MomentKind.QUEUED, "queued", facts={"queue": queue} if queue else {})
    if told.text("Digits"):
        yield CallbackAsked(told.at, told.sid)


def _left_queue(told: Told) -> Iterator[Happening]:
    match told.text("QueueResult"):
        case "hangup":
            yield _line(told, MomentKind.ENDED, "ended", outcome=Outcome.NO_ANSWER)
        case "leave" | "queue-full" | "error" | "system-error":
            yield QueueLeft(told.at, told.sid)


def _voicemail(told: Told) -> RecordingTold:
    return RecordingTold(
        told.at,
        external_id=told.text("RecordingSid")[:128],
        leg_id=told.sid,
        seconds=_number(told.text("RecordingDuration")),
        is_voicemail=True,
    )


def _recording(told: Told) -> Iterator[Happening]:
    status, sid = told.text("RecordingStatus"), told.text("RecordingSid")[:128]
    if not sid:
        yield Unhandled(told.now, "recording without RecordingSid")
        return
    problems = {"absent": _("Nothing was said."), "failed": _("Twilio could not record it.")}
    if status == "in-progress":
        return
    yield RecordingTold(
        told.now,
        external_id=sid,
        leg_id=told.sid,
        call_id=told.call_id,
        url=told.text("RecordingUrl") if status not in problems else "",
        seconds=_number(told.text("RecordingDuration")),
        is_voicemail=bool(told.asked.get("voicemail")) and status not in problems,
        problem=problems.get(status, ""),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else None
