"""Placeholders in the words of macros and rules: Liquid with a fixed set of names (see placeholder_names).

A text is checked when it is saved, and refused with the place of what is wrong, so that nobody finds out from a
customer. What is written later is bounded in size and time, and in HTML all that comes from tickets is escaped.

Liquid is imported when the first text needs it: most processes never do, and it takes 18 MB.
"""

from __future__ import annotations

import re

from django.utils import translation
from django.utils.translation import gettext as _

from customers.actors import Actor
from tickets.automation.placeholder_names import TREE, Branch
from tickets.automation.placeholder_values import Telling
from tickets.models import Ticket
from tickets.services import Refused

# Names with a space before each and the end of a greeting behind: "Hello {{ticket.requester.first_name}},".
_NAME = r"[ \u00a0](\{\{\s*((?:ticket\.requester|current_user)\.(?:first_|last_)?name)\s*\}\})"
_ADDRESSED = re.compile(rf"(?:{_NAME})+(?=[ \u00a0]?[,.!?;:<]|\s*$)", re.MULTILINE)


def has_placeholders(text: str) -> bool:
    return "{{" in text or "{%" in text


def check_placeholders(text: str, *, is_html: bool = False) -> None:
    """Raises `Wrong` when something in `text` can't be understood or isn't known: with line and column as written.

    A name or filter that is nearly right is answered with the right one.
    """
    if has_placeholders(text):
        from tickets.automation.placeholder_checking import check

        check(text, is_html)


def render(
    text: str,
    ticket: Ticket,
    *,
    actor: Actor,
    language: str,
    is_html: bool = False,
    for_staff: bool = False,
    for_stranger: bool = False,
) -> str:
    """`text` with its placeholders filled in, days and labels in `language`; raises `Refused` at its bounds.

    `actor` is who does what leads here: `current_user`. With `is_html` what comes from the ticket is escaped.
    `for_staff` lets internal notes in: only for what no customer reads. `for_stranger` leaves out what the customer
    wrote. A name that is not known stays empty.
    """
    if not has_placeholders(text):
        return text
    from liquid.exceptions import LiquidError

    from tickets.automation.liquid_sandbox import parsed, why_not, write

    telling = Telling(ticket, actor, is_html=is_html, for_staff=for_staff, for_stranger=for_stranger)
    try:
        with translation.override(language or None):
            return write(parsed(_greeting_anybody(text), is_html), Branch(TREE, telling))
    except LiquidError as error:
        reason = why_not(error)
        raise Refused(_("The placeholders of this text can’t be filled in: %(why)s.") % {"why": reason}) from error


def _greeting_anybody(text: str) -> str:
    """Whose name we don't know is greeted "Hello," and not "Hello ,"."""
    return _ADDRESSED.sub(lambda names: re.sub(_NAME, r'{% if \2 != "" %} \1{% endif %}', names[0]), text)
