"""Which language words are in, worked out here: nothing leaves the house, and what is not sure stays empty.

lingua with its small models (39 MB) is loaded by the first process that has to know: the one that receives mail. Pages
read what is stored on the message and the ticket.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from lingua import LanguageDetector


class Language(TextChoices):
    """The languages that are told from each other. More of them take memory and blur the small ones."""

    UNKNOWN = "", _("not known")
    AR = "ar", _("Arabic")
    CS = "cs", _("Czech")
    DA = "da", _("Danish")
    DE = "de", _("German")
    EL = "el", _("Greek")
    EN = "en", _("English")
    ES = "es", _("Spanish")
    FI = "fi", _("Finnish")
    FR = "fr", _("French")
    HU = "hu", _("Hungarian")
    IT = "it", _("Italian")
    JA = "ja", _("Japanese")
    KO = "ko", _("Korean")
    NB = "nb", _("Norwegian Bokmål")
    NL = "nl", _("Dutch")
    PL = "pl", _("Polish")
    PT = "pt", _("Portuguese")
    RO = "ro", _("Romanian")
    RU = "ru", _("Russian")
    SV = "sv", _("Swedish")
    TR = "tr", _("Turkish")
    UK = "uk", _("Ukrainian")
    ZH = "zh", _("Chinese")


READ = 1_000  # characters: more of a letter says nothing new
LEAST = 18  # letters: below it a name or "ok thanks" decides
LEAST_OF_OTHER_SCRIPTS = 5
FEW = 60  # letters: up to here the small models mistake English for Norwegian or Finnish and are rather sure of it
SURE_OF_FEW = 0.95
SURE = 0.35
AHEAD = 0.12  # of the next likely one

# What is in no language, or in another one than the letter: addresses, codes, quoted lines.
_NOISE = re.compile(r"https?://\S+|\S+@\S+|^>.*$|\b\w*\d\w*\b", re.MULTILINE)


def language_of(text: str) -> str:
    """The code of a `Language`, or "" where it can't be told: too short, or two are as likely."""
    words = " ".join(_NOISE.sub(" ", text[: 4 * READ]).split())[:READ]
    letters = [letter for letter in words if letter.isalpha()]
    is_latin = sum(letter < "\u0250" for letter in letters) * 2 > len(letters)
    if len(letters) < (LEAST if is_latin else LEAST_OF_OTHER_SCRIPTS):
        return ""
    first, second, *_rest = _detector().compute_language_confidence_values(words)
    is_short = is_latin and len(letters) < FEW
    if first.value < (SURE_OF_FEW if is_short else SURE) or first.value - second.value < AHEAD:
        return ""
    return str(first.language.iso_code_639_1.name).lower()


@cache
def _detector() -> LanguageDetector:
    from lingua import IsoCode639_1, LanguageDetectorBuilder

    codes = [getattr(IsoCode639_1, language.name) for language in Language if language]
    return LanguageDetectorBuilder.from_iso_codes_639_1(*codes).with_low_accuracy_mode().build()
