from __future__ import annotations

import pytest

from helpdesk.lib.typed import whole_number


@pytest.mark.parametrize(("text", "number"), [("0", 0), ("1042", 1042), ("9" * 18, 10**18 - 1)])
def test_a_number_is_read(text: str, number: int) -> None:
    assert whole_number(text) == number


@pytest.mark.parametrize("text", ["", "-1", "1.5", "²", "٣", "9" * 19, "9" * 5000, "7 "])
def test_what_is_no_id_is_none(text: str) -> None:
    assert whole_number(text) is None
