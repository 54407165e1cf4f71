"""What a bubble says besides words: what made somebody write, and in a list, that there are none."""

import pytest

from helpdesk.templatetags.bubble import before_words, pills
from helpdesk.templatetags.rows import rows
from tickets.listed import Row
from tickets.models import Channel, Message, Ticket


@pytest.mark.parametrize(
    ("facts", "words", "link"),
    [
        ({"referral": {"title": "Bells <b>", "url": "https://fb.me/1"}}, "Came by Bells &lt;b&gt;", "https://fb.me/1"),
        ({"referral": {"title": "", "url": "https://fb.me/1"}}, "Came by https://fb.me/1", "https://fb.me/1"),
        ({"referral": {"title": "Bells", "url": "javascript:alert(1)"}}, "Came by Bells", ""),
        (
            {"story": {"how": "reply", "url": "https://ig.example/s"}},
            "Answers a story of yours",
            "https://ig.example/s",
        ),
        ({"story": {"how": "mention", "url": ""}}, "Names you in a story of theirs", ""),
    ],
)
def test_what_made_them_write(facts: dict[str, object], words: str, link: str) -> None:
    drawn = before_words(Message(facts=facts), None)
    assert words in drawn
    assert (f'href="{link}"' in drawn) if link else ("<a " not in drawn)


def test_a_button_that_was_pressed_is_told_from_words() -> None:
    assert "Pressed a button" in pills(Message(text="Yes", facts={"pressed": "yes"}, channel=Channel.WHATSAPP))
    assert "Pressed a button" not in pills(Message(text="Yes", facts={}, channel=Channel.WHATSAPP))


@pytest.mark.parametrize(
    ("channel", "preview", "is_said"),
    [(Channel.WHATSAPP, "", True), (Channel.WHATSAPP, "Hello", False), (Channel.EMAIL, "", False)],
)
def test_a_list_says_that_the_newest_message_is_a_picture(
    adas_ticket: Ticket, channel: str, preview: str, is_said: bool
) -> None:
    row = Row.of(adas_ticket)._replace(channel=channel, preview=preview)
    assert ("A message without words" in rows([row], "")) is is_said
