"""The table of docs/channels/README.md says what the adapters can do, cell by cell."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.conf import settings

from channels_app.base import Capabilities
from channels_app.models import ProviderKind
from channels_app.registry import ADAPTERS, adapter_of

ROWS = {
    ProviderKind.TWILIO_SMS: "SMS",
    ProviderKind.WHATSAPP: "WhatsApp",
    ProviderKind.MESSENGER: "Messenger",
    ProviderKind.INSTAGRAM: "Instagram",
    ProviderKind.TELEGRAM: "Telegram",
    ProviderKind.X: "X",
    ProviderKind.GENERIC: "any other network",
}


def of_two(first: bool, second: bool, words: tuple[str, str, str]) -> str:
    """`words` for both, the first alone, the second alone."""
    both, one, other = words
    return {(True, True): both, (True, False): one, (False, True): other}.get((first, second), "–")


def cells(can: Capabilities) -> list[str]:
    return [
        of_two(can.sees_edits, can.sees_deletes, ("both", "edits", "deletions")),
        of_two(can.reactions_in, can.reactions_out, ("both ways", "theirs", "ours")),
        "yes" if can.can_reply_to else "–",
        of_two(can.tells_delivered, can.tells_read, ("both", "delivered", "read")),
        "yes" if can.shows_typing else "–",
        "yes" if can.has_templates else "–",
    ]


@pytest.mark.parametrize("kind", list(ADAPTERS))
def test_the_table_says_what_the_adapter_can(kind: ProviderKind) -> None:
    page = Path(settings.BASE_DIR, "docs/channels/README.md").read_text()
    (line,) = [line for line in page.splitlines() if line.startswith(f"| {ROWS[kind]} |")]
    said = [
        cell.strip().partition(",")[0] for cell in line.strip("|").split("|")[1:]
    ]  # where it depends, a word follows
    assert said == cells(adapter_of(kind).capabilities)
