"""Calls of WhatsApp's hook, in the shapes that Meta documents."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count
from typing import Any

from helpdesk.demo.stand_ins.base import HookCall
from helpdesk.demo.stand_ins.graph import GraphStandIn


@dataclass(frozen=True)
class Writer:
    """Somebody with WhatsApp. Who hides their number has no `wa_id`; years ago nobody had a `user_id`."""

    name: str = "Sheena Nelson"
    wa_id: str = "16505551234"
    user_id: str = "US.13491208655302741918"
    username: str = ""

    @property
    def contact(self) -> dict[str, Any]:
        profile = {"name": self.name, **({"username": self.username} if self.username else {})}
        return {"profile": profile, **_given(wa_id=self.wa_id, user_id=self.user_id)}


SHEENA = Writer()


@dataclass
class WhatsAppHooks:
    graph: GraphStandIn
    now: int = 1_795_000_000  # seconds; each call is one later
    numbers: count[int] = field(default_factory=lambda: count(1))

    # -- what people write ------------------------------------------------------------------------------------

    def text(self, body: str, writer: Writer = SHEENA, *, name: str = "", **more: Any) -> HookCall:
        return self.message("text", {"body": body}, writer, name=name, **more)

    def media(
        self,
        kind: str,
        content: bytes,
        content_type: str,
        writer: Writer = SHEENA,
        *,
        caption: str = "",
        filename: str = "",
    ) -> HookCall:
        """The file lies with the Graph until it is fetched."""
        named = f"8{next(self.numbers):014d}"
        self.graph.files[named] = (content, content_type)
        told = {
            "id": named,
            "mime_type": content_type,
            "sha256": "2b3cTk",
            **_given(caption=caption, filename=filename),
        }
        return self.message(kind, told, writer)

    def reaction(self, about: str, emoji: str, writer: Writer = SHEENA) -> HookCall:
        """Taken back: without an emoji."""
        return self.message("reaction", {"message_id": about, **_given(emoji=emoji)}, writer)

    def edit(self, about: str, body: str, writer: Writer = SHEENA) -> HookCall:
        newer = {"type": "text", "text": {"body": body}}
        return self.message("edit", {"original_message_id": about, "message": newer}, writer)

    def revoke(self, about: str, writer: Writer = SHEENA) -> HookCall:
        return self.message("revoke", {"original_message_id": about}, writer)

    def message(self, kind: str, content: Any, writer: Writer = SHEENA, *, name: str = "", **more: Any) -> HookCall:
        told = {
            **_given(**{"from": writer.wa_id, "from_user_id": writer.user_id}),
            "id": name or self.new_name(),
            "timestamp": self.tick(),
            "type": kind,
            kind: content,
            **more,
        }
        return self.call({"contacts": [writer.contact], "messages": [told]})

    # -- what becomes of what we sent -------------------------------------------------------------------------

    def status(self, about: str, state: str, writer: Writer = SHEENA, *, key: str = "", code: int = 0) -> HookCall:
        told: dict[str, Any] = {
            "id": about,
            "status": state,
            "timestamp": self.tick(),
            **_given(recipient_id=writer.wa_id, recipient_user_id=writer.user_id, biz_opaque_callback_data=key),
        }
        if code:
            told["errors"] = [
                {"code": code, "title": "Failed", "message": "Failed", "error_data": {"details": "Failed"}}
            ]
        return self.call({"statuses": [told]})

    def echo(self, body: str, writer: Writer = SHEENA, *, name: str = "") -> HookCall:
        """One of us wrote on the telephone that shares the number."""
        told = {
            "from": self.graph.display_phone_number,
            **_given(to=writer.wa_id, to_user_id=writer.user_id),
            "id": name or self.new_name(),
            "timestamp": self.tick(),
            "type": "text",
            "text": {"body": body},
        }
        return self.call({"message_echoes": [told]}, "smb_message_echoes")

    # -- news -------------------------------------------------------------------------------------------------

    def preference(self, value: str, writer: Writer = SHEENA) -> HookCall:
        told = {
            **_given(wa_id=writer.wa_id, user_id=writer.user_id),
            "detail": f"User requested to {value} marketing messages",
            "category": "marketing_messages",
            "value": value,
            "timestamp": int(self.tick()),
        }
        return self.call({"contacts": [writer.contact], "user_preferences": [told]}, "user_preferences")

    def new_number(self, old: Writer, new: Writer) -> HookCall:
        told = {
            **_given(**{"from": old.wa_id}),
            "id": self.new_name(),
            "timestamp": self.tick(),
            "type": "system",
            "system": {
                "body": f"User {old.name} changed their number",
                "type": "user_changed_number",
                **_given(wa_id=new.wa_id, user_id=new.user_id, previous_user_id=old.user_id),
            },
        }
        return self.call({"messages": [told]})

    def quality(self, event: str, limit: str) -> HookCall:
        told = {"display_phone_number": self.graph.display_phone_number, "event": event, "current_limit": limit}
        return self.call(told, "phone_number_quality_update", bare=True)

    def template(self, name: str, event: str, *, language: str = "en", reason: str = "NONE") -> HookCall:
        told = {
            "event": event,
            "message_template_id": 594425479261596,
            "message_template_name": name,
            "message_template_language": language,
            "reason": reason,
        }
        return self.call(told, "message_template_status_update", bare=True)

    # -- the envelope -----------------------------------------------------------------------------------------

    def call(self, value: dict[str, Any], field: str = "messages", *, bare: bool = False) -> HookCall:
        metadata = {
            "display_phone_number": self.graph.display_phone_number,
            "phone_number_id": self.graph.phone_number_id,
        }
        told = value if bare else {"messaging_product": "whatsapp", "metadata": metadata, **value}
        entry = {"id": self.graph.waba_id, "time": self.now, "changes": [{"value": told, "field": field}]}
        return self.graph.hook({"object": "whatsapp_business_account", "entry": [entry]})

    def unknown(self) -> HookCall:
        return self.call({"something": [{"new": True}]}, "a_field_of_next_year")

    def new_name(self) -> str:
        return f"wamid.IN{next(self.numbers)}"

    def tick(self) -> str:
        self.now += 1
        return str(self.now)


def _given(**values: str) -> dict[str, str]:
    """Those that are there: the Graph leaves out what it has not."""
    return {name: value for name, value in values.items() if value}
