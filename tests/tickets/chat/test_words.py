"""What happened to a chat, as the ticket's timeline tells it."""

from __future__ import annotations

from typing import Any

import pytest
from django.utils.html import strip_tags

from helpdesk.templatetags.conversation import sentence_of
from tickets.chat.spans import span
from tickets.models import TicketEvent


def line(kind: str, actor_kind: str = "user", **payload: Any) -> str:
    event = TicketEvent(kind=kind, payload=payload, actor_name="Grace", actor_kind=actor_kind)
    return strip_tags(sentence_of(event, f"tickets/events/{kind}.html")).strip()


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (("chat.started", {"page": "https://shop.example/<b>"}), "Grace began a chat on https://shop.example/"),
        (("chat.started", {"page": ""}), "Grace began a chat"),
        (("chat.accepted", {"agent": "Omar", "waited": 25}), "Omar accepted the chat after 25 s"),
        (("chat.accepted", {"agent": "Omar", "waited": -1}), "Omar took over the chat"),
        (("chat.transferred", {"old": "Omar", "team": "Billing", "agent": ""}), "Grace passed the chat on to Billing"),
        (("chat.ended", {"by": "visitor", "was_missed": True}), "Grace left the chat before anybody had accepted it"),
        (("chat.ended", {"by": "nobody", "was_missed": True}), "Nobody accepted the chat within 2 min"),
        (("chat.ended", {"by": "silence", "was_missed": False}), "The chat ended after 2 min: the customer had fallen"),
        (("chat.ended", {"by": "bot", "was_missed": False}), "The assistant ended the chat"),
        (("chat.ended", {"by": "agent", "was_missed": False}), "Grace ended the chat after 2 min"),
    ],
)
def test_each_step_of_a_chat_is_a_sentence(told: tuple[str, dict[str, Any]], said: str) -> None:
    kind, payload = told
    assert line(kind, **{"seconds": 91, **payload}).startswith(said)


def test_who_was_gone_is_named() -> None:
    assert line("chat.transferred", "system", old="Omar", team="Billing", agent="").startswith("Omar was gone")


@pytest.mark.parametrize(
    ("seconds", "said"), [(-3, "0 s"), (89.4, "89 s"), (90, "2 min"), (3570, "1 h"), (3900, "1 h 5 min")]
)
def test_spans(seconds: float, said: str) -> None:
    assert span(seconds) == said
