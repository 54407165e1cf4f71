"""The history under a reply: what was said before, newest first, as far as customers may see it."""

from __future__ import annotations

from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from channels_app.adapters.email.outgoing_headers import one_line
from helpdesk.lib.html import clean_mail_html, text_to_html
from tickets.models import Message

MAX_QUOTES = 5
MAX_QUOTED_LENGTH = 60_000  # characters of HTML, all together


@dataclass(frozen=True)
class Quote:
    attribution: str
    text: str
    html: str


def quotes_for(message: Message) -> list[Quote]:
    """The public messages before `message`. Strangers and machines are left out: we would vouch for their words.

    What our rules wrote is left out too: it says nothing new.
    """
    known = Message.objects.public().filter(is_unverified=False, is_auto_reply=False, is_automatic=False)
    quotes, length = [], 0
    for said in before(message, known).order_by("-created_at", "-pk")[:MAX_QUOTES]:
        length += max(len(said.html), len(said.text))
        if length > MAX_QUOTED_LENGTH:
            break
        quotes.append(Quote(_attribution(said, message), _quoted(said.text), _html_of(said)))
    return quotes


def before(message: Message, messages: QuerySet[Message]) -> QuerySet[Message]:
    """Those of its ticket that are older. By time: one that was sent later has a number from when it was written."""
    same_moment = Q(created_at=message.created_at, pk__lt=message.pk)
    return messages.filter(Q(created_at__lt=message.created_at) | same_moment, ticket=message.ticket)


def _attribution(said: Message, message: Message) -> str:
    moment = said.created_at.astimezone(_zone(message.ticket.requester.time_zone))
    when = {"date": date_format(moment, "j F Y"), "time": f"{moment:%H:%M %Z}", "name": one_line(said.author_name)}
    return _("On %(date)s at %(time)s, %(name)s wrote:") % when


def _quoted(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in text.strip().splitlines())


def _html_of(said: Message) -> str:
    """Without pictures from elsewhere: nobody is tracked through a mail of ours."""
    return clean_mail_html(said.html, cid_urls={}) if said.html else text_to_html(said.text)


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)
