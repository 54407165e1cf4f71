"""A channel of the tests' own: it says yes to everything, unless a test has said otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from typing import Any

from PIL import Image

from channels_app.base import Adapter, Capabilities, FileRule, Happening, Hook, SendError, Sent
from channels_app.models import Conversation, ProviderAccount, ProviderKind, ProviderMessage
from customers.models import IdentityKind
from customers.models.consent import ContactChannel
from tickets.models import Channel, Message

CAN = Capabilities(
    text_limit=160,
    files_per_message=1,
    files=(FileRule(("image/",), 1000),),
    has_templates=True,
    starts=True,
    window=timedelta(hours=24),
    can_reply_to=True,
    reactions_out=True,
    tells_delivered=True,
    tells_read=True,
)


class Paper(Adapter):
    """`answers` are given or raised in their order; `said` is what was called."""

    kind = ProviderKind.WHATSAPP
    channel = Channel.WHATSAPP
    identity_kind = IdentityKind.WHATSAPP
    contact_channel = ContactChannel.WHATSAPP
    capabilities = CAN

    def __init__(self) -> None:
        self.clear()

    def clear(self) -> None:
        self.capabilities = CAN  # type: ignore[misc]  # what a test takes away is given back
        self.said: list[str] = []
        self.reacted: list[tuple[str, str]] = []
        self.typed: list[int] = []
        self.answers: list[SendError | Sent | Exception] = []

    def now_can(self, **more: Any) -> None:
        self.capabilities = replace(self.capabilities, **more)  # type: ignore[misc]

    def is_signed(self, account: ProviderAccount, hook: Hook) -> bool:
        return False

    def read(self, account: ProviderAccount, hook: Hook, *, now: datetime) -> Iterable[Happening]:
        return ()

    def probe(self, account: ProviderAccount) -> Mapping[str, Any]:
        return {}

    def split(self, account: ProviderAccount, conversation: Conversation, message: Message) -> list[dict[str, Any]]:
        text = [{"text": message.text.strip()}] if message.text.strip() else []
        return text + [{"file": file.filename} for file in message.attachments.order_by("pk")]

    def send(self, account: ProviderAccount, conversation: Conversation, part: ProviderMessage) -> Sent:
        self.said.append(part.body.get("text") or part.body["file"])
        answer = self.answers.pop(0) if self.answers else Sent(f"out-{part.pk}")
        if isinstance(answer, Exception):
            raise answer
        return answer

    def react(self, account: ProviderAccount, conversation: Conversation, external_id: str, emoji: str) -> None:
        self.reacted.append((external_id, emoji))

    def show_typing(self, account: ProviderAccount, conversation: Conversation) -> None:
        self.typed.append(conversation.pk)
        if self.answers and isinstance(answer := self.answers.pop(0), Exception):
            raise answer

    def thread_of(self, identity: str) -> str:
        return identity.removeprefix("+")


def picture() -> bytes:
    drawn = BytesIO()
    Image.new("RGB", (4, 3), "red").save(drawn, "PNG")
    return drawn.getvalue()


adapter = Paper()
