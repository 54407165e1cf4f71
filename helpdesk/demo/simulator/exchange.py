"""Twilio's telephone exchange in the demo: lines ring, are picked up, wait, talk in a conference and are hung up.

It reads the documents that our hooks answer with and does what they say, so a call goes the way of real ones. Agents'
telephones, and customers' that we call, are picked up by themselves after a moment.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime
from threading import Timer
from typing import Any, Final
from xml.etree.ElementTree import Element, fromstring

from django.conf import settings

from channels_app.models import ProviderAccount
from helpdesk.demo.simulator.lines import (
    HELD,
    LISTENING,
    OVER,
    QUEUED,
    RINGING,
    TALKING,
    VOICEMAIL,
    Line,
    Room,
    new_sid,
)
from helpdesk.demo.simulator.posting import post
from helpdesk.demo.stand_ins.twilio_voice import TwilioVoice

PICKED_UP_AFTER: Final = 2.0  # seconds
AT_ONCE: Final = 0.3
NOT_PICKED_UP, IS_BUSY = "0000", "0001"  # how numbers end that never answer, or are always busy
QUEUE: Final = f"QU{1:032x}"


def later(seconds: float, what: Callable[..., None], *asked: Any) -> None:
    timer = Timer(seconds, what, asked)
    timer.daemon = True
    timer.start()


class Exchange:
    """Of one number of ours."""

    def __init__(self, account: ProviderAccount) -> None:
        self.account = account
        self.hook = f"{settings.PUBLIC_URL.rstrip('/')}/hooks/{account.kind}/{account.hook_token}/"
        self.twilio = TwilioVoice(
            hook_url=self.hook,
            address=settings.PROVIDER_URLS["twilio"],
            account=account.option("account_sid", ""),
            token=account.secret("auth_token"),
            number=account.external_id,
        )

    # -- what the customer does -----------------------------------------------------------------------------------

    def ring_us(self, number: str) -> Line:
        line = Line(number, True, status_url=f"{self.hook}status/", was_picked_up=True, began=time.time())
        line.keep()
        self.ask(line, self.hook, CallStatus="ringing")
        return line

    def press_one(self, line: Line) -> None:
        self.ask(line, line.wait_url, **self.queue_fields(line), Digits="1")

    def wait_on(self, line: Line) -> None:
        """The music has ended: what is said now?"""
        self.ask(line, line.wait_url, **self.queue_fields(line))

    def speak(self, line: Line) -> None:
        """A voicemail, after the tone."""
        sid = new_sid("RE")
        said = {"RecordingSid": sid, "RecordingUrl": self.twilio.recording_url(sid), "RecordingDuration": "8"}
        self.ask(line, line.record_url, **said, Digits="hangup")
        self.tell(line, line.recorded_url, **said, RecordingStatus="completed")

    def end(self, line: Line) -> None:
        """Hung up, by whomever."""
        if line.is_over:
            return
        was, line.state = line.state, OVER
        line.keep()
        if was == QUEUED:
            self.tell(line, line.queue_url, QueueResult="hangup", QueueSid=QUEUE)
        if was in (TALKING, HELD):
            self.leave(line)
        status = "completed" if line.was_picked_up else {IS_BUSY: "busy"}.get(line.number[-4:], "no-answer")
        self.tell(line, line.status_url, CallStatus=status)

    # -- what we had it do ----------------------------------------------------------------------------------------

    def place(self, form: dict[str, str]) -> Line:
        line = Line(form.get("To", ""), False, url=form.get("Url", ""), status_url=form.get("StatusCallback", ""))
        line.keep()
        is_there = not line.number.endswith((NOT_PICKED_UP, IS_BUSY))
        later(PICKED_UP_AFTER, self.pick_up if is_there else self.end_of, line.sid)
        return line

    def pick_up(self, sid: str) -> None:
        line = Line.find(sid)
        if line and line.state == RINGING:
            line.was_picked_up, line.state, line.began = True, LISTENING, time.time()
            line.keep()
            self.tell(line, line.status_url, CallStatus="in-progress")
            self.ask(line, line.url, CallStatus="in-progress")

    def end_of(self, sid: str) -> None:
        if line := Line.find(sid):
            self.end(line)

    def change(self, path: str, form: dict[str, str]) -> bool:
        """False where there is no such line any more."""
        if "/Recordings/" in path:
            return Room.of_sid(path.split("/")[1]) is not None
        line = Line.find(path.rpartition("/")[2].removesuffix(".json"))
        if line is None or line.is_over:
            return False
        if form.get("Status") == "completed":
            later(AT_ONCE, self.end_of, line.sid)
        elif "Url" in form:
            if path.startswith("Queues/") and line.state != QUEUED:
                return False
            later(AT_ONCE, self.redirect, line.sid, form["Url"])
        elif "Hold" in form:
            later(AT_ONCE, self.hold, line.sid, form["Hold"] == "true", form.get("HoldUrl", ""))
        elif form.get("EndConferenceOnExit") == "false":
            line.ends_room = False
            line.keep()
        return True

    def redirect(self, sid: str, url: str) -> None:
        if (line := Line.find(sid)) and not line.is_over:
            line.state, line.may_press = LISTENING, False
            self.ask(line, url, CallStatus="in-progress")

    def hold(self, sid: str, is_held: bool, url: str) -> None:
        line = Line.find(sid)
        room = Room.find(line.room) if line else None
        if line is None or room is None or line.is_over:
            return
        line.state = HELD if is_held else TALKING
        line.keep()
        self.tell_room(room, line, "participant-hold" if is_held else "participant-unhold")
        if url:
            self.ask(line, url, CallStatus="in-progress")

    # -- conferences ----------------------------------------------------------------------------------------------

    def join(self, line: Line, dial: Element, conference: Element) -> None:
        name = conference.text or ""
        told = conference.attrib
        room = Room.find(name) or Room(name, began=time.time())
        room.members = [*room.members, line.sid]
        room.status_url = told.get("statusCallback", "")
        room.recorded_url = told.get("recordingStatusCallback", "") if told.get("record") else ""
        room.keep()
        line.state, line.room, line.dial_url = TALKING, name, dial.attrib.get("action", "")
        line.keep()
        self.tell_room(room, line, "participant-join")

    def leave(self, line: Line) -> None:
        """Who ends the conference takes the others along, and what was recorded is ready."""
        room = Room.find(line.room)
        if room is None:
            return
        room.members = [sid for sid in room.members if sid != line.sid]
        left, room.members = room.members, [] if line.ends_room else room.members
        room.keep()
        self.tell_room(room, line, "participant-leave")
        if not line.ends_room:
            return
        for sid in left:
            if (other := Line.find(sid)) and not other.is_over:
                other.state = LISTENING
                self.ask(other, other.dial_url, DialCallStatus="completed")
        if room.recorded_url and room.is_first_to_end():
            sid = new_sid("RE")
            seconds = str(max(1, round(time.time() - room.began)))
            said = {"RecordingSid": sid, "RecordingUrl": self.twilio.recording_url(sid), "ConferenceSid": room.sid}
            self.tell(line, room.recorded_url, **said, RecordingStatus="completed", RecordingDuration=seconds)

    def tell_room(self, room: Room, line: Line, event: str) -> None:
        room.told += 1
        room.keep()
        said = {"ConferenceSid": room.sid, "FriendlyName": room.name, "StatusCallbackEvent": event}
        self.tell(line, room.status_url, **said, SequenceNumber=str(room.told))

    # -- documents ------------------------------------------------------------------------------------------------

    def ask(self, line: Line, url: str, **said: str) -> None:
        """What now? The document that our hook answers is done."""
        if body := self.tell(line, url, **{"CallStatus": "in-progress", **said}):
            self.follow(line, fromstring(body))  # noqa: S314 our own

    def tell(self, line: Line, url: str, **said: str) -> bytes:
        if not url:
            return b""
        line.told += 1
        line.keep()
        path, _mark, query = url.removeprefix(self.hook).partition("?")
        status, body = post(self.account, self.twilio.call(self.fields(line, said), path=path, query=query))
        return body if status == 200 else b""

    def fields(self, line: Line, said: dict[str, str]) -> dict[str, str]:
        theirs, ours = line.number, self.twilio.number
        ends = {"From": theirs, "To": ours} if line.is_inbound else {"From": ours, "To": theirs}
        timing = {"Timestamp": format_datetime(datetime.now(UTC)), "SequenceNumber": str(line.told)}
        direction = "inbound" if line.is_inbound else "outbound-api"
        own = {**ends, "Caller": ends["From"], "Called": ends["To"], "Direction": direction}
        return {**self.twilio.request(line.sid), **own, **timing, **said}

    def queue_fields(self, line: Line) -> dict[str, str]:
        return {"QueueSid": QUEUE, "QueueTime": str(round(time.time() - line.began)), "CurrentQueueSize": "1"}

    def follow(self, line: Line, document: Element) -> None:
        for verb in document:
            match verb.tag:
                case "Say" | "Play":
                    line.heard.append(verb.text or "" if verb.tag == "Say" else "♪")
                case "Gather":
                    line.may_press = True
                    line.heard += [part.text or "" for part in verb]
                case "Enqueue":
                    line.state, line.queue_url, line.wait_url = QUEUED, verb.attrib["action"], verb.attrib["waitUrl"]
                    self.ask(line, line.wait_url, **self.queue_fields(line))
                    return
                case "Record":
                    line.state, line.record_url = VOICEMAIL, verb.attrib["action"]
                    line.recorded_url = verb.attrib.get("recordingStatusCallback", "")
                    line.keep()
                    return
                case "Dial":
                    self.join(line, verb, verb[0])
                    return
                case "Leave":
                    line.state, line.may_press = LISTENING, False
                    self.ask(line, line.queue_url, QueueResult="leave", QueueSid=QUEUE)
                    return
                case "Hangup":
                    self.end(line)
                    return
        line.keep()
        if line.state not in (QUEUED, HELD):
            self.end(line)
