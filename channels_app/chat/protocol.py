"""What a visitor's browser may say, read and checked (docs/chat-protocol.md has it in words).

Whatever arrives becomes one of these dataclasses or `Nonsense`: nothing behind this module sees JSON of a stranger.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from uuid import UUID

from channels_app.chat.fields import Fields, Nonsense, Plain
from tickets.chat.log import LONGEST

LARGEST_MESSAGE: Final = 64 * 1024  # characters of one message, whatever it says
MOST_FILES: Final = 10  # of one line
ANSWER_LENGTH: Final = 2_000  # of an answer to a question before the chat


@dataclass(frozen=True)
class Page:
    """Where the visitor is, as the host page says."""

    url: str = ""
    title: str = ""


@dataclass(frozen=True)
class Claim:
    """Who the host page says the visitor is. Worth nothing before channels_app/chat/identity.py has checked it."""

    token: str = ""
    id: str = ""
    hash: str = ""
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Hello:
    """`since` counts in the chat whose key is `chat`: the last line that the browser has of it."""

    key: str
    token: str = ""
    chat: str = ""
    since: int = 0
    language: str = ""
    page: Page | None = None
    identity: Claim | None = None
    attributes: Mapping[str, Plain] = field(default_factory=dict)
    consent: bool = False
    proof: str = ""
    visits: int = 0


@dataclass(frozen=True)
class Start:
    id: UUID
    text: str
    files: tuple[int, ...] = ()
    answers: Mapping[str, Plain] = field(default_factory=dict)
    name: str = ""
    email: str = ""


@dataclass(frozen=True)
class Say:
    id: UUID
    text: str
    files: tuple[int, ...] = ()


@dataclass(frozen=True)
class Typing:
    on: bool


@dataclass(frozen=True)
class Seen:
    seq: int


@dataclass(frozen=True)
class Choose:
    """A button of the assistant's."""

    id: UUID
    option: str


@dataclass(frozen=True)
class Look:
    """The visitor went to another page."""

    page: Page


@dataclass(frozen=True)
class Attributes:
    attributes: Mapping[str, Plain]
    identity: Claim | None = None
    consent: bool = False


@dataclass(frozen=True)
class End:
    pass


@dataclass(frozen=True)
class Rate:
    score: str
    comment: str = ""


@dataclass(frozen=True)
class Transcript:
    email: str


@dataclass(frozen=True)
class Offline:
    """Words left while nobody is there."""

    id: UUID
    text: str
    name: str = ""
    email: str = ""
    files: tuple[int, ...] = ()
    answers: Mapping[str, Plain] = field(default_factory=dict)


@dataclass(frozen=True)
class More:
    before: int


@dataclass(frozen=True)
class Article:
    article: int
    what: str


@dataclass(frozen=True)
class Suggest:
    """Articles for what is being written."""

    text: str


@dataclass(frozen=True)
class Invitation:
    invitation: int
    variant: str
    what: str


@dataclass(frozen=True)
class Goal:
    name: str
    value: float | None = None


@dataclass(frozen=True)
class Ping:
    pass


Sent = (
    Hello | Start | Say | Typing | Seen | Choose | Look | Attributes | End | Rate | Transcript | Offline | More
    | Article | Suggest | Invitation | Goal | Ping
)  # fmt: skip


def _page(fields: Fields | None) -> Page | None:
    return Page(fields.text("url", 1000, cut=True), fields.text("title", 200, cut=True)) if fields else None


def _claim(fields: Fields | None) -> Claim | None:
    if fields is None:
        return None
    token, person = fields.text("token", 8_000), fields.text("id", 300)
    return Claim(token, person, fields.text("hash", 200), fields.text("name", 200, cut=True), fields.text("email", 254))


def _hello(it: Fields) -> Hello:
    return Hello(
        it.text("key", 20, needed=True), it.text("token", 300), it.text("chat", 36), it.number("since"),
        it.text("language", 35, cut=True), _page(it.inner("page")), _claim(it.inner("identity")),
        it.plain("attributes"), it.flag("consent"), it.text("proof", 300),
        it.number("visits"),
    )  # fmt: skip


def _start(it: Fields) -> Start:
    return Start(
        it.id(), it.text("text", LONGEST), it.numbers("files", MOST_FILES), it.plain("answers", length=ANSWER_LENGTH),
        it.text("name", 200, cut=True), it.text("email", 254),
    )  # fmt: skip


def _attributes(it: Fields) -> Attributes:
    return Attributes(it.plain("attributes"), _claim(it.inner("identity")), it.flag("consent"))


def _offline(it: Fields) -> Offline:
    return Offline(
        it.id(), it.text("text", LONGEST), it.text("name", 200, cut=True), it.text("email", 254),
        it.numbers("files", MOST_FILES), it.plain("answers", length=ANSWER_LENGTH),
    )  # fmt: skip


def _invitation(it: Fields) -> Invitation:
    what = it.one_of("what", "shown", "accepted", "dismissed")
    return Invitation(it.number("invitation"), it.text("variant", 40), what)


READERS: dict[str, Callable[[Fields], Sent]] = {
    "hello": _hello,
    "start": _start,
    "say": lambda it: Say(it.id(), it.text("text", LONGEST), it.numbers("files", MOST_FILES)),
    "typing": lambda it: Typing(it.flag("on")),
    "seen": lambda it: Seen(it.number("seq")),
    "choose": lambda it: Choose(it.id(), it.text("option", 100, needed=True)),
    "page": lambda it: Look(_page(it) or Page()),
    "attributes": _attributes,
    "end": lambda _it: End(),
    "rate": lambda it: Rate(it.one_of("score", "good", "bad"), it.text("comment", 2_000, cut=True)),
    "transcript": lambda it: Transcript(it.text("email", 254, needed=True)),
    "offline": _offline,
    "more": lambda it: More(it.number("before")),
    "article": lambda it: Article(it.number("article"), it.one_of("what", "opened", "solved")),
    "suggest": lambda it: Suggest(it.text("text", 500, cut=True)),
    "invitation": _invitation,
    "goal": lambda it: Goal(it.text("name", 60, needed=True), it.amount("value")),
    "ping": lambda _it: Ping(),
}


def read(text: str) -> Sent:
    """The message that `text` is. Raises `Nonsense`."""
    if len(text) > LARGEST_MESSAGE:
        raise Nonsense("larger than any message", code="too_long")
    try:
        values = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Nonsense("no JSON") from error
    return read_values(values)


def read_values(values: Any) -> Sent:
    if not isinstance(values, dict):
        raise Nonsense("no object")
    kind, line = values.get("t"), values.get("id")
    reader = READERS.get(kind) if isinstance(kind, str) else None
    if reader is None:
        raise Nonsense("no such kind of message")
    try:
        return reader(Fields(values))
    except Nonsense as nonsense:
        named = line if isinstance(line, str) and len(line) <= 36 else ""
        raise Nonsense(nonsense.reason, code=nonsense.code, of=str(kind), line=named) from None
