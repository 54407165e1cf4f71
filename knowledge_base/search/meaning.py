"""Saying which words mean the same: kept, changed and deleted by those who arrange the help centre."""

from __future__ import annotations

import re
from typing import Final

from django.db import transaction
from django.utils.translation import gettext as _

from knowledge_base.errors import Refused
from knowledge_base.models import Synonyms
from knowledge_base.search.parsing import as_counted, one_line
from knowledge_base.search.words import words_of

MOST: Final = 20  # of one group
LONGEST: Final = 80  # characters of one of them
MOST_WORDS: Final = 6
_BETWEEN: Final = re.compile(r"[,;\n]+")


@transaction.atomic
def save_synonyms(row: Synonyms, *, language: str, words: str) -> Synonyms:
    """`words` as they were typed, with commas or line breaks between. Raises `Refused` where they make no group."""
    chosen = _read(words)
    if len(chosen) < 2:
        raise Refused(_("Write two words at least, with commas between them."), "words")
    if len(chosen) > MOST:
        raise Refused(_("%(most)s words at most.") % {"most": MOST}, "words")
    _check_others(row, language, chosen)
    row.language, row.words = language, list(chosen.values())
    row.save()
    return row


def delete_synonyms(row: Synonyms) -> None:
    row.delete()


def _read(words: str) -> dict[str, str]:
    """As they are compared → as they were written, each once."""
    found: dict[str, str] = {}
    for written in map(one_line, _BETWEEN.split(words)):
        if not (compared := as_counted(written)):
            continue
        if len(written) > LONGEST or len(words_of(written)) > MOST_WORDS:
            raise Refused(_("“%(word)s” is too long: six words at most.") % {"word": written[:60]}, "words")
        found.setdefault(compared, written)
    return found


def _check_others(row: Synonyms, language: str, chosen: dict[str, str]) -> None:
    """A word stands in one group only: else nobody could say what it means."""
    for other in Synonyms.objects.filter(language=language).exclude(pk=row.pk):
        for word in other.words:
            if as_counted(word) in chosen:
                raise Refused(
                    _("“%(word)s” means something already: %(others)s. Add to that line instead.")
                    % {"word": word, "others": ", ".join(other.words)},
                    "words",
                )
