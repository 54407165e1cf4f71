"""Articles for whoever answers a ticket: what fits its words, in the customer's language, and who may read it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from knowledge_base.addresses import article_path
from knowledge_base.audience import ANYBODY, STAFF
from knowledge_base.centres import address_of, closest_language, languages_of
from knowledge_base.models import Article, AudienceKind, HelpCentre, Search, SearchedFrom, Translation, name_in
from knowledge_base.search.finding import Hit, find, suggest
from knowledge_base.search.parsing import as_counted, one_line
from tickets.knowledge.centres import centre_beside
from tickets.models import ArticleUse, MessageKind, Ticket
from tickets.portal.readers import reader_for

SHOWN = 5  # beside a ticket
FOUND = 12  # in the composer's list
SHORTEST = 3  # characters of a search that is worth writing down
LONGEST = 2_000  # characters of a ticket's words that are looked for


@dataclass(frozen=True)
class Offered:
    """An article as it is offered on a ticket. `hindrance` says why this customer can't be given it; empty: can."""

    translation: Translation
    excerpt: SafeString
    hindrance: str = ""
    is_signed_in_only: bool = False
    is_other_language: bool = False  # than the customer's
    was_given: bool = False

    @property
    def article(self) -> Article:
        return self.translation.article

    @property
    def title(self) -> str:
        return self.translation.published.title if self.translation.published else self.translation.title

    @property
    def path(self) -> str:
        return article_path(self.translation)

    @property
    def section(self) -> str:
        return name_in(self.article.section.texts, self.translation.language)


def language_for(ticket: Ticket, centre: HelpCentre) -> str:
    """The customer's, as their words tell or their record says, as far as the help centre has it."""
    for known in (ticket.language, ticket.requester.language):
        if known and (language := closest_language(centre, known)):
            return language
    return centre.default_language


def words_of(ticket: Ticket) -> str:
    """The subject and what the customer wrote, first message and newest, without what they quoted."""
    said = ticket.messages.filter(kind=MessageKind.PUBLIC, author_role="", is_auto_reply=False).order_by("pk")
    texts = list(said.values_list("text", flat=True)[:1])
    newest = said.reverse().values_list("text", flat=True).first()
    if newest and newest not in texts:
        texts.append(newest)
    return "\n".join([ticket.subject, *(text[:LONGEST] for text in texts)])[: 2 * LONGEST]


def offered_beside(ticket: Ticket) -> list[Offered]:
    """What its own words find: what can be given first, then the likeliest. Nothing where there is no help centre."""
    centre = centre_beside(ticket)
    if centre is None:
        return []
    language = language_for(ticket, centre)
    hits = suggest(words_of(ticket), reader=STAFF, centre=centre, language=language, limit=SHOWN)
    return sorted(_offered(ticket, centre, language, hits), key=lambda each: bool(each.hindrance))


def offered_for(ticket: Ticket, words: str) -> tuple[list[Offered], int]:
    """What somebody searches for while they write, and how many there are in all."""
    centre = centre_beside(ticket)
    if centre is None:
        return [], 0
    language = language_for(ticket, centre)
    found = find(words, reader=STAFF, centre=centre, language=language, limit=FOUND, prefix=True)
    return _offered(ticket, centre, language, found.hits), found.count


def note_search(ticket: Ticket, words: str, *, results: int, clicked: Article | None) -> None:
    """What agents look for and do not find is missing as well. Its ticket is the one they were answering."""
    centre = centre_beside(ticket)
    words = one_line(words)[:200]
    if centre and len(words) >= SHORTEST:
        Search.objects.create(
            centre=centre,
            language=language_for(ticket, centre),
            words=words,
            folded=as_counted(words),
            results=results,
            clicked=clicked,
            searched_from=SearchedFrom.AGENT,
            ticket=ticket.pk,
        )


def translation_for(article: Article, language: str) -> Translation | None:
    """What readers of `language` see of it: that, or the language it falls back on. None when none is published."""
    return _best([article.pk], article.section.category.centre, language).get(article.pk)


def public_url(translation: Translation, path: str) -> str:
    return address_of(translation.article.section.category.centre) + path


def hindrance_of(translation: Translation, ticket: Ticket) -> str:
    """Why this customer could not read it, in a sentence; empty when they can."""
    if Translation.objects.readable_by(reader_for(ticket.requester)).filter(pk=translation.pk).exists():
        return ""
    return _hindrance(translation)


def _offered(ticket: Ticket, centre: HelpCentre, language: str, hits: Iterable[Hit]) -> list[Offered]:
    excerpts = {hit.article_id: hit.excerpt_html for hit in hits}
    best = _best(excerpts, centre, language)
    ids = [each.pk for each in best.values()]
    readable = Translation.objects.readable_by(reader_for(ticket.requester)).filter(pk__in=ids)
    theirs = set(readable.values_list("pk", flat=True))
    anybodys = set(Translation.objects.readable_by(ANYBODY).filter(pk__in=ids).values_list("pk", flat=True))
    given = set(ArticleUse.objects.filter(ticket=ticket).values_list("article_id", flat=True))
    return [
        Offered(
            translation=best[number],
            excerpt=excerpt,
            hindrance="" if best[number].pk in theirs else _hindrance(best[number]),
            is_other_language=best[number].language != language,
            is_signed_in_only=best[number].pk in theirs - anybodys,
            was_given=number in given,
        )
        for number, excerpt in excerpts.items()
        if number in best
    ]


def _best(articles: Iterable[int], centre: HelpCentre, language: str) -> dict[int, Translation]:
    """By article what is published of it in `language`, else in the first of the help centre's others."""
    order = [language, *languages_of(centre)]
    published = (
        Translation.objects.readable_by(STAFF)
        .filter(article__in=list(articles))
        .select_related("published", "article__section__category__centre", "article__owner", "article__author")
    )
    best: dict[int, Translation] = {}
    for each in sorted(published, key=lambda one: order.index(one.language) if one.language in order else len(order)):
        best.setdefault(each.article_id, each)
    return best


def _hindrance(translation: Translation) -> str:
    if translation.article.section.audience == AudienceKind.STAFF:
        return _("For staff only: this customer can’t read it.")
    return _("It is for other customers: this one can’t read it.")
