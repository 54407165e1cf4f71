"""What each message of a visitor does: called in a thread, one at a time for a session, it says what to tell them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.utils import translation

from channels_app.chat import replies, talking, welcoming
from channels_app.chat.protocol import (
    Article,
    Attributes,
    Choose,
    End,
    Goal,
    Invitation,
    Look,
    More,
    Offline,
    Rate,
    Say,
    Seen,
    Sent,
    Start,
    Suggest,
    Transcript,
    Typing,
)
from channels_app.chat.session import Closed, Reply, Session
from tickets.chat import flows, invitations, life, log, rating, seen, suggesting, transcript, wire
from tickets.chat.errors import ChatOver
from tickets.models import Chat, ChatVisitor, EndedBy
from tickets.services import Refused, TooLong

CODES: Final[tuple[tuple[type[Refused], str], ...]] = (
    (ChatOver, "over"), (TooLong, "too_long"), (Closed, "closed"), (talking.UnknownFile, "files"),
    (welcoming.Blocked, "blocked"), (talking.TooManyStarts, "too_many"),
)  # fmt: skip


def act(session: Session, sent: Sent, now: datetime) -> list[Reply]:
    """What the visitor is told, in its order. What is refused is one of these answers; what breaks is raised."""
    with translation.override(session.language):
        try:
            return HANDLERS[type(sent)](session, sent, now)
        except Refused as refusal:
            return [_refused(refusal, sent)]


def _refused(refusal: Refused, sent: Sent) -> Reply:
    code = next((code for kind, code in CODES if isinstance(refusal, kind)), "unknown")
    line = str(getattr(sent, "id", ""))
    fields = getattr(refusal, "by_field", None) or ({refusal.field: str(refusal)} if refusal.field else {})
    more = {"fields": fields} if fields else {}
    return replies.refused(code, str(refusal), of=name_of(sent), line=line, **more)


def name_of(sent: Sent) -> str:
    return "page" if isinstance(sent, Look) else type(sent).__name__.lower()


def _typing(session: Session, sent: Typing, now: datetime) -> list[Reply]:
    if chat := session.live_chat:
        wire.tell(chat.pk, {"t": "typing", "said": "visitor", "name": session.name, "on": sent.on})
    return []


def _seen(session: Session, sent: Seen, now: datetime) -> list[Reply]:
    if session.chat:
        seen.visitor_saw(session.chat, sent.seq)
    return []


def _look(session: Session, sent: Look, now: datetime) -> list[Reply]:
    """Kept with the visitor once there are words of theirs: their agent sees where they are."""
    if not session.may_be_told_of:
        return []
    session.go_to(sent.page, now.timestamp())
    if session.live_chat:
        here = {"page_url": sent.page.url, "page_title": sent.page.title, "last_seen_at": now}
        ChatVisitor.objects.filter(pk=session.visitor_id).update(**here)
        wire.tell(session.live_chat.pk, {"t": "page", "url": sent.page.url, "title": sent.page.title})
    return []


def _attributes(session: Session, sent: Attributes, now: datetime) -> list[Reply]:
    session.consent = session.consent or sent.consent
    if session.may_be_told_of:
        session.attributes = {**session.attributes, **sent.attributes}
        if session.is_known and sent.attributes:
            ChatVisitor.objects.filter(pk=session.visitor_id).update(attributes=session.attributes)
    return welcoming.greet(session, sent.identity, now) if sent.identity else []


def _end(session: Session, sent: End, now: datetime) -> list[Reply]:
    if session.live_chat:
        life.end(session.live_chat, EndedBy.VISITOR, now=now)
    return [replies.chat(session, now)]


def _rate(session: Session, sent: Rate, now: datetime) -> list[Reply]:
    rating.rate_chat(_chat(session), sent.score, sent.comment, now=now)
    return [{"t": "done", "of": "rate"}, replies.chat(session, now)]


def _transcript(session: Session, sent: Transcript, now: datetime) -> list[Reply]:
    transcript.send_transcript(_chat(session), sent.email, now=now)
    return [{"t": "done", "of": "transcript"}]


def _more(session: Session, sent: More, now: datetime) -> list[Reply]:
    lines = log.newest(session.chat.pk, before=sent.before, limit=replies.PAGE) if session.chat else []
    has_more = bool(lines) and lines[0].seq > 1
    return [{"t": "lines", "lines": replies.lines(lines), "has_more": has_more}]


def _article(session: Session, sent: Article, now: datetime) -> list[Reply]:
    if sent.what == "solved":
        suggesting.solved(session.visitor_id, sent.article or None, now=now)
    elif session.chat:
        flows.opened(session.chat, sent.article, now=now)
    else:
        suggesting.opened(session.visitor_id, sent.article, now=now)
    return [{"t": "done", "of": "article"}]


def _suggest(session: Session, sent: Suggest, now: datetime) -> list[Reply]:
    visitor = ChatVisitor.objects.select_related("customer").filter(pk=session.visitor_id).first()
    cards = suggesting.suggest(
        session.widget, sent.text, visitor_id=session.visitor_id, visitor=visitor, language=session.language, now=now
    )
    return [{"t": "articles", "articles": cards, "text": sent.text}]


def _invitation(session: Session, sent: Invitation, now: datetime) -> list[Reply]:
    if sent.what == "shown":
        invitations.shown(sent.invitation, session.visitor_id, sent.variant, page_url=session.page.url, now=now)
    else:
        invitations.answered(sent.invitation, session.visitor_id, accepted=sent.what == "accepted", now=now)
    return []


def _goal(session: Session, sent: Goal, now: datetime) -> list[Reply]:
    invitations.reached_goal(session.widget, session.visitor_id, sent.name, sent.value, now=now)
    return []


def _chat(session: Session) -> Chat:
    if session.chat is None:
        raise ChatOver
    return session.chat


HANDLERS: dict[type[Any], Callable[[Session, Any, datetime], list[Reply]]] = {
    Start: talking.start, Say: talking.say, Choose: talking.choose, Offline: talking.leave,
    Typing: _typing, Seen: _seen, Look: _look, Attributes: _attributes, End: _end, Rate: _rate,
    Transcript: _transcript, More: _more, Article: _article, Suggest: _suggest, Invitation: _invitation, Goal: _goal,
}  # fmt: skip
