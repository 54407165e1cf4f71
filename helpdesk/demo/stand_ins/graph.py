"""A stand-in of Meta's Graph: what WhatsApp, Messenger and Instagram answer to our calls, and how Meta signs its own.

The hooks' calls are made in `graph_whatsapp` and `graph_messenger`.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP
from itertools import count
from typing import Any
from urllib.parse import urlencode

from helpdesk.demo.stand_ins.base import Answered, Asked, HookCall, StandIn
from helpdesk.demo.stand_ins.graph_templates import templates_of_a_shop

NAMES = ("Jonas Weber", "Noor de Vries", "Lucía Ferrer", "Amit Shah", "Karen Jones", "Tomás Silva", "Yuki Mori")
PAGE = 2  # templates of one answer, so that reading on is needed


@dataclass
class GraphStandIn(StandIn):
    app_secret: str = "a1b2c3d4e5f60718293a4b5c6d7e8f90"  # noqa: S105 of a stand-in
    access_token: str = "EAAG-stand-in-token-0123456789"  # noqa: S105 of a stand-in
    verify_token: str = "verify-me"  # noqa: S105 of a stand-in
    app_id: str = "1500000000000001"
    phone_number_id: str = "106540352242922"
    waba_id: str = "102290129340398"
    display_phone_number: str = "15550783881"
    page_id: str = "110000000000001"
    ig_id: str = "17841400000000001"
    quality_rating: str = "GREEN"
    address: str = ""  # where it is, for what it hands out addresses of; as it was asked, where none is given
    said: list[dict[str, Any]] = field(default_factory=list)  # what we sent, as it was taken
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)  # id → bytes, content type
    templates: list[dict[str, Any]] = field(default_factory=templates_of_a_shop)
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    closed: set[str] = field(default_factory=set)  # whose window for free answers is over
    posts: dict[str, dict[str, str]] = field(default_factory=dict)  # what there was to comment on
    gone: set[str] = field(default_factory=set)  # who has blocked us
    numbers: count[int] = field(default_factory=lambda: count(1))

    # -- its hook ---------------------------------------------------------------------------------------------

    def hook(self, data: object, *, secret: str | None = None) -> HookCall:
        """Written and signed as Meta does: no letters beyond ASCII, and slashes with a backslash."""
        body = json.dumps(data, separators=(",", ":")).replace("/", "\\/").encode()
        return HookCall(body, {"X-Hub-Signature-256": self.signature(body, secret=secret)})

    def signature(self, body: bytes, *, secret: str | None = None) -> str:
        key = (self.app_secret if secret is None else secret).encode()
        return "sha256=" + hmac.new(key, body, hashlib.sha256).hexdigest()

    def handshake(self, *, token: str | None = None, challenge: str = "1158201444") -> HookCall:
        asked = {"hub.mode": "subscribe", "hub.challenge": challenge, "hub.verify_token": token or self.verify_token}
        return HookCall(b"", {}, "", "GET", query=urlencode(asked))

    # -- its interface ----------------------------------------------------------------------------------------

    def behave(self, asked: Asked) -> Answered:
        steps = asked.bare_path.strip("/").split("/")
        if steps[0] == "cdn":  # signed addresses, no token
            return self._file(steps[-1])
        if refused := self._refuse(asked):
            return refused
        match asked.method, steps:
            case "POST", [_, "messages"] if "messaging_product" in asked.json:
                return self._whatsapp(asked.json)
            case "POST", [_, "messages"]:
                return self._messenger(asked.json)
            case "POST", [_, "media"]:
                return Answered.of({"id": self._stored(asked)})
            case "POST", [_, "message_attachments"]:
                return Answered.of({"attachment_id": self._stored(asked)})
            case "POST", [about, "comments" | "replies"]:
                return self._comment(about, asked.json)
            case "GET", [_, "message_templates"]:
                return self._templates(asked)
            case "GET", ["refresh_access_token"]:
                self.access_token += "-renewed"
                return Answered.of({"access_token": self.access_token, "expires_in": 60 * 24 * 3600})
            case "GET", ["download", name]:
                return self._file(name)
            case "GET", [name]:
                return self._about(name, asked)
        return error(100, "Unsupported request", subcode=33)

    def _refuse(self, asked: Asked) -> Answered | None:
        if asked.headers.get("authorization") != f"Bearer {self.access_token}":
            return error(190, "Error validating access token", status=401, kind="OAuthException")
        proof = hmac.new(self.app_secret.encode(), self.access_token.encode(), hashlib.sha256).hexdigest()
        if asked.query.get("appsecret_proof", proof) != proof:
            return error(100, "Invalid appsecret_proof provided in the API argument")
        return None

    def _whatsapp(self, body: dict[str, Any]) -> Answered:
        if body.get("status") == "read":
            self.said.append(body)
            return Answered.of({"success": True})
        to = body.get("to") or body.get("recipient") or ""
        if not to or ("to" in body and "recipient" in body):
            return error(131008, "Required parameter is missing", "to or recipient")
        if to in self.closed and body.get("type") != "template":
            return error(131047, "Re-engagement message")
        if to in self.gone:
            return error(131026, "Message undeliverable")
        if len(str(body.get("text", {}).get("body", ""))) > 4096:
            return error(100, "Param text['body'] must be at most 4096 characters long.")
        named = f"wamid.OUT{next(self.numbers)}"
        self.said.append({**body, "id": named})
        contact = {"input": to, **({"wa_id": to} if to.isdecimal() else {"user_id": to})}
        answer = {"messaging_product": "whatsapp", "contacts": [contact], "messages": [{"id": named}]}
        return Answered.of(answer)

    def _messenger(self, body: dict[str, Any]) -> Answered:
        recipient = body.get("recipient", {})
        to = recipient.get("id") or recipient.get("comment_id") or ""
        if to in self.gone:
            return error(551, "This person isn't available right now.", status=400, subcode=1545041)
        if to in self.closed and body.get("tag") != "HUMAN_AGENT":
            return error(10, "This message is sent outside of allowed window.", subcode=2018278)
        if "sender_action" in body:
            self.said.append(body)
            return Answered.of({"recipient_id": to})
        named = f"m_OUT{next(self.numbers)}"
        self.said.append({**body, "id": named})
        return Answered.of({"recipient_id": to, "message_id": named})

    def _comment(self, about: str, body: dict[str, Any]) -> Answered:
        if about in self.gone:
            return error(100, "Unsupported post request. Object does not exist", subcode=33)
        named = f"{about}_{next(self.numbers)}"
        self.said.append({**body, "comment": about, "id": named})
        return Answered.of({"id": named})

    def _stored(self, asked: Asked) -> str:
        head = f"Content-Type: {asked.headers['content-type']}\r\n\r\n".encode()
        parts = BytesParser(policy=HTTP).parsebytes(head + asked.body)
        named = f"9{next(self.numbers):014d}"
        for part in parts.iter_parts():
            if part.get_filename():
                self.files[named] = (bytes(part.get_content()), part.get_content_type())
        return named

    def _file(self, named: str) -> Answered:
        content, content_type = self.files.get(named, (b"", ""))
        return Answered(200, content, content_type) if content else Answered(404, b"gone", "text/plain")

    def _templates(self, asked: Asked) -> Answered:
        start = int(asked.query.get("after", "0"))
        shown, rest = self.templates[start : start + PAGE], self.templates[start + PAGE :]
        paging: dict[str, Any] = {"cursors": {"before": str(start), "after": str(start + PAGE)}}
        if rest:
            paging["next"] = f"{self._here(asked)}{asked.bare_path}?after={start + PAGE}"
        return Answered.of({"data": shown, "paging": paging})

    def _here(self, asked: Asked) -> str:
        return self.address or f"http://{asked.headers.get('host', '')}"

    def _about(self, named: str, asked: Asked) -> Answered:
        if named in self.files:
            url = f"{self._here(asked)}/download/{named}"
            return Answered.of({"url": url, "mime_type": self.files[named][1], "id": named})
        if named.startswith("25") and len(named) == 17:  # somebody of whom no test has said anything
            self.people.setdefault(named, {"name": NAMES[int(named) % len(NAMES)]})
        if named in self.people:
            return Answered.of({**self.people[named], "id": named})
        if named in self.posts:
            return Answered.of({**self.posts[named], "id": named})
        ours = {
            self.phone_number_id: {
                "display_phone_number": self.display_phone_number,
                "verified_name": "Acme Ltd.",
                "quality_rating": self.quality_rating,
                "messaging_limit_tier": "TIER_1K",
            },
            self.page_id: {"name": "Acme Ltd.", "username": "acme"},
            self.ig_id: {"name": "Acme Ltd.", "username": "acme"},
            "me": {"name": "Acme Ltd.", "username": "acme"},
        }
        return Answered.of({**ours[named], "id": named}) if named in ours else error(100, "No such object", subcode=33)


def error(
    code: int,
    message: str,
    details: str = "",
    *,
    status: int = 400,
    subcode: int | None = None,
    kind: str = "GraphMethodException",
    usage: str = "",
) -> Answered:
    """A refusal as the Graph writes it."""
    told: dict[str, Any] = {"message": f"(#{code}) {message}", "type": kind, "code": code, "fbtrace_id": "A1b2C3d4E5"}
    if subcode is not None:
        told["error_subcode"] = subcode
    if details:
        told["error_data"] = {"messaging_product": "whatsapp", "details": details}
    headers = {"X_Business_Use_Case_Usage": usage} if usage else {}
    return Answered.of({"error": told}, status, **headers)


def busy(minutes: int, *, code: int = 80007) -> Answered:
    """Too many calls, with the header that says when there is room again."""
    use = [{"type": "whatsapp", "call_count": 100, "total_time": 30, "estimated_time_to_regain_access": minutes}]
    return error(code, "Rate limit hit", status=429, usage=json.dumps({"102290129340398": use}))
