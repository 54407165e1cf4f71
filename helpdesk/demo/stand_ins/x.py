"""A stand-in for X: direct messages and mentions in both shapes of its hooks, and the interface that we answer by."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from helpdesk.demo.stand_ins.base import Answered, Asked, HookCall, StandIn

US, SECRET, TOKEN = "2244994945", "consumer-secret-of-the-stand-in", "access-token-of-the-stand-in"


@dataclass
class X(StandIn):
    """`tokens` that it knows; spending a refresh token makes the old pair worthless."""

    user: str = US
    secret: str = SECRET
    tokens: set[str] = field(default_factory=lambda: {TOKEN})
    refresh: str = "refresh-1"
    ids: count[int] = field(default_factory=lambda: count(1_700_000_000_000_000_001))

    # -- its calls of our hook

    def signed(self, body: dict[str, Any]) -> HookCall:
        raw = json.dumps(body, ensure_ascii=False).encode(errors="surrogatepass")
        mac = base64.b64encode(hmac.new(self.secret.encode(), raw, hashlib.sha256).digest()).decode()
        return HookCall(raw, {"x-twitter-webhooks-signature": f"sha256={mac}"})

    def direct(
        self, sender: str, text: str, *, at: datetime, key: str = "", to: str = "", name: str = "Ada", media: str = ""
    ) -> HookCall:
        """In the Account Activity shape."""
        told: dict[str, Any] = {"text": text, "entities": {"hashtags": [], "urls": []}}
        if media:
            told["attachment"] = {"type": "media", "media": {"id_str": "1", "media_url_https": media, "type": "photo"}}
        event = self._direct(key or str(next(self.ids)), sender, to or self.user, told, at)
        users = {sender: {"id": sender, "name": name, "screen_name": name.lower()}}
        return self.signed({"for_user_id": self.user, "direct_message_events": [event], "users": users})

    def direct_anew(self, sender: str, text: str, *, at: datetime, key: str = "", name: str = "Ada") -> HookCall:
        """In the X Activity shape."""
        event = self._direct(key or str(next(self.ids)), sender, self.user, {"text": text}, at)
        users = {sender: {"data": {"id": sender, "name": name, "username": name.lower()}}}
        return self.news("dm.received", {"direct_message_events": [event], "users": users})

    def mention(
        self,
        author: str,
        text: str,
        *,
        at: datetime,
        key: str = "",
        versions: tuple[str, ...] = (),
        talk: str = "",
        name: str = "Ada",
    ) -> HookCall:
        key = key or str(next(self.ids))
        post = {
            "id": key,
            "text": text,
            "author_id": author,
            "conversation_id": talk or (versions or (key,))[0],
            "edit_history_tweet_ids": list(versions or (key,)),
            "created_at": at.isoformat().replace("+00:00", "Z"),
        }
        handle = name.lower().replace(" ", "_")
        includes = {"users": [{"id": author, "name": name, "username": handle}]}
        return self.news("post.mention.create", post, includes=includes)

    def news(self, kind: str, payload: dict[str, Any], **besides: Any) -> HookCall:
        told = {"event_uuid": str(next(self.ids)), "filter": {"user_id": self.user}, "event_type": kind}
        return self.signed({"data": {**told, "payload": payload}, **besides})

    def read_by(self, reader: str, last: str, at: datetime) -> HookCall:
        event = {"created_timestamp": _ms(at), "sender_id": reader, "target": {"recipient_id": self.user},
                 "last_read_event_id": last}  # fmt: skip
        return self.signed({"for_user_id": self.user, "direct_message_mark_read_events": [event]})

    def deleted(self, post: str, at: datetime) -> HookCall:
        event = {"status": {"id": post, "user_id": "1"}, "timestamp_ms": _ms(at)}
        return self.signed({"for_user_id": self.user, "tweet_delete_events": [event]})

    @staticmethod
    def _direct(key: str, sender: str, to: str, told: dict[str, Any], at: datetime) -> dict[str, Any]:
        said = {"target": {"recipient_id": to}, "sender_id": sender, "message_data": told}
        return {"type": "message_create", "id": key, "created_timestamp": _ms(at), "message_create": said}

    # -- our calls

    def behave(self, asked: Asked) -> Answered:
        if asked.bare_path.endswith("/2/oauth2/token"):
            return self._renew(asked.form)
        if asked.headers.get("authorization", "").removeprefix("Bearer ") not in self.tokens:
            return Answered.of({"title": "Unauthorized", "status": 401, "detail": "Unauthorized"}, 401)
        if asked.bare_path.endswith("/2/users/me"):
            return Answered.of({"data": {"id": self.user, "username": "onethread", "name": "Onethread"}})
        if asked.bare_path.endswith("/messages"):
            return Answered.of({"data": {"dm_conversation_id": "1-2", "dm_event_id": str(next(self.ids))}}, 201)
        if asked.bare_path.endswith(("/2/tweets", "/2/media/upload")):
            return Answered.of({"data": {"id": str(next(self.ids))}}, 201)
        return Answered.of({"title": "Not Found", "status": 404}, 404)

    def _renew(self, form: dict[str, list[str]]) -> Answered:
        if form.get("refresh_token") != [self.refresh]:
            return Answered.of({"error": "invalid_request"}, 400)
        number = int(self.refresh.rpartition("-")[2]) + 1
        self.refresh, self.tokens = f"refresh-{number}", {f"token-{number}"}
        return Answered.of({"access_token": f"token-{number}", "refresh_token": self.refresh, "expires_in": 7200})


def _ms(at: datetime) -> str:
    return str(int(at.timestamp() * 1000))
