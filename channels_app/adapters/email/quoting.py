"""The history under a reply: what was said before, newest first, as far as customers may see it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.conf import settings
from django.db.models import Q, QuerySet
from django.utils.formats import date_format
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from channels_app.adapters.email.outgoing_headers import one_line
from helpdesk.lib.html import clean_mail_html, text_to_html
from tickets.models import Channel, Message

MAX_QUOTES = 5
MAX_CHAT_LINES = 200  # of the chats before, each of which is one quote
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
    quotes, length = list[Quote](), 0
    for group in _groups(before(message, known).order_by("-created_at", "-pk")):
        length += sum(max(len(said.html), len(said.text)) for said in group)
        if length > MAX_QUOTED_LENGTH or len(quotes) == MAX_QUOTES:
            break
        quotes.append(_chat_quote(group, message) if group[0].channel == Channel.CHAT else _quote(group[0], message))
    return quotes


def _groups(said: QuerySet[Message]) -> Iterable[Sequence[Message]]:
    """The newest messages, each alone; lines of a chat that follow each other are together, oldest first."""
    newest = list(said[:MAX_QUOTES])
    if any(each.channel == Channel.CHAT for each in newest):
        newest = list(said[: MAX_QUOTES + MAX_CHAT_LINES])
    while newest:
        count = 1
        while newest[0].channel == Channel.CHAT and newest[count : count + 1] and newest[count].channel == Channel.CHAT:
            count += 1
        yield newest[:count][::-1]
        newest = newest[count:]


def _quote(said: Message, message: Message) -> Quote:
    return Quote(_attribution(said, message), _quoted(said.text), _html_of(said))


def _chat_quote(lines: Sequence[Message], message: Message) -> Quote:
    """What was said in a chat, as one quote: it would be a tower of quotes otherwise."""
    zone = _zone(message.ticket.requester.time_zone)
    day = date_format(lines[0].created_at.astimezone(zone), "j F Y")
    rows = [(one_line(said.author_name), f"{said.created_at.astimezone(zone):%H:%M}", said) for said in lines]
    text = "\n".join(f"{time} {name}: {said.text.strip()}" for name, time, said in rows)
    html = format_html_join(
        "", "<p><b>{}</b> {}</p>{}", ((name, time, SafeString(text_to_html(said.text))) for name, time, said in rows)
    )
    return Quote(_("Our chat on %(date)s:") % {"date": day}, _quoted(text), html)


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
