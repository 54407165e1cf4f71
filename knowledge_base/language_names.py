"""Languages by name, for those who write: in the language of whoever asks."""

from __future__ import annotations

from django.conf.locale import LANG_INFO
from django.utils.translation import get_language_info


def language_label(code: str) -> str:
    """“Portuguese (Brazil)”; a code that has no name stays as it is."""
    try:
        name = str(get_language_info(code.lower())["name_translated"])
    except KeyError:
        return code
    return name[:1].upper() + name[1:]


def offered_languages() -> list[tuple[str, str]]:
    """What a help centre may be written in, by name."""
    codes = [code for code, info in LANG_INFO.items() if "fallback" not in info]
    return sorted(((code, language_label(code)) for code in codes), key=lambda known: known[1].casefold())
