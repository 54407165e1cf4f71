"""An article given to a customer in a reply: as a link, or as its words with the link below them."""

from __future__ import annotations

from dataclasses import dataclass
from html import escape

from knowledge_base.addresses import article_path
from knowledge_base.audience import STAFF
from knowledge_base.models import Article, Translation
from knowledge_base.rendering import render
from tickets.knowledge.beside import hindrance_of, language_for, public_url, translation_for
from tickets.knowledge.centres import centre_beside
from tickets.knowledge.quoting import quoted
from tickets.models import Ticket
from tickets.portal.readers import reader_for


@dataclass(frozen=True)
class Given:
    """What is put into the composer. `hindrance` says why it can't be given to this customer."""

    translation: Translation
    title: str
    url: str
    link: str
    text: str
    hindrance: str = ""
    is_other_language: bool = False  # the customer's is another one, in which there is no such article


def given(article: Article, ticket: Ticket) -> Given | None:
    """In the customer's language where it is translated. None when nothing of it is published."""
    centre = centre_beside(ticket)
    if centre is None:
        return None
    language = language_for(ticket, centre)
    translation = translation_for(article, language)
    if translation is None or translation.published is None:
        return None
    hindrance = hindrance_of(translation, ticket)
    url = public_url(translation, article_path(translation))
    title = translation.published.title
    link = f'<a href="{escape(url)}">{escape(title)}</a>'
    # What a staff-only block says inside a public article is not for the customer either.
    reader = STAFF if hindrance else reader_for(ticket.requester)
    rendered = render(translation.published.body, language=translation.language, reader=reader)
    text = quoted(str(rendered.html), base=url)
    return Given(translation, title, url, link, f"{text}<p>{link}</p>", hindrance, translation.language != language)
