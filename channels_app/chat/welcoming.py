"""Hello: from what a browser brings to a session, and to the words that answer it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from channels_app.chat import replies, tokens
from channels_app.chat.protocol import Hello
from channels_app.chat.session import Origin, Reply, Session, widget_of
from tickets.chat import log
from tickets.chat.log import Line
from tickets.models import Chat, ChatState, ChatVisitor, ChatWidget


def enter(hello: Hello, origin: Origin, now: datetime) -> Session:
    """The session of who says hello. Raises `Closed`."""
    widget = widget_of(hello.key)
    token = tokens.read(hello.token, widget.pk) if hello.token else None
    session = Session(
        origin, hello.key, token.visitor if token else uuid4(), _language(widget, hello.language),
        is_vouched=bool(token and token.is_vouched), consent=hello.consent, attributes=hello.attributes,
        since=now.timestamp(), page_since=now.timestamp(),
    )  # fmt: skip
    if hello.page and (hello.consent or not widget.asks_consent):
        session.go_to(hello.page, now.timestamp())
    return session


def _language(widget: ChatWidget, wanted: str) -> str:
    """The widget's that is nearest to the page's; the first of its languages where none is."""
    languages = widget.languages or ["en"]
    wanted = wanted.lower()
    return next((each for each in languages if wanted in (each, each.split("-")[0]) or wanted.split("-")[0] == each),
                languages[0])  # fmt: skip


def welcome(session: Session, now: datetime, *, chat: str = "", since: int = 0) -> Reply:
    """All that the browser needs, and has not got: `since` counts in the chat of that key."""
    visitor = find_visitor(session)
    session.chat = _chat_of(session)
    standing = replies.chat(session, now)
    lines, has_more = _lines(session.chat, chat, since) if session.chat else ([], False)
    session.sent = lines[-1].seq if lines else session.chat.last_seq if session.chat else 0
    return replies.welcome(session, visitor, standing, lines, has_more, now)


def find_visitor(session: Session) -> ChatVisitor | None:
    """The row of the visitor. Whoever was vouched for once is somebody else without it: not by a token alone."""
    visitor = ChatVisitor.objects.select_related("customer").filter(pk=session.visitor_id).first()
    if visitor is None:
        session.is_vouched = False
        return None
    if visitor.verified_at and not session.is_vouched:
        session.visitor_id = uuid4()
        return None
    session.is_known, session.is_vouched = True, visitor.verified_at is not None
    session.name, session.email = visitor.claimed_name, visitor.claimed_email
    return visitor


def _chat_of(session: Session) -> Chat | None:
    """The one under way, else the last: what was said is there when somebody comes back."""
    if not session.is_known:
        return None
    chats = Chat.objects.filter(visitor=session.visitor_id)
    return chats.exclude(state=ChatState.ENDED).first() or chats.order_by("-pk").first()


def _lines(chat: Chat, known_key: str, since: int) -> tuple[list[Line], bool]:
    if since and since <= chat.last_seq and _is_same(chat, known_key):
        return log.read(chat.pk, since=since), False
    lines = log.newest(chat.pk, limit=replies.PAGE)
    return lines, bool(lines) and lines[0].seq > 1


def _is_same(chat: Chat, key: str) -> bool:
    try:
        return UUID(key) == chat.key
    except ValueError:
        return False


def look_again(session: Session, now: datetime) -> Reply:
    """How the visitor's chat stands now. Another tab of theirs may have begun one."""
    if session.is_known and session.live_chat is None:
        chat = _chat_of(session)
        if chat != session.chat:
            session.chat, session.sent = chat, 0
    return replies.chat(session, now)
