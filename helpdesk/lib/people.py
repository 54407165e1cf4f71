"""How a person without a picture is drawn: initials on a colour that stays theirs."""

from functools import lru_cache
from zlib import crc32

# The hues for which static/css/tokens.css has a class `hue-<n>`.
HUES = (25, 75, 95, 120, 155, 200, 215, 235, 275, 305, 330, 345)


@lru_cache(maxsize=4096)
def initials_of(name: str) -> str:
    words = [word for word in name.replace("@", " ").split() if word[0].isalnum()]
    if not words:
        return "?"
    return (words[0][0] + (words[-1][0] if len(words) > 1 else "")).upper()


@lru_cache(maxsize=4096)
def hue_of(key: str) -> int:
    return HUES[crc32(key.lower().encode()) % len(HUES)]
