"""Twilio, as its documentation describes it: signed hooks, and that part of its interface which we call.

https://www.twilio.com/docs/usage/webhooks/webhooks-security, /docs/messaging/guides/webhook-request
"""

from __future__ import annotations

import base64
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from channels_app.adapters.sms.segments import segments_of
from helpdesk.demo.stand_ins.base import Answered, Asked, HookCall, StandIn

FORM = "application/x-www-form-urlencoded"
ACCOUNT = "AC00000000000000000000000000000001"
TOKEN = "0123456789abcdef0123456789abcdef"  # noqa: S105 of nobody
NUMBER = "+15005550006"
PLACES = {"City": "BERLIN", "State": "BE", "Zip": "10115", "Country": "DE"}
REMEMBERED = 50  # texts that we sent: a demo runs for weeks
NUMBERS = re.compile(r"\+[1-9][0-9]{6,14}")


@dataclass
class Twilio(StandIn):
    """`hook_url` is where our hook lies (…/hooks/twilio-sms/<token>/): it is part of what is signed."""

    hook_url: str = "https://desk.example.org/hooks/twilio-sms/token/"
    address: str = "https://api.twilio.com"  # where a test serves it
    account: str = ACCOUNT
    token: str = TOKEN
    number: str = NUMBER
    opted_out: set[str] = field(default_factory=set)
    media: dict[str, tuple[str, bytes]] = field(default_factory=dict)  # by the id of the medium
    texts: list[dict[str, Any]] = field(default_factory=list)  # that we sent
    count: int = 0

    # -- its hooks ----------------------------------------------------------------------------------------------

    def text(
        self, body: str, *, sender: str = "+491701234567", sid: str = "", media: Sequence[str] = (), **more: str
    ) -> HookCall:
        """Somebody wrote to our number. `media` are ids of `self.media`; a field given as "" is sent empty."""
        sid = sid or self.new_sid("MM" if media else "SM")
        files: dict[str, str] = {}
        for number, medium in enumerate(media):
            files[f"MediaContentType{number}"] = self.media[medium][0]
            files[f"MediaUrl{number}"] = f"{self.api}/Messages/{sid}/Media/{medium}"
        fields = {
            "ToCountry": "US", "ToState": "", "SmsMessageSid": sid, "NumMedia": str(len(media)), "ToCity": "",
            "FromZip": PLACES["Zip"], "SmsSid": sid, "FromState": PLACES["State"], "SmsStatus": "received",
            "FromCity": PLACES["City"], "Body": body, "FromCountry": PLACES["Country"], "To": self.number, "ToZip": "",
            "NumSegments": "1", "MessageSid": sid, "AccountSid": self.account, "From": sender,
            "ApiVersion": "2010-04-01",
        }  # fmt: skip
        return self.call({**fields, **files, **more})

    def status(self, sid: str, told: str, *, code: str = "", query: str = "", **more: str) -> HookCall:
        """What became of a text that we sent; `query` is that of its StatusCallback."""
        fields = {
            "SmsSid": sid, "SmsStatus": told, "MessageStatus": told, "To": "+491701234567", "MessageSid": sid,
            "AccountSid": self.account, "From": self.number, "ApiVersion": "2010-04-01",
        }  # fmt: skip
        return self.call({**fields, **({"ErrorCode": code} if code else {}), **more}, path="status/", query=query)

    def status_of(self, text: Mapping[str, Any], told: str, *, code: str = "") -> HookCall:
        """The same for one of `texts`, at the address that was given with it."""
        query = urlsplit(text["callback"]).query
        return self.status(text["sid"], told, code=code, query=query, To=text["to"])

    def call(self, fields: Mapping[str, str], *, path: str = "", query: str = "") -> HookCall:
        """Any call of a hook, signed. Fields are sent in the order given, signed in that of their names."""
        url = f"{self.hook_url}{path}" + (f"?{query}" if query else "")
        said = url + "".join(f"{name}{fields[name]}" for name in sorted(fields))
        headers = {"X-Twilio-Signature": self.signature(said), "I-Twilio-Idempotency-Token": self.new_sid("")}
        return HookCall(urlencode(fields).encode(), headers, FORM, path=path, query=query)

    def fetched(self, fields: Mapping[str, str], *, path: str = "") -> HookCall:
        """The same by GET, as a number may be set up."""
        query = urlencode(fields)
        headers = {"X-Twilio-Signature": self.signature(f"{self.hook_url}{path}?{query}")}
        return HookCall(b"", headers, "", method="GET", path=path, query=query)

    def signature(self, said: str) -> str:
        return base64.b64encode(hmac.new(self.token.encode(), said.encode(), "sha1").digest()).decode()

    def new_sid(self, kind: str) -> str:
        self.count += 1
        return f"{kind}{self.count:032x}"

    # -- its interface ------------------------------------------------------------------------------------------

    @property
    def api(self) -> str:
        return f"{self.address}/2010-04-01/Accounts/{self.account}"

    def behave(self, asked: Asked) -> Answered:
        if asked.path.startswith("/stored/"):
            return self.stored(asked.path.removeprefix("/stored/"))
        if not self.is_known(asked):
            return refused(20003, "Authenticate", 401)
        path = asked.bare_path.removeprefix(f"/2010-04-01/Accounts/{self.account}/")
        if asked.method == "POST" and path == "Messages.json":
            return self.take(asked)
        if asked.method == "GET" and path == "IncomingPhoneNumbers.json":
            return self.numbers(asked)
        if asked.method == "GET" and (found := re.fullmatch(r"Messages/\w+/Media/(\w+)", path)):
            # to short-lived storage, where no credentials belong
            return Answered(307, b"", headers={"Location": f"{self.address}/stored/{found[1]}"})
        return refused(20404, f"The requested resource {asked.bare_path} was not found", 404)

    def is_known(self, asked: Asked) -> bool:
        told = asked.headers.get("authorization", "").removeprefix("Basic ")
        return told == base64.b64encode(f"{self.account}:{self.token}".encode()).decode()

    def stored(self, medium: str) -> Answered:
        kind, content = self.media.get(medium, ("", b""))
        return Answered(200, content, kind) if kind else Answered(404, b"", "text/plain")

    def take(self, asked: Asked) -> Answered:
        form = parse_qsl(asked.body.decode(), keep_blank_values=True)
        said = dict(form)
        media = [value for name, value in form if name == "MediaUrl"]
        if problem := self.problem_with(said, media):
            return problem
        sid = self.new_sid("MM" if media else "SM")
        text = {"sid": sid, "to": said["To"], "body": said.get("Body", ""), "media": media}
        self.texts = [*self.texts[-REMEMBERED:], {**text, "callback": said.get("StatusCallback", "")}]
        told = {"account_sid": self.account, "sid": sid, "status": "queued", "error_code": None, "error_message": None}
        segments = "0" if "MessagingServiceSid" in said else str(max(1, segments_of(said.get("Body", "")).count))
        more = {"num_segments": segments, "num_media": str(len(media)), "direction": "outbound-api", "price": None}
        return Answered.of({**told, **more, "to": said["To"], "from": said.get("From"), "body": text["body"]}, 201)

    def problem_with(self, said: Mapping[str, str], media: Sequence[str]) -> Answered | None:
        to = said.get("To", "")
        if not NUMBERS.fullmatch(to):
            return refused(21211, f"Invalid 'To' Phone Number: {to}")
        if not said.get("MessagingServiceSid") and said.get("From") != self.number:
            return refused(21606, f"The 'From' phone number provided ({said.get('From')}) is not a valid, SMS-capable")
        if to in self.opted_out:
            return refused(21610, "Attempt to send to unsubscribed recipient")
        if not said.get("Body") and not media:
            return refused(21619, "A text message body or media urls must be specified.")
        if len(said.get("Body", "")) > 1600:
            return refused(21617, "The concatenated message body exceeds the 1600 character limit")
        return refused(21623, "Number of media files exceeds allowed limit") if len(media) > 10 else None

    def numbers(self, asked: Asked) -> Answered:
        rows = [{
            "sid": "PN00000000000000000000000000000001", "phone_number": self.number, "friendly_name": "Support",
            "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False}, "sms_url": self.hook_url,
            "sms_method": "POST",
        }]  # fmt: skip
        wanted = asked.query.get("PhoneNumber", self.number)
        return Answered.of({"incoming_phone_numbers": rows if wanted == self.number else [], "page": 0})


def refused(code: int, message: str, status: int = 400) -> Answered:
    more = f"https://www.twilio.com/docs/errors/{code}"
    return Answered.of({"code": code, "message": message, "more_info": more, "status": status}, status)
