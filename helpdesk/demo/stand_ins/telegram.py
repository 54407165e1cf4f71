"""Telegram's Bot API, as https://core.telegram.org/bots/api describes it: updates for our hook, answers to calls."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from email import message_from_bytes
from typing import Any

from helpdesk.demo.stand_ins.base import Answered, Asked, HookCall, StandIn

TOKEN = "7000000001:AAE0stand-in-0123456789abcdefghijk_lm"  # noqa: S105 of nobody
SECRET = "what-only-we-have-told-Telegram"  # noqa: S105
BOT = {"id": 7000000001, "is_bot": True, "first_name": "Support", "username": "onethread_support_bot"}
ADA = {"id": 5000000001, "is_bot": False, "first_name": "Ada", "last_name": "Lovelace", "username": "ada"}
REMEMBERED = 50  # things said: a demo runs for weeks
NOON = 1795348800  # 22 November 2026, 12:00 UTC
Json = dict[str, Any]


@dataclass
class Telegram(StandIn):
    """`now` is the time of what happens next, in seconds; each thing takes one."""

    token: str = TOKEN
    secret: str = SECRET
    takes_plain: bool = False  # addresses without https, as a Bot API server of one's own does
    now: int = NOON
    updates: int = 900000000
    messages: int = 100
    blocked: set[int] = field(default_factory=set)  # chats whose person has blocked the bot
    files: dict[str, bytes] = field(default_factory=dict)  # by file_id
    webhook: Json = field(default_factory=dict)
    pending: list[Json] = field(default_factory=list)  # for who asks
    sent: list[Json] = field(default_factory=list)  # the fields of what the bot said, and `file`: its name and bytes

    # -- updates ------------------------------------------------------------------------------------------------

    def update(self, kind: str, what: object) -> Json:
        self.updates += 1
        return {"update_id": self.updates, kind: what}

    def call(self, update: object) -> HookCall:
        headers = {"X-Telegram-Bot-Api-Secret-Token": self.secret}
        return HookCall(json.dumps(update).encode(), headers)

    def message(self, text: str = "", *, sender: Json | None = None, chat: Json | None = None, **more: Any) -> Json:
        """Of a person in a private chat; any field of the documentation may be added or replaced."""
        self.messages += 1
        self.now += 1
        sender = ADA if sender is None else sender
        said = {"text": text} if text else {}
        base = {"message_id": self.messages, "from": sender, "chat": chat or private(sender), "date": self.now}
        return {**base, **said, **more}

    def text(self, text: str, **more: Any) -> HookCall:
        return self.call(self.update("message", self.message(text, **more)))

    def edited(self, message: Json, **changes: Any) -> HookCall:
        self.now += 1
        return self.call(self.update("edited_message", {**message, "edit_date": self.now, **changes}))

    def reaction(self, message: Json, *emoji: str, before: tuple[str, ...] = (), user: Json | None = None) -> HookCall:
        """What `user` has put to a message now, and what was there before."""
        self.now += 1
        told = {
            "chat": message["chat"], "message_id": message["message_id"], "user": user or ADA, "date": self.now,
            "old_reaction": [{"type": "emoji", "emoji": one} for one in before],
            "new_reaction": [{"type": "emoji", "emoji": one} for one in emoji],
        }  # fmt: skip
        return self.call(self.update("message_reaction", told))

    def membership(self, status: str, *, before: str = "member", chat: Json | None = None, **more: Any) -> HookCall:
        """What the bot is now in a chat: `kicked` is blocked, where the chat is private."""
        self.now += 1
        told = {
            "chat": chat or private(ADA), "from": ADA, "date": self.now,
            "old_chat_member": {"user": BOT, "status": before},
            "new_chat_member": {"user": BOT, "status": status, **more},
        }  # fmt: skip
        return self.call(self.update("my_chat_member", told))

    def pressed(self, data: str, message: Json | None = None) -> HookCall:
        """A button below a message of the bot's."""
        named = str(4382000000000000000 + self.updates)
        told = {"id": named, "from": ADA, "chat_instance": "-1", "data": data}
        return self.call(self.update("callback_query", {**told, **({"message": message} if message else {})}))

    def photo(self, name: str = "photo-large", **more: Any) -> Json:
        """A message with a picture in three sizes."""
        self.files.setdefault(name, b"\xff\xd8\xff\xe0" + bytes(60))
        small = {"file_id": f"{name}-90", "file_unique_id": "u90", "width": 90, "height": 67, "file_size": 9}
        middle = {"file_id": f"{name}-320", "file_unique_id": "u320", "width": 320, "height": 240, "file_size": 20}
        largest = {"file_id": name, "file_unique_id": "u1280", "width": 1280, "height": 960, "file_size": 64}
        return self.message(photo=[small, middle, largest], **more)

    # -- calls --------------------------------------------------------------------------------------------------

    def behave(self, asked: Asked) -> Answered:
        if found := re.fullmatch(rf"/file/bot{re.escape(self.token)}/(.+)", asked.bare_path):
            content = self.files.get(found[1].removeprefix("files/"))
            return Answered(200, content, "application/octet-stream") if content else refused(404, "Not Found")
        found = re.fullmatch(r"/bot([^/]+)/(\w+)", asked.bare_path)
        if not found or not re.fullmatch(r"\d+:[\w-]{30,}", found[1]):
            return refused(404, "Not Found")
        if found[1] != self.token:
            return refused(401, "Unauthorized")
        fields = fields_of(asked)
        answer = getattr(self, f"on_{found[2].lower()}", None)
        if answer:
            return answer(fields)  # type: ignore[no-any-return]
        if found[2].startswith("send"):
            return self.say(found[2], fields)
        return refused(404, "Not Found: method not found")

    def say(self, method: str, fields: Json) -> Answered:
        chat = int(fields.get("chat_id") or 0)
        if chat in self.blocked:
            return refused(403, "Forbidden: bot was blocked by the user")
        if method == "sendMessage" and not fields.get("text"):
            return refused(400, "Bad Request: message text is empty")
        if utf16(fields.get("text", "")) > 4096:
            return refused(400, "Bad Request: message is too long")
        if utf16(fields.get("caption", "")) > 1024:
            return refused(400, "Bad Request: message caption is too long")
        self.sent = [*self.sent[-REMEMBERED:], {"method": method, **fields}]
        self.messages += 1
        said: Json = {name: fields[name] for name in ("text", "caption") if name in fields}
        there = {"id": chat, "type": "private"}
        return done({"message_id": self.messages, "from": BOT, "chat": there, "date": self.now, **said})

    def on_sendchataction(self, fields: Json) -> Answered:
        return done(True)

    def on_getme(self, fields: Json) -> Answered:
        return done({**BOT, "can_join_groups": True, "can_read_all_group_messages": False})

    def on_setwebhook(self, fields: Json) -> Answered:
        if not (self.takes_plain or str(fields.get("url", "")).startswith("https://")):
            return refused(400, "Bad Request: bad webhook: An HTTPS URL must be provided for webhook")
        self.webhook = fields
        return done(True)

    def on_deletewebhook(self, fields: Json) -> Answered:
        self.webhook = {}
        return done(True)

    def on_getwebhookinfo(self, fields: Json) -> Answered:
        url = self.webhook.get("url", "")
        return done({"url": url, "has_custom_certificate": False, "pending_update_count": len(self.pending)})

    def on_getupdates(self, fields: Json) -> Answered:
        if self.webhook:
            return refused(
                409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook first"
            )
        offset = int(fields.get("offset") or 0)
        self.pending = [update for update in self.pending if update["update_id"] >= offset]
        return done(self.pending[: int(fields.get("limit") or 100)])

    def on_getfile(self, fields: Json) -> Answered:
        named = str(fields.get("file_id"))
        if named not in self.files:
            return refused(400, "Bad Request: invalid file_id")
        if len(self.files[named]) > 20 * 1024 * 1024:
            return refused(400, "Bad Request: file is too big")
        told = {"file_id": named, "file_unique_id": "u", "file_size": len(self.files[named])}
        return done({**told, "file_path": f"files/{named}"})

    def on_setmessagereaction(self, fields: Json) -> Answered:
        if any(one.get("emoji") == "🧨" for one in fields.get("reaction", [])):
            return refused(400, "Bad Request: REACTION_INVALID")
        self.sent.append({"method": "setMessageReaction", **fields})
        return done(True)

    def on_answercallbackquery(self, fields: Json) -> Answered:
        self.sent.append({"method": "answerCallbackQuery", **fields})
        return done(True)


def private(person: Mapping[str, Any]) -> Json:
    return {"type": "private", **{name: value for name, value in person.items() if name != "is_bot"}}


def done(result: object) -> Answered:
    return Answered.of({"ok": True, "result": result})


def refused(status: int, description: str, **parameters: int) -> Answered:
    told: Json = {"ok": False, "error_code": status, "description": description}
    return Answered.of({**told, **({"parameters": parameters} if parameters else {})}, status)


def utf16(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def fields_of(asked: Asked) -> Json:
    """JSON, or a form with a file, whose fields that are no texts are JSON."""
    kind = asked.headers.get("content-type", "")
    if not kind.startswith("multipart/form-data"):
        return asked.json
    fields: Json = {}
    form = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + asked.body)
    for part in form.get_payload():
        name = part.get_param("name", header="content-disposition")  # type: ignore[union-attr]
        content = part.get_payload(decode=True)  # type: ignore[union-attr]
        if filename := part.get_filename():  # type: ignore[union-attr]
            fields["file"] = {"field": name, "name": filename, "content": content}
        else:
            text = content.decode()  # type: ignore[union-attr]
            fields[str(name)] = json.loads(text) if text[:1] in "[{" else text
    return fields
