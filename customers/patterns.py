"""Regular expressions that admins write, kept from running for ever.

Python's own engine tries an expression like `(a+)+$` for years on forty letters. This one can be stopped, and says so.
"""

from __future__ import annotations

from functools import lru_cache

import regex
from django.utils.translation import gettext as _

from customers.errors import Refused

LONGEST_PATTERN = 200  # characters
PATIENCE = 0.1  # seconds; an ordinary expression takes a millionth of one


def check_pattern(pattern: str) -> str:
    """`pattern`, if it can be read; `Refused` with the engine's reason otherwise."""
    if len(pattern) > LONGEST_PATTERN:
        raise Refused(_("At most %(count)s characters.") % {"count": LONGEST_PATTERN}, field="pattern")
    try:
        _compiled(pattern)
    except (regex.error, OverflowError, RecursionError, MemoryError) as error:
        raise Refused(_("This is no regular expression: %(reason)s") % {"reason": error}, field="pattern") from error
    return pattern


def matches(pattern: str, text: str) -> bool:
    """Whether the whole of `text` has the form. `Refused` when that cannot be told in time."""
    try:
        return _compiled(pattern).fullmatch(text, timeout=PATIENCE) is not None
    except TimeoutError as error:
        reason = _("The form of this field is too intricate to compare this text with: ask an admin to simplify it.")
        raise Refused(reason) from error


@lru_cache(maxsize=256)
def _compiled(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern)
