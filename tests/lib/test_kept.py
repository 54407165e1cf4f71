"""What is kept is bounded, and found under all it depends on."""

from __future__ import annotations

import pytest
from django.utils import translation

from helpdesk.accounts.models import User
from helpdesk.lib.kept import Kept
from helpdesk.templatetags.listing import _menu, sort_menu
from tickets.lists import read_list


def test_a_value_is_made_once_and_the_oldest_goes_first() -> None:
    kept: Kept[str] = Kept(2)
    assert [kept.get(key, lambda key=key: f"{key}!") for key in ("a", "b", "a")] == ["a!", "b!", "a!"]  # type: ignore[misc]
    assert kept.get("a", lambda: "another") == "a!"
    kept.get("c", lambda: "c!")
    assert len(kept) == 2
    assert kept.get("a", lambda: "made again") == "made again"


@pytest.mark.parametrize("language", ["en", "de"])
def test_a_kept_menu_is_the_one_that_would_be_drawn(grace: User, language: str) -> None:
    """Twice each, so that the second comes from what is kept; whatever shapes the menu is asked for in turn."""
    asked = [
        {}, {"view": "all"}, {"view": "all", "sort": "subject"}, {"view": "all", "sort": "-subject"},
        {"group": "status"}, {"layout": "table"}, {"q": "refund"}, {"q": "refund", "sort": "number"},
        {"filter": '{"all":[{"field":"status","operator":"is","value":"open"}]}'},
    ]  # fmt: skip
    with translation.override(language):
        for params in asked * 2:
            listed = read_list(params, grace)
            assert listed is not None
            assert sort_menu(listed) == _menu(listed)
