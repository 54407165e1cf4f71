"""Hello: from what a browser brings to a session, and to the words that answer it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID, uuid4

from django.utils import translation
from django.utils.translation import gettext as _

from channels_app.chat import identity, replies, tokens, upgrading
from channels_app.chat.protocol import Claim, Hello
from channels_app.chat.session import Origin, Reply, Session, widget_of
from tickets.chat import blocks, log
from tickets.chat.log import Line
from tickets.models import Chat, ChatState, ChatVisitor, ChatWidget
from tickets.services import Refused


def enter(hello: Hello, origin: Origin, now: datetime) -> Session:
    """The session of who says hello. Raises `Closed`."""
    widget = widget_of(hello.key)
    token = tokens.read(hello.token) if hello.token else None
    if token and token.widget_id != widget.pk:
        token = None
    is_vouched = bool(token and token.is_vouched)
    session = Session(
        origin, hello.key, token.visitor if token else uuid4(), _language(widget, hello.language),
        is_known=token is not None, is_vouched=is_vouched, token=hello.token if is_vouched else "",
        consent=hello.consent, since=now.timestamp(), page_since=now.timestamp(), visits=max(1, hello.visits),
    )  # fmt: skip
    if session.may_be_told_of:
        session.attributes = hello.attributes
        session.go_to(hello.page or session.page, now.timestamp())
    return session


def _language(widget: ChatWidget, wanted: str) -> str:
    """The widget's that is nearest to the page's; the first of its languages where none is."""
    languages = widget.languages or ["en"]
    wanted = wanted.lower()
    return next((each for each in languages if wanted in (each, each.split("-")[0]) or wanted.split("-")[0] == each),
                languages[0])  # fmt: skip


class Blocked(Refused):
    """Nothing more is heard from this browser, network or customer."""


def greet(session: Session, claim: Claim | None, now: datetime, *, chat: str = "", since: int = 0) -> list[Reply]:
    """All that the browser needs, and has not got: `since` counts in the chat of that key. Raises `Blocked`."""
    out: list[Reply] = []
    visitor = None
    with translation.override(session.language):
        if claim:
            try:
                visitor = upgrading.vouch(session, identity.check(session.widget, claim, now=now), now)
            except identity.NotProved as reason:
                out.append(replies.refused("unknown", str(reason), of="identity"))
        visitor = visitor or find_visitor(session)
        _refuse_blocked(session, visitor, now)
        session.chat = chat_of(session)
        standing = replies.chat(session, now)
        lines, has_more = _lines(session.chat, chat, since) if session.chat else ([], False)
        session.sent = lines[-1].seq if lines else session.chat.last_seq if session.chat else 0
        return [replies.welcome(session, visitor, standing, lines, has_more, now), *out]


def _refuse_blocked(session: Session, visitor: ChatVisitor | None, now: datetime) -> None:
    customer = visitor.customer_id if visitor else None
    if blocks.is_blocked(session.visitor_id, session.origin.address, customer=customer, now=now):
        raise Blocked(_("This chat is closed to you."))


def find_again(session: Session, hello: Hello, now: datetime, *, is_idle: bool) -> bool:
    """For who polls: the visitor of the token that they bring, and the chat they were told of. Raises `Blocked`."""
    token = tokens.read(hello.token)
    if token is None or is_idle:
        return token is not None and token.visitor == session.visitor_id
    visitor = find_visitor(session)
    _refuse_blocked(session, visitor, now)
    session.chat = chat_of(session)
    if session.chat and _is_same(session.chat, hello.chat):
        session.sent = min(hello.since, session.chat.last_seq)
    return session.visitor_id == token.visitor


def find_visitor(session: Session) -> ChatVisitor | None:
    """The row of the visitor. Whoever was vouched for once is somebody else without it: not by a token alone."""
    if not session.is_known:
        return None
    visitor = ChatVisitor.objects.select_related("customer").filter(pk=session.visitor_id).first()
    if visitor is None:
        session.is_known, session.is_vouched, session.token = False, False, ""
        return None
    if visitor.verified_at and not session.is_vouched:
        session.visitor_id, session.is_known = uuid4(), False
        return None
    session.is_known, session.is_vouched = True, visitor.verified_at is not None
    session.attributes = {**visitor.attributes, **session.attributes}
    session.name, session.email = visitor.claimed_name, visitor.claimed_email
    return visitor


def chat_of(session: Session) -> Chat | None:
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
    if session.live_chat is None:
        session.is_known = True
        chat = chat_of(session)
        if chat != session.chat:
            session.chat, session.sent = chat, 0
    return replies.chat(session, now)
