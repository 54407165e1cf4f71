"""Calls of Messenger's and Instagram's hook, in the shapes that Meta documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from helpdesk.demo.stand_ins.base import HookCall
from helpdesk.demo.stand_ins.graph import GraphStandIn

PERSON = "25000000000000001"


@dataclass
class MessengerHooks:
    graph: GraphStandIn
    is_instagram: bool = False
    now: int = 1_795_000_000_000  # milliseconds; each event is a second later
    numbers: count[int] = field(default_factory=lambda: count(1))

    @property
    def us(self) -> str:
        return self.graph.ig_id if self.is_instagram else self.graph.page_id

    # -- what people do ---------------------------------------------------------------------------------------

    def text(self, text: str, person: str = PERSON, *, name: str = "", **more: Any) -> HookCall:
        return self.event({"message": {"mid": name or self.new_name(), "text": text, **more}}, person)

    def media(
        self, kind: str, content: bytes, content_type: str, person: str = PERSON, *, name: str = "file.bin"
    ) -> HookCall:
        """The file lies at a signed address until it is fetched."""
        self.graph.files[name] = (content, content_type)
        return self.attachment({"type": kind, "payload": {"url": f"{self.graph.address}/cdn/{name}"}}, person=person)

    def attachment(self, *attachments: dict[str, Any], person: str = PERSON, **more: Any) -> HookCall:
        told = {"mid": self.new_name(), "attachments": list(attachments), **more}
        return self.event({"message": told}, person)

    def postback(self, title: str, payload: str, person: str = PERSON) -> HookCall:
        return self.event({"postback": {"mid": self.new_name(), "title": title, "payload": payload}}, person)

    def reaction(self, about: str, emoji: str, person: str = PERSON) -> HookCall:
        told = {"mid": about, "action": "react", "reaction": "other", "emoji": emoji}
        if not emoji:
            told = {"mid": about, "action": "unreact"}
        return self.event({"reaction": told}, person)

    def edit(self, about: str, text: str, number: int, person: str = PERSON) -> HookCall:
        return self.event({"message_edit": {"mid": about, "text": text, "num_edit": number}}, person)

    def unsend(self, about: str, person: str = PERSON) -> HookCall:
        return self.event({"message": {"mid": about, "is_deleted": True}}, person)

    def comment(
        self, text: str, person: str = PERSON, *, name: str = "", post: str = "", author: str = "Sheena Nelson"
    ) -> HookCall:
        named = name or f"18{next(self.numbers):015d}"
        if self.is_instagram:
            writer = {"id": person, "username": author.partition(" ")[0].lower()}
            media = {"id": post or "18172143295349192", "media_product_type": "FEED"}
            return self.change("comments", {"id": named, "from": writer, "text": text, "media": media})
        about = post or f"{self.us}_900"
        told = {
            "item": "comment",
            "verb": "add",
            "comment_id": named,
            "post_id": about,
            "parent_id": about,
            "from": {"id": person, "name": author},
            "message": text,
            "created_time": self.tick() // 1000,
            "post": {"permalink_url": f"https://www.facebook.com/acme/posts/{about}", "status_type": "added_photos"},
        }
        return self.change("feed", told)

    # -- what becomes of what we sent -------------------------------------------------------------------------

    def delivered(self, *names: str, person: str = PERSON) -> HookCall:
        told = {"watermark": self.tick(), **({"mids": list(names)} if names else {})}
        return self.event({"delivery": told}, person)

    def read(self, name: str = "", person: str = PERSON) -> HookCall:
        return self.event({"read": {"mid": name} if self.is_instagram else {"watermark": self.tick()}}, person)

    def echo(
        self, text: str, person: str = PERSON, *, name: str = "", app_id: str = "", key: str = "", **more: Any
    ) -> HookCall:
        """Of what our app sent when `app_id` is ours; else it was typed in another tool."""
        told: dict[str, Any] = {"mid": name or self.new_name(), "text": text, "is_echo": True, **more}
        if app_id:
            told["app_id"] = int(app_id)
        if key:
            told["metadata"] = key
        return self.event({"message": told}, person, is_ours=True)

    # -- the envelope -----------------------------------------------------------------------------------------

    def event(self, told: dict[str, Any], person: str = PERSON, *, is_ours: bool = False) -> HookCall:
        sides = (self.us, person) if is_ours else (person, self.us)
        event = {"sender": {"id": sides[0]}, "recipient": {"id": sides[1]}, "timestamp": self.tick(), **told}
        return self.entries({"time": self.now, "messaging": [event]})

    def change(self, name: str, value: dict[str, Any]) -> HookCall:
        return self.entries({"time": self.tick() // 1000, "changes": [{"field": name, "value": value}]})

    def entries(self, *entries: dict[str, Any]) -> HookCall:
        known_as = "instagram" if self.is_instagram else "page"
        return self.graph.hook({"object": known_as, "entry": [{"id": self.us, **entry} for entry in entries]})

    def unknown(self, person: str = PERSON) -> HookCall:
        return self.event({"something_of_next_year": {"new": True}}, person)

    def new_name(self) -> str:
        return f"m_IN{next(self.numbers)}"

    def tick(self) -> int:
        self.now += 1000
        return self.now
