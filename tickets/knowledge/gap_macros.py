"""Macros whose words are sent again and again, with no article that says the same."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from django.contrib.postgres.aggregates import ArrayAgg
from django.db.models import Count

from helpdesk.accounts.models import User
from helpdesk.lib.html import html_to_text
from knowledge_base.audience import ANYBODY
from knowledge_base.centres import closest_language
from knowledge_base.models import HelpCentre
from knowledge_base.search.finding import find
from tickets.knowledge.centres import usual_centre
from tickets.knowledge.uses import linked_in
from tickets.models import Macro, MacroUse, Ticket

OFTEN: Final = 5  # uses in the time looked at
LEAST_WORDS: Final = 60  # characters: what is shorter ("We are on it") explains nothing
LOOKED_AT: Final = 20  # macros, used most: each asks the search once


def unwritten_macros(
    user: User, *, since: datetime, until: datetime, macro: str = ""
) -> list[tuple[Macro, int, list[int]]]:
    """Those that `user` may see, with how many colleagues used each and on which of the tickets that `user` may see."""
    uses = MacroUse.objects.filter(created_at__gt=since, created_at__lte=until)
    uses = uses.exclude(ticket__in=Ticket.objects.hidden_from(user))
    if macro:
        uses = uses.filter(macro=int(macro))
    often = (
        uses.values("macro")
        .annotate(times=Count("pk"), people=Count("user", distinct=True), tickets=ArrayAgg("ticket", distinct=True))
        .filter(times__gte=OFTEN)
        .order_by("-times", "macro")[:LOOKED_AT]
    )
    rows = list(often)
    known = Macro.objects.visible_to(user).filter(is_active=True).in_bulk([row["macro"] for row in rows])
    centre = usual_centre()
    return [
        (known[row["macro"]], row["people"], row["tickets"])
        for row in rows
        if row["macro"] in known and _explains(known[row["macro"]]) and not _is_written(known[row["macro"]], centre)
    ]


def words_of_macro(macro: Macro) -> str:
    """What it writes, as HTML with its placeholders; empty for one that only changes things."""
    said = (each["value"] for each in macro.actions if each.get("field") == "comment_value_html")
    return str(next(said, ""))


def _explains(macro: Macro) -> bool:
    words = words_of_macro(macro)
    return len(html_to_text(words)) >= LEAST_WORDS and not linked_in(words)


def _is_written(macro: Macro, centre: HelpCentre | None) -> bool:
    """An article that everybody may read has all words of its title."""
    if centre is None:
        return False
    language = closest_language(centre, macro.language) or centre.default_language
    found = find(macro.title, reader=ANYBODY, centre=centre, language=language, limit=1)
    return bool(found.count) and not found.is_partial and not found.correction
