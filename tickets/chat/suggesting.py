"""Articles for the words of a visitor, and what came of them: counted as everywhere (knowledge_base/offering.py)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final
from urllib.parse import urljoin
from uuid import UUID

from django.conf import settings
from django.utils import timezone

from helpdesk.lib.html import html_to_text
from knowledge_base.addresses import article_path
from knowledge_base.audience import ANYBODY, Reader
from knowledge_base.centres import address_of
from knowledge_base.models import HelpCentre, Offer, Offered, Translation
from knowledge_base.offering import hits_for, note_opened, note_solved, offer
from tickets.models import ChatVisitor, ChatWidget
from tickets.portal.readers import reader_for

Card = dict[str, Any]  # {"id", "title", "excerpt", "url"}
EXCERPT: Final = 160  # characters


def reader_of(visitor: ChatVisitor | None) -> Reader:
    """Who was verified reads what is for them; whoever only says a name reads what everybody may."""
    if visitor and visitor.verified_at and visitor.customer:
        return reader_for(visitor.customer)
    return ANYBODY


def centre_of(widget: ChatWidget) -> HelpCentre | None:
    return widget.centre or HelpCentre.objects.filter(host="").first()


def suggest(
    widget: ChatWidget,
    words: str,
    *,
    visitor_id: UUID,
    visitor: ChatVisitor | None = None,
    language: str,
    now: datetime | None = None,
) -> list[Card]:
    """Up to three articles, shown and counted as one offer to this visitor for as long as they go on typing."""
    centre = centre_of(widget)
    if not widget.suggests_articles or centre is None:
        return []
    hits = hits_for(words, reader=reader_of(visitor), centre=centre, language=language)
    if not hits:
        return []
    now = now or timezone.now()
    offer(
        hits, words, centre=centre, language=language, offered_in=Offered.WIDGET, visitor=visitor_id.hex,
        customer_id=visitor.customer_id if visitor else None, earlier=_earlier(visitor_id), now=now,
    )  # fmt: skip
    base = address_of(centre)
    return [
        {
            "id": hit.article_id,
            "title": hit.title,
            "excerpt": html_to_text(hit.excerpt_html)[:EXCERPT],
            "url": urljoin(base, hit.path),
        }
        for hit in hits
    ]


def _earlier(visitor: UUID) -> Offer | None:
    """The offer that is still open: nothing of it was read."""
    last = Offer.objects.filter(visitor=visitor.hex, offered_in=Offered.WIDGET).order_by("-pk").first()
    return last if last and last.opened_at is None and last.ticket is None else None


def cards(widget: ChatWidget, articles: Sequence[int], *, visitor: ChatVisitor | None, language: str) -> list[Card]:
    """Articles that an admin put into a flow, as far as this visitor may read them, in their order."""
    readable = Translation.objects.readable_by(reader_of(visitor)).filter(article__in=articles)
    found: dict[int, Translation] = {}
    for translation in readable.select_related("article", "published"):
        known = found.get(translation.article_id)
        if known is None or translation.language == language:
            found[translation.article_id] = translation
    return [_card(found[article], widget) for article in articles if article in found]


def _card(translation: Translation, widget: ChatWidget) -> Card:
    read = translation.published
    assert read is not None  # `readable_by` has no others
    centre = centre_of(widget)
    base = address_of(centre) if centre else settings.PUBLIC_URL
    return {
        "id": translation.article_id,
        "title": read.title,
        "excerpt": (read.summary or html_to_text(read.body))[:EXCERPT],
        "url": urljoin(base, article_path(translation)),
    }


def opened(visitor_id: UUID, article_id: int, *, now: datetime | None = None) -> None:
    for row in _offers_with(visitor_id, article_id):
        note_opened(row, article_id, now=now or timezone.now())


def solved(visitor_id: UUID, article_id: int | None = None, *, now: datetime | None = None) -> None:
    for row in _offers_with(visitor_id, article_id):
        note_solved(row, now=now or timezone.now(), article_id=article_id)


def _offers_with(visitor: UUID, article: int | None) -> Iterable[Offer]:
    """The newest offer to this visitor that names it."""
    rows = Offer.objects.filter(visitor=visitor.hex, offered_in=Offered.WIDGET).order_by("-pk")
    if article is not None:
        rows = rows.filter(article_ids__contains=article)
    return rows[:1]
