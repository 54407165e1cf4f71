"""Twilio Voice: the calls of its hooks in the documented shape, and that part of its interface which moves calls.

https://www.twilio.com/docs/voice/twiml#request-parameters, /docs/voice/api/call-resource, /docs/voice/twiml/enqueue,
/docs/voice/twiml/conference, /docs/voice/api/recording
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from helpdesk.demo.stand_ins.base import Answered, Asked, HookCall
from helpdesk.demo.stand_ins.twilio import Twilio, refused

CALLER = "+491701234567"


@dataclass
class TwilioVoice(Twilio):
    hook_url: str = "https://desk.example.org/hooks/twilio-voice/token/"
    placed: list[dict[str, str]] = field(default_factory=list)  # calls that we had it make
    changed: list[tuple[str, dict[str, str]]] = field(default_factory=list)  # what we did to calls, by path
    recordings: dict[str, bytes] = field(default_factory=dict)

    # -- its hooks ----------------------------------------------------------------------------------------------

    def incoming(self, sid: str, *, caller: str = CALLER, **more: str) -> HookCall:
        """Somebody calls our number: what is to be said?"""
        return self.call(self.request(sid, caller, **more))

    def request(self, sid: str, caller: str = CALLER, *, status: str = "ringing", **more: str) -> dict[str, str]:
        fields = {
            "AccountSid": self.account, "ApiVersion": "2010-04-01", "CallSid": sid, "CallStatus": status,
            "Called": self.number, "Caller": caller, "Direction": "inbound", "From": caller, "To": self.number,
            "FromCity": "BERLIN", "FromCountry": "DE",
        }  # fmt: skip
        return {**fields, **more}

    def told(self, sid: str, status: str, *, at: datetime, sequence: int = 0, query: str = "", **more: str) -> HookCall:
        """A status callback; `query` is that of the address that we gave."""
        timing = {"Timestamp": format_datetime(at), "SequenceNumber": str(sequence), "CallbackSource": "call-progress"}
        return self.call({**self.request(sid, status=status), **timing, **more}, path="status/", query=query)

    def conference(self, call: int, sid: str, event: str, *, at: datetime, sequence: int = 1) -> HookCall:
        fields = {
            "AccountSid": self.account, "CallSid": sid, "ConferenceSid": f"CF{call:032x}",
            "FriendlyName": f"call-{call}", "StatusCallbackEvent": event, "Timestamp": format_datetime(at),
            "SequenceNumber": str(sequence), "Muted": "false", "Hold": str(event == "participant-hold").lower(),
        }  # fmt: skip
        return self.call(fields, path="status/", query=f"call={call}")

    def waiting(self, sid: str, *, position: int = 1, seconds: int = 0, **more: str) -> HookCall:
        queue = {
            "QueueSid": f"QU{1:032x}", "QueueTime": str(seconds), "QueuePosition": str(position),
            "AvgQueueTime": "40", "CurrentQueueSize": "3",
        }  # fmt: skip
        return self.call({**self.request(sid, status="in-progress"), **queue, **more}, path="wait/")

    def left_queue(self, sid: str, result: str, **more: str) -> HookCall:
        said = {"QueueResult": result, "QueueTime": "30", "QueueSid": f"QU{1:032x}", **more}
        return self.call({**self.request(sid, status="in-progress"), **said}, path="queue/")

    def picked_up(self, sid: str, query: str) -> HookCall:
        """Whom we had it call has picked up: the document of its Url."""
        fields = self.request(sid, self.number, status="in-progress", Direction="outbound-api", To=CALLER)
        return self.call(fields, path="dial/", query=query)

    def voicemail(self, sid: str, recording: str, *, seconds: int = 12) -> HookCall:
        said = {"RecordingSid": recording, "RecordingUrl": self.recording_url(recording), "Digits": "hangup"}
        fields = {**self.request(sid, status="in-progress"), **said, "RecordingDuration": str(seconds)}
        return self.call(fields, path="voicemail/")

    def recorded(self, sid: str, recording: str, *, status: str = "completed", query: str = "") -> HookCall:
        fields = {
            "AccountSid": self.account, "CallSid": sid, "RecordingSid": recording, "RecordingStatus": status,
            "RecordingUrl": self.recording_url(recording), "RecordingDuration": "12", "RecordingChannels": "1",
            "RecordingSource": "RecordVerb",
        }  # fmt: skip
        return self.call(fields, path="recording/", query=query)

    def recording_url(self, recording: str) -> str:
        return f"{self.api}/Recordings/{recording}"

    # -- its interface ------------------------------------------------------------------------------------------

    def behave(self, asked: Asked) -> Answered:
        if asked.path.startswith("/stored/"):  # pictures of texts: no credentials belong there
            return super().behave(asked)
        if not self.is_known(asked):
            return refused(20003, "Authenticate", 401)
        path = asked.bare_path.removeprefix(f"/2010-04-01/Accounts/{self.account}/")
        form = dict(parse_qsl(asked.body.decode()))
        if asked.method == "POST" and path == "Calls.json":
            return self.place(form)
        if asked.method == "POST" and re.fullmatch(
            r"(Calls/\w+|Queues/\w+/Members/\w+|Conferences/\w+/Participants/\w+"
            r"|Conferences/\w+/Recordings/Twilio\.CURRENT)\.json",
            path,
        ):
            return self.change(path, form)
        if asked.method == "GET" and (found := re.fullmatch(r"Recordings/(\w+)\.mp3", path)):
            content = self.recordings.get(found[1])
            return Answered(200, content, "audio/mpeg") if content else refused(20404, "not found", 404)
        return super().behave(asked)

    def numbers(self, asked: Asked) -> Answered:
        answered = json.loads(super().numbers(asked).body)
        for row in answered["incoming_phone_numbers"]:
            row |= {"voice_url": self.hook_url, "status_callback": f"{self.hook_url}status/"}
        return Answered.of(answered)

    def change(self, path: str, form: dict[str, str]) -> Answered:
        self.changed.append((path, form))
        return Answered.of({"sid": path.rpartition("/")[2].removesuffix(".json")})

    def place(self, form: dict[str, str]) -> Answered:
        sid = self.new_sid("CA")
        placed: dict[str, Any] = {**form, "sid": sid, "query": urlsplit(form.get("Url", "")).query}
        self.placed.append(placed)
        return Answered.of({"sid": sid, "status": "queued", "to": form.get("To"), "from": form.get("From")}, 201)
