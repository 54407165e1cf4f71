"""Words taken out of texts, wherever they stand and however they are written."""

import pytest

from helpdesk.lib.masking import MARK, Mask


@pytest.mark.parametrize(
    ("words", "text", "masked"),
    [
        (["4111 1111"], "Card 4111 1111, thanks", f"Card {MARK}, thanks"),
        (["the red door"], "> behind The\n> red   door", f"> behind {MARK}"),
        (["Ada", "Ada Lovelace"], "Ada Lovelace and Ada", f"{MARK} and {MARK}"),
        (["ada@example.org"], "To ADA@example.org;", f"To {MARK};"),
        (["nothing"], "the same", "the same"),
        (["", "  ", ">"], "a > b", "a > b"),
        (["a.c"], "abc a.c", f"abc {MARK}"),
    ],
)
def test_in_text(words: list[str], text: str, masked: str) -> None:
    assert Mask(words).text(text) == masked


def test_whole_words_leave_longer_ones_alone() -> None:
    assert Mask(["Ada"], whole=True).text("Ada, Adam, Bada, ada's") == f"{MARK}, Adam, Bada, {MARK}'s"


@pytest.mark.parametrize(
    ("words", "html", "masked"),
    [
        (["red door"], "<p>the <b>red</b> door</p>", f"<p>the <b>{MARK}</b></p>"),
        (["red door"], "<p>the red</p><p>door now</p>", f"<p>the {MARK}</p><p> now</p>"),
        (["R&D"], "<p>our R&amp;D team</p>", f"<p>our {MARK} team</p>"),
        (["ada@example.org"], '<a href="mailto:ada@example.org">write</a>', "<a>write</a>"),
        (["ada@example.org"], '<a href="/x?m=ada%40example.org">x</a>', "<a>x</a>"),
        (["red"], "<p>red</p><p>red</p>", f"<p>{MARK}</p><p>{MARK}</p>"),
        (["red"], "<p class=red>blue</p>", "<p>blue</p>"),
    ],
)
def test_in_html(words: list[str], html: str, masked: str) -> None:
    assert Mask(words).html(html) == masked


def test_inside_json() -> None:
    value = {"old": "Ada", "by": ["Ada Lovelace", 3, None], "Ada": {"n": True}}
    assert Mask(["Ada"]).json(value) == {"old": MARK, "by": [f"{MARK} Lovelace", 3, None], MARK: {"n": True}}
