"""Which dictionary of PostgreSQL reads which language."""

from __future__ import annotations

from typing import Final

# Snowball's stemmers, as every PostgreSQL has them; another language is found by its words as they are.
DICTIONARIES: Final = {
    "ar": "arabic", "ca": "catalan", "da": "danish", "de": "german", "el": "greek", "en": "english", "es": "spanish",
    "et": "estonian", "eu": "basque", "fi": "finnish", "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian",
    "hy": "armenian", "id": "indonesian", "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch",
    "no": "norwegian", "nb": "norwegian", "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian",
    "sv": "swedish", "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


def dictionary_of(language: str) -> str:
    """The name of a text search configuration."""
    return DICTIONARIES.get(language.split("-", 1)[0].lower(), "simple")
