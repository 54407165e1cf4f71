"""Which articles customers were given, read from the words of what is sent: an event consumer.

Whoever wrote it and however (composer, macro, rule, API): what stands in the message counts,
and what its author took out again does not.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from helpdesk.lib.html import html_to_text
from knowledge_base.models import Article, HelpCentre, Revision, Translation
from tickets.models import ArticleUse, GivenAs, Message, Ticket, TicketEvent

WRITTEN: Final = ("reply.added", "reply.scheduled")
TAKEN_BACK: Final = ("reply.retracted", "reply.held_back")
ADDRESS: Final = re.compile(r"https?://([^/\s\"'<>]{1,255})/hc/([A-Za-z0-9-]{2,8})/articles/(\d{1,18})(?!\d)")
LEAST_LINE: Final = 30  # characters: what is shorter may stand anywhere
LINES: Final = 2  # of the article in the message: then its words were given, and not its link alone


def note_uses(ticket: Ticket, events: list[TicketEvent]) -> None:
    """Event consumer. No statement for a message without an article's address."""
    for event in events:
        message = event.message
        if message is None:
            continue
        if event.kind in WRITTEN and "/articles/" in message.html:
            _note(ticket, message)
        elif event.kind in TAKEN_BACK:
            ArticleUse.objects.filter(message=message).delete()


def linked_in(html: str) -> dict[int, str]:
    """Numbers of the articles of ours that are linked, with the language of the link; the first of each counts."""
    found = [match.groups() for match in ADDRESS.finditer(html)]
    if not found:
        return {}
    ours = _our_hosts()
    linked: dict[int, str] = {}
    for host, language, number in found:
        if host.lower() in ours:
            linked.setdefault(int(number), language)
    return linked


def _note(ticket: Ticket, message: Message) -> None:
    linked = linked_in(message.html)
    there = set(Article.objects.filter(pk__in=linked).values_list("pk", flat=True))
    quoted = _quoted(message.text, {number: linked[number] for number in there})
    ArticleUse.objects.bulk_create(
        (
            ArticleUse(
                ticket=ticket,
                message=message,
                article_id=number,
                language=linked[number],
                given_as=GivenAs.TEXT if number in quoted else GivenAs.LINK,
                user=message.author_user,
                at=message.created_at,
            )
            for number in sorted(there)
        ),
        ignore_conflicts=True,  # written when it was scheduled, and again when it is sent
    )


def _quoted(text: str, linked: dict[int, str]) -> set[int]:
    """Those of which lines stand in the message as well."""
    if not linked:
        return set()
    said = _plain(text)
    bodies = Revision.objects.filter(
        pk__in=Translation.objects.filter(article__in=linked).exclude(published=None).values("published")
    ).values_list("translation__article", "translation__language", "body")
    return {
        number
        for number, language, body in bodies
        if language == linked[number] and _holds(said, _lines(html_to_text(body)))
    }


def _holds(said: str, lines: list[str]) -> bool:
    return bool(lines) and sum(line in said for line in lines) >= min(LINES, len(lines))


def _lines(text: str) -> list[str]:
    lines = (_plain(line.lstrip(" *•-0123456789.")) for line in text.split("\n"))
    return [line for line in dict.fromkeys(lines) if len(line) >= LEAST_LINE]


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _our_hosts() -> set[str]:
    """With their ports, as they stand in addresses."""
    public = urlsplit(settings.PUBLIC_URL)
    port = f":{public.port}" if public.port else ""
    hosts: Iterable[str] = HelpCentre.objects.exclude(host="").values_list("host", flat=True)
    return {public.netloc.lower(), *(f"{host.lower()}{port}" for host in hosts)}
