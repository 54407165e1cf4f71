"""How many SMS a text takes: the table that the composer's own counting is held to as well."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from channels_app.adapters.sms.segments import ALONE, JOINED, Segments, segments_of

TABLE = json.loads((Path(__file__).parents[2] / "payloads/twilio/segments.json").read_text())


@pytest.mark.parametrize("row", TABLE, ids=lambda row: str(row["what"]))
def test_segments_are_counted_as_phones_do(row: dict[str, Any]) -> None:
    expected = Segments(row["encoding"], row["count"], row["units"], row["left"], row["costly"])
    assert segments_of(row["text"]) == expected


def test_a_segment_has_140_bytes_and_a_joined_one_six_less() -> None:
    assert (ALONE["GSM-7"] * 7, ALONE["UCS-2"] * 16) == (140 * 8, 140 * 8)
    assert JOINED["GSM-7"] == (140 - 6) * 8 // 7
    assert JOINED["UCS-2"] == (140 - 6) * 8 // 16
