"""What somebody decides of a line of the gap report: written, mended or not needed. Some come back after a while."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from knowledge_base.body import clean_body
from knowledge_base.errors import Refused
from knowledge_base.models import Article, Section, Translation
from knowledge_base.writing import create_article
from tickets.knowledge.flags import titles_of
from tickets.knowledge.gap_macros import words_of_macro
from tickets.knowledge.gaps import SEARCHED, WRITE, Gap
from tickets.models import GapDecision, GapKind, Macro

ASK_AGAIN: Final = timedelta(days=90)  # what was mended shows by then whether it helped
LONGEST_TITLE: Final = 200
_PLACEHOLDER = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)


@transaction.atomic
def write_it(gap: Gap, section: Section, language: str, *, title: str, by: User) -> Translation:
    """A draft for it, with a macro's words where it is one. The line is done with."""
    if gap.kind not in WRITE:
        raise Refused(_("There is an article already: mend it."))
    title = " ".join(title.split())[:LONGEST_TITLE]
    if not title:
        raise Refused(_("An article needs a title."), "title")
    begun = create_article(section, language, by=by, title=title, body=_first_words(gap))
    _decide(gap.kind, gap.key, by=by, article=begun.article, until=None)
    return begun


def mend_it(gap: Gap, *, by: User, now: datetime | None = None) -> Article:
    """Somebody sees to its article. Asked again after a while: then it shows whether that helped."""
    if gap.article is None:
        raise Refused(_("There is no article to mend: write one."))
    _decide(gap.kind, gap.key, by=by, article=gap.article, until=(now or timezone.now()) + ASK_AGAIN)
    return gap.article


def not_needed(kind: GapKind, key: str, *, by: User, is_for_good: bool, now: datetime | None = None) -> GapDecision:
    until = None if is_for_good else (now or timezone.now()) + ASK_AGAIN
    return _decide(kind, key, by=by, article=None, until=until)


def withdraw(decision: GapDecision) -> None:
    """The line is asked again."""
    decision.delete()


def names_of(decisions: Iterable[GapDecision], user: User) -> dict[int, str]:
    """What each was decided of: the words that were searched for, or the title of the article or macro.

    Macros that `user` may not see have no name here either.
    """
    decisions = list(decisions)
    numbers: dict[str, set[int]] = {"article": set(), "macro": set()}
    for each in decisions:
        if each.kind not in SEARCHED:
            numbers["macro" if each.kind == GapKind.MACRO else "article"].add(int(each.key))
    articles = titles_of(Article.objects.filter(pk__in=numbers["article"]))
    macros = dict(Macro.objects.visible_to(user).filter(pk__in=numbers["macro"]).values_list("pk", "title"))
    return {each.pk: _name(each, articles, macros) for each in decisions}


def _name(decision: GapDecision, articles: dict[int, str], macros: dict[int, str]) -> str:
    if decision.kind in SEARCHED:
        return decision.key.partition(":")[2]
    known = macros if decision.kind == GapKind.MACRO else articles
    return known.get(int(decision.key), "–")


def _decide(kind: GapKind, key: str, *, by: User, article: Article | None, until: datetime | None) -> GapDecision:
    decided = {"article": article, "decided_by": by, "decided_at": timezone.now(), "until": until}
    return GapDecision.objects.update_or_create(kind=kind, key=key, defaults=decided)[0]


def _first_words(gap: Gap) -> str:
    """A macro's, with dots where it would name somebody."""
    return clean_body(_PLACEHOLDER.sub("…", words_of_macro(gap.macro))) if gap.macro else ""
