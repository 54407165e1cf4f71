"""Any other network that speaks the open webhook of docs/channels/generic.md."""

from __future__ import annotations

import json
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from helpdesk.demo.stand_ins.base import Answered, Asked, HookCall, StandIn
from helpdesk.lib import standard_webhooks

KEY = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
PERSON = {"id": "person-1", "name": "Mary Somerville"}


@dataclass
class Network(StandIn):
    """Its state: what we sent there (`messages`), the files that it hands out, and how many it has named."""

    key: str = KEY
    messages: list[dict[str, Any]] = field(default_factory=list)
    files: dict[str, tuple[bytes, str]] = field(default_factory=dict)  # by what follows its address: bytes and type
    count: int = 0

    # -- its calls of our hook ----------------------------------------------------------------------------------

    def text(self, words: str, *, named: str = "", sender: dict[str, Any] | None = None, **more: Any) -> HookCall:
        """Somebody wrote. `more` are further fields: conversation_id, created_at, reply_to, direction, custom …"""
        told = {"type": "message.created", "id": named or self.new_id(), "sender": sender or PERSON, "text": words}
        return self.call({**told, **more})

    def media(self, urls: Sequence[str], *, named: str = "", words: str = "", **more: Any) -> HookCall:
        files = [{"url": url, "filename": url.rsplit("/", 1)[-1]} for url in urls]
        return self.text(words, named=named, attachments=files, **more)

    def edit(self, named: str, words: str, **more: Any) -> HookCall:
        return self.call({"type": "message.updated", "id": named, "text": words, **more})

    def delete(self, named: str, **more: Any) -> HookCall:
        return self.call({"type": "message.deleted", "id": named, **more})

    def status(self, named: str, status: str, **more: Any) -> HookCall:
        return self.call({"type": "message.status", "id": named, "status": status, **more})

    def echo(self, words: str, *, conversation_id: str, named: str = "", **more: Any) -> HookCall:
        """One of us wrote there, not here."""
        ours = {"id": "shop", "name": "The shop"}
        return self.text(words, named=named, sender=ours, conversation_id=conversation_id, direction="outbound", **more)

    def call(self, told: dict[str, Any] | bytes, *, at: float | None = None, key: str = "") -> HookCall:
        """Any call, signed."""
        body = told if isinstance(told, bytes) else json.dumps(told).encode()
        stamp = int(time.time() if at is None else at)
        return HookCall(body, standard_webhooks.headers([key or self.key], f"msg_{self.new_id()}", stamp, body))

    # -- what it takes from us ----------------------------------------------------------------------------------

    def behave(self, asked: Asked) -> Answered:
        if asked.method == "GET":
            content, kind = self.files.get(asked.bare_path.lstrip("/"), (b"", ""))
            return Answered(200, content, kind) if kind else Answered(404)
        if not standard_webhooks.verify([self.key], asked.headers, asked.body, now=time.time()):
            return Answered.of({"error": "signature"}, 401)
        if asked.json.get("type") == "ping":
            return Answered.of({})
        named = asked.headers["webhook-id"]
        if named not in {message["id"] for message in self.messages}:
            self.messages.append(asked.json)
        return Answered.of({"id": f"remote-{named}"})

    def new_id(self) -> str:
        self.count += 1
        return f"n{self.count}"
