"""How long a post is as X counts: most letters of Europe count one, those of East Asia and emoji two, a link 23.

twitter-text, configuration version 3: https://developer.x.com/en/docs/counting-characters
"""

from __future__ import annotations

import regex

LONGEST_POST = 280
LINK = 23
LIGHT = ((0, 4351), (8192, 8205), (8208, 8223), (8242, 8247))
_link = regex.compile(
    r"https?://[^\s<>\"]+|(?<![\w@.])(?:[a-z0-9-]+\.)+(?:com|org|net|io|de|eu|co|uk|fr|test|example)\b\S*", regex.I
)
_letters = regex.compile(r"\X")
_emoji = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}|\u20e3")


def weight_of(text: str) -> int:
    links = _link.findall(text)
    return LINK * len(links) + sum(map(_weight, _letters.findall(_link.sub("", text))))


def _weight(letter: str) -> int:
    """Of what a reader takes for one letter: an emoji of several signs is one."""
    if _emoji.search(letter) and len(letter.encode()) > 2:
        return 2
    return sum(1 if any(first <= ord(sign) <= last for first, last in LIGHT) else 2 for sign in letter)
