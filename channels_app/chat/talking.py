"""The words of a visitor, on their way into the log: each exactly once, whatever is sent again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext as _

from channels_app.chat import replies
from channels_app.chat.protocol import Choose, Offline, Say, Start
from channels_app.chat.session import Reply, Session, visitor_of
from helpdesk.lib.limits import is_too_often
from tickets.chat import blocks, flows, log, offline, pre_chat, starting, wire
from tickets.chat.errors import ChatOver
from tickets.chat.log import Line
from tickets.models import Attachment, Chat, ChatEntry, ChatState, Said
from tickets.services import Refused


class NotAllowed(Refused):
    """This widget is only for visitors whom the site has signed in."""


class TooManyStarts(Refused):
    """Chats begun from one network within an hour."""


class UnknownFile(Refused):
    """Not sent up by this visitor, or sent before."""


def start(session: Session, sent: Start, now: datetime) -> list[Reply]:
    return _begin(session, sent, sent.text, now)


def say(session: Session, sent: Say, now: datetime) -> list[Reply]:
    if session.chat is None:
        raise ChatOver
    line = log.say(
        session.chat, Said.VISITOR, sent.text, client_id=sent.id, name=session.name,
        attachments=_files(session, sent.files), now=now,
    )  # fmt: skip
    return _said(session, line, sent.text, now)


def choose(session: Session, sent: Choose, now: datetime) -> list[Reply]:
    """A button of the assistant's is a line with its words. Before there is a chat it begins one."""
    if session.chat and (line := _known(session.chat, sent.id)):
        return _said(session, line, sent.option, now)
    if session.live_chat is None:
        with_words = Start(sent.id, flows.label_of(_unsaved(session), sent.option))
        return _begin(session, with_words, sent.option, now)
    words = flows.label_of(session.live_chat, sent.option)
    if not words:
        raise Refused(_("This can’t be chosen any more."))
    line = log.say(session.live_chat, Said.VISITOR, words, client_id=sent.id, name=session.name, now=now)
    return _said(session, line, sent.option, now)


def leave(session: Session, sent: Offline, now: datetime) -> list[Reply]:
    """Words for later, where nobody is there now."""
    _refuse_strangers(session)
    visitor = visitor_of(session)
    offline.leave_message(
        visitor, sent.text, client_id=sent.id, name=sent.name, email=sent.email, answers=sent.answers,
        attachments=_files(session, sent.files), language=session.language, page_url=session.page.url, now=now,
    )  # fmt: skip
    session.name, session.email = sent.name or session.name, sent.email or session.email
    return [{"t": "done", "of": "offline", "id": str(sent.id)}]


def _begin(session: Session, sent: Start, words: str, now: datetime) -> list[Reply]:
    _refuse_strangers(session)
    if session.live_chat is None and _is_too_often(session):
        raise TooManyStarts(_("Too many chats were begun from here. Try again in an hour."))
    name, email = pre_chat.check_person(session.widget, sent.name, sent.email, is_verified=session.is_vouched)
    answers = pre_chat.check_answers(session.widget, sent.answers)
    visitor = visitor_of(session, name=name, email=email)
    chat, line = starting.start(
        visitor, sent.text, client_id=sent.id, answers=answers, attachments=_files(session, sent.files),
        page_url=session.page.url, language=session.language, now=now,
    )  # fmt: skip
    blocks.note_address(session.visitor_id, session.origin.address)
    if session.chat != chat:
        wire.tell(wire.address_of(session.visitor_id), {"t": "chat"})  # their other tabs
    session.chat, session.sent = chat, 0 if session.chat != chat else session.sent
    return [*_said(session, line, words, now), replies.chat(session, now)]


def _said(session: Session, line: Line, words: str, now: datetime) -> list[Reply]:
    """The assistant answers what is the last word: a line that comes again was answered the first time."""
    assert session.chat
    if session.chat.state == ChatState.BOT and Chat.objects.filter(pk=session.chat.pk, last_seq=line.seq).exists():
        flows.answer(session.chat, words, now=now)
    return [replies.ack(line)]


def _known(chat: Chat, client_id: UUID) -> Line | None:
    """Pressed before: by now other buttons are on offer."""
    entry = ChatEntry.objects.filter(chat=chat, client_id=client_id).first()
    if entry is None:
        return None
    return Line(chat.pk, entry.seq, entry.said, entry.name, entry.text, entry.created_at, client_id)


def _refuse_strangers(session: Session) -> None:
    if session.widget.needs_verified and not session.is_vouched:
        raise NotAllowed(_("Sign in first: this chat is for known customers."))


def _is_too_often(session: Session) -> bool:
    network = blocks.network_of(session.origin.address)
    return is_too_often("chat-start", network, most=settings.CHAT_STARTS_AN_HOUR, within=timedelta(hours=1))


def _unsaved(session: Session) -> Chat:
    return Chat(widget=session.widget, language=session.language)


def _files(session: Session, wanted: Sequence[int]) -> list[Attachment]:
    """In the order in which they were chosen."""
    if not wanted:
        return []
    sent_up = Attachment.objects.filter(pk__in=wanted, chat_upload__visitor=session.visitor_id)
    there = {each.pk: each for each in sent_up}
    if len(there) < len(wanted):
        raise UnknownFile(_("A file is not there any more. Send it once more."))
    return [there[pk] for pk in wanted]
