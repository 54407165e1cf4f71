"""Articles in the automatic acknowledgement, and the link by which a customer says that one of them solved it.

Words of rules and macros name them by placeholders (automation/placeholder_names.py). Filling those in changes nothing:
previews and replays do it as well. The offer is written down with the message that really holds the links.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from django.conf import settings
from django.utils import timezone, translation
from django.utils.html import format_html, format_html_join
from django.utils.translation import gettext as _

from customers.actors import Actor
from helpdesk.lib.signing import sign, verify
from knowledge_base.audience import ANYBODY
from knowledge_base.centres import address_of
from knowledge_base.models import Article, Offer, Offered
from knowledge_base.offering import hits_for, note_solved
from knowledge_base.search.finding import Hit
from tickets.events import ArticleHelped
from tickets.knowledge.centres import centre_beside
from tickets.models import Status, Ticket, TicketEvent
from tickets.services import change_status, gesture

_TOKEN: Final = re.compile(r"(?P<ticket>[0-9]{1,18})\.(?P<mac>[a-z2-7]{16})")
_SIGNED_FOR: Final = "answers"
_LINKS: Final = re.compile(r"/contact/answers/(?P<token>[0-9a-z.]{18,40})/articles/(?P<article>[0-9]{1,18})/")
CARRIERS: Final = ("rule.mailed", "reply.added", "reply.scheduled")


def token_of(ticket: Ticket) -> str:
    return f"{ticket.pk}.{sign(_SIGNED_FOR, ticket.pk)}"


def read_token(token: str) -> Ticket | None:
    match = _TOKEN.fullmatch(token)
    if not match or not verify(match["mac"], _SIGNED_FOR, match["ticket"]):
        return None
    return Ticket.objects.with_people().filter(pk=match["ticket"]).first()


def hits_of(ticket: Ticket, language: str) -> Sequence[Hit]:
    """Public ones only: whoever gets the mail may read them without signing in."""
    asked = centre_beside(ticket)
    if asked is None:
        return []
    first = ticket.messages.public().filter(is_unverified=False).order_by("created_at", "pk").first()
    words = f"{ticket.subject}\n{first.text if first else ''}"
    return hits_for(words, reader=ANYBODY, centre=asked, language=language)


def as_text(ticket: Ticket, hits: Sequence[Hit]) -> str:
    """Each title with its address below it, and the link that closes the request; empty without articles."""
    if not hits:
        return ""
    lines = [_("These articles may already answer your question:")]
    lines += [f"{hit.title}\n{_article_link(ticket, hit)}" for hit in hits]
    return "\n\n".join(
        [*lines, _("Did one of them solve it? Then tell us, and we close your request:"), _solved_link(ticket)]
    )


def as_html(ticket: Ticket, hits: Sequence[Hit]) -> str:
    if not hits:
        return ""
    titles = format_html_join(
        "", '<li><a href="{}">{}</a></li>', ((_article_link(ticket, hit), hit.title) for hit in hits)
    )
    return format_html(
        '<p>{}</p><ul>{}</ul><p><a href="{}">{}</a></p>',
        _("These articles may already answer your question:"),
        titles,
        _solved_link(ticket),
        _("One of them solved it: close my request"),
    )


def _article_link(ticket: Ticket, hit: Hit) -> str:
    return f"{_answers_of(ticket)}articles/{hit.article_id}/"


def _solved_link(ticket: Ticket) -> str:
    return f"{_answers_of(ticket)}solved/"


def _answers_of(ticket: Ticket) -> str:
    """Below the help centre that its articles are from: another one does not show them."""
    asked = centre_beside(ticket)
    return f"{address_of(asked) if asked else settings.PUBLIC_URL}/contact/answers/{token_of(ticket)}/"


def note_offers(ticket: Ticket, events: list[TicketEvent]) -> None:
    """Event consumer: what a message to the customer offers, once for each ticket."""
    for event in events:
        if event.kind in CARRIERS and event.message and "/contact/answers/" in event.message.html:
            _note_offer(ticket, event.message.html)


def _note_offer(ticket: Ticket, html: str) -> None:
    token, asked = token_of(ticket), centre_beside(ticket)
    offered = [int(link["article"]) for link in _LINKS.finditer(html) if link["token"] == token]
    offered = list(dict.fromkeys(offered))
    if not offered or asked is None:
        return
    row = offer_of(ticket)
    if row is None:
        Offer.objects.create(
            centre=asked,
            language=ticket.requester.language or asked.default_language,
            offered_in=Offered.ACKNOWLEDGEMENT,
            words=ticket.subject[:200],
            article_ids=offered,
            customer_id=ticket.requester_id,
            ticket=ticket.pk,
        )
    elif new := [number for number in offered if number not in row.article_ids]:
        row.article_ids = [*row.article_ids, *new]
        row.save(update_fields=["article_ids"])


def offer_of(ticket: Ticket) -> Offer | None:
    return Offer.objects.filter(ticket=ticket.pk, offered_in=Offered.ACKNOWLEDGEMENT).order_by("pk").first()


def accept_answer(ticket: Ticket, *, article_id: int | None = None) -> bool:
    """Its customer says that an article solved it: the ticket is solved, and its timeline says by what.

    False where it is solved or closed already.
    """
    row, now = offer_of(ticket), timezone.now()
    with gesture(ticket, actor=Actor.of_customer(ticket.requester), now=now) as g:
        if g.ticket.status in (Status.SOLVED, Status.CLOSED):
            return False
        if row:
            note_solved(row, now=now, article_id=article_id)
        known = row is not None and article_id in row.article_ids
        title = _title_of(article_id) if known and article_id else ""
        g.record(ArticleHelped(article_id if known else None, title))
        change_status(g.ticket, Status.SOLVED, actor=g.actor)
    return True


def _title_of(article_id: int) -> str:
    article = Article.objects.filter(pk=article_id).first()
    told = article.translations.filter(language=translation.get_language()).first() if article else None
    return str(told or (article.translations.first() if article else "") or "")
