"""Which dictionary of PostgreSQL reads which language."""

from __future__ import annotations

from functools import cache
from typing import Final

from django.db import connection

from knowledge_base.models import HelpCentre

# Snowball's stemmers; another language is found by its words as they are.
DICTIONARIES: Final = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian",
    "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch",
    "no": "norwegian", "nb": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def dictionary_of(language: str) -> str:
    """The name of a text search configuration; `simple` where this PostgreSQL has none for the language."""
    wanted = DICTIONARIES.get(language.split("-", 1)[0].lower(), "simple")
    return wanted if f"{wanted}_stem" in _installed() else "simple"


def stemmer_of(language: str) -> str:
    """The name of the dictionary that finds stems."""
    dictionary = dictionary_of(language)
    return dictionary if dictionary == "simple" else f"{dictionary}_stem"


def languages_of(centre: HelpCentre | None, language: str) -> list[str]:
    """In which is searched, the reader's first; without a help centre those of all."""
    if centre is not None:
        known = [centre.default_language, *centre.languages]
    else:
        known = [code for codes in HelpCentre.objects.values_list("languages", flat=True) for code in codes]
    return list(dict.fromkeys([language, *known]))


@cache
def _installed() -> frozenset[str]:
    """Each release of PostgreSQL knows a few languages more."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT dictname FROM pg_ts_dict")
        return frozenset(name for (name,) in cursor.fetchall())
