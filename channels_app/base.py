"""What a channel of another company has to say: an adapter translates its bytes to happenings, and our parts to calls.

An adapter keeps no state and writes no rows. `channels_app.messaging` stores, identifies, files and sends; whatever it
knows of a provider it has from here.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, ClassVar

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from tickets.routes import Capabilities as Capabilities  # what a channel takes, told by its adapter
from tickets.routes import FileRule as FileRule

if TYPE_CHECKING:
    from channels_app.models import Conversation, ProviderAccount, ProviderMedia, ProviderMessage
    from tickets.models import Message

Words = str | Promise


# -- what came in -------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Hook:
    """One call of a hook. `url` is the public one, built from PUBLIC_URL, as the provider called it."""

    method: str
    path: str  # what follows the token: "", "status", "wait" …
    url: str
    query: str
    headers: Mapping[str, str]  # names in lower case
    body: bytes
    content_type: str = ""

    def json(self) -> dict[str, Any]:
        """The body as an object. Raises `Malformed`."""
        try:
            read = json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise Malformed("no JSON") from error
        if not isinstance(read, dict):
            raise Malformed("no JSON object")
        return read


class Malformed(ValueError):
    """Rightly signed, but not to be read: answered with 400."""


@dataclass(frozen=True)
class HookAnswer:
    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"


@dataclass(frozen=True)
class Person:
    """Who wrote, by the provider's key. `also`: further keys that the provider vouches for, (IdentityKind, value)."""

    key: str
    name: str = ""
    handle: str = ""
    also: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class MediaRef:
    """A file to be fetched. `ref` is for the adapter alone; `may_be_stored` is False where terms forbid keeping it."""

    ref: dict[str, Any]
    filename: str = ""
    content_type: str = ""
    size: int | None = None
    may_be_stored: bool = True


@dataclass(frozen=True)
class Happening:
    """One thing that the provider told. Their order means nothing, and each may come again."""

    at: datetime


@dataclass(frozen=True)
class MessageIn(Happening):
    """Somebody wrote; or, as an echo, somebody wrote for us in the provider's own app."""

    external_id: str
    thread_key: str
    sender: Person
    text: str = ""
    files: Sequence[MediaRef] = ()
    reply_to: str = ""  # external_id
    is_echo: bool = False
    client_key: str = ""  # of an echo: ours, where the provider gives it back
    is_public: bool = False
    opens_window: bool = True
    window: timedelta | None = None  # a longer one than usual, as after an ad
    facts: Mapping[str, Any] = field(default_factory=dict)  # for Message.facts: location, contacts, post_url …
    start: str = ""  # the parameter of a deep link, signed by us
    opens_ticket: bool = True  # False for STOP and the like: kept on a ticket that is open, no work of its own
    album: str = ""  # what came with the same name in the same thread is one message with several files


@dataclass(frozen=True)
class Edited(Happening):
    """The newest `number` holds, whenever it comes."""

    external_id: str
    text: str
    number: int


@dataclass(frozen=True)
class Withdrawn(Happening):
    """Its sender deleted it."""

    external_id: str


@dataclass(frozen=True)
class Reacted(Happening):
    """`emoji` is empty when it was taken back."""

    external_id: str
    thread_key: str
    who: Person
    emoji: str
    is_ours: bool = False


@dataclass(frozen=True)
class StatusTold(Happening):
    """What became of one we sent; `state` is a PartState. Either id may be empty."""

    external_id: str
    state: str
    client_key: str = ""
    code: str = ""
    error: str = ""  # in plain words, with what to do
    is_unreachable: bool = False  # this person can't be written to any more


@dataclass(frozen=True)
class SeenUpTo(Happening):
    """All that we sent in the thread up to `at` was delivered or read."""

    thread_key: str
    state: str


@dataclass(frozen=True)
class ReachChanged(Happening):
    """The person blocked us, or took it back (`reason` empty)."""

    thread_key: str
    reason: Words


@dataclass(frozen=True)
class ConsentTold(Happening):
    """STOP and START: `purposes` are customers.models.Purpose values."""

    thread_key: str
    is_given: bool
    evidence: str
    purposes: tuple[str, ...]
    only_reverses: bool = False  # a word with other meanings (YES): counts only where a no is in force


@dataclass(frozen=True)
class PersonMoved(Happening):
    """The same person has another key from now on (a new number, a group that became a supergroup)."""

    old_key: str
    new_key: str


@dataclass(frozen=True)
class AccountTold(Happening):
    """News of the account itself: facts to keep (quality …), or a problem ("" = none any more)."""

    facts: Mapping[str, Any] = field(default_factory=dict)
    problem: str | None = None


@dataclass(frozen=True)
class TemplateTold(Happening):
    external_id: str
    name: str
    language: str
    state: str
    reason: str = ""


@dataclass(frozen=True)
class Unhandled(Happening):
    """Of a kind that we don't read: kept raw, marked so."""

    kind: str


@dataclass(frozen=True)
class Elsewhere(Unhandled):
    """For another account of the same kind, whose `external_id` is named: several may share one address."""

    account: str


# -- what goes out ------------------------------------------------------------------------------------------------


class SendError(Exception):
    """`words` are for agents: what is wrong and what to do about it."""

    def __init__(self, words: Words, *, code: str = "") -> None:
        super().__init__(str(words))
        self.words, self.code = str(words), code


class Rejected(SendError):
    """Final: the provider will never take this. `is_unreachable` says that this person can't be written to at all."""

    def __init__(self, words: Words, *, code: str = "", is_unreachable: bool = False) -> None:
        super().__init__(words, code=code)
        self.is_unreachable = is_unreachable


class TryLater(SendError):
    """Not sent for certain; again after `seconds`. `whole_account`: nothing of the account may be sent before."""

    def __init__(
        self, words: Words, *, seconds: float | None = None, code: str = "", whole_account: bool = False
    ) -> None:
        super().__init__(words, code=code)
        self.seconds, self.whole_account = seconds, whole_account


class Uncertain(SendError):
    """No answer, or one that can't be read: it may have been sent. Never tried again by itself."""


class LockedOut(SendError):
    """The account's credentials are refused: nothing works until an admin gives new ones. Not sent for certain."""


@dataclass(frozen=True)
class Sent:
    """`state` is a PartState; `facts` are kept with the message (segments …); `pause` seconds until the account may be
    asked for anything more, where its provider says that we have nearly used up what it allows."""

    external_id: str
    state: str = "sent"
    facts: Mapping[str, Any] = field(default_factory=dict)
    pause: float | None = None


@dataclass(frozen=True)
class Post:
    """What we published, below which people comment."""

    url: str
    text: str


@dataclass(frozen=True)
class TemplateFound:
    """A template as its provider has it now; `state` is a TemplateState."""

    external_id: str
    name: str
    language: str
    category: str
    state: str
    components: list[dict[str, Any]]
    reason: str = ""


@dataclass(frozen=True)
class Fetched:
    content: bytes
    content_type: str = ""
    filename: str = ""


class NotThere(Exception):
    """The file can't be had, for the reason given. `may_come_back`: worth another try."""

    def __init__(self, words: Words, *, may_come_back: bool = False) -> None:
        super().__init__(str(words))
        self.words, self.may_come_back = str(words), may_come_back


# -- the adapter --------------------------------------------------------------------------------------------------


class Listener(ABC):
    """Hears what a provider calls: all that telephone calls need."""

    kind: ClassVar[str]  # ProviderKind
    channel: ClassVar[str]  # tickets.models.Channel
    identity_kind: ClassVar[str]  # customers.models.IdentityKind
    contact_channel: ClassVar[str]  # customers.models.consent.ContactChannel
    capabilities: ClassVar[Capabilities]
    kept_headers: ClassVar[tuple[str, ...]] = ()

    def greet(self, account: ProviderAccount, hook: Hook) -> HookAnswer | None:
        """The answer to a handshake, which proves itself (403 where it does not); None for everything else."""
        return None

    @abstractmethod
    def is_signed(self, account: ProviderAccount, hook: Hook) -> bool:
        """Whether the provider itself calls: over the raw body, in constant time; False without a secret."""

    def check(self, account: ProviderAccount, hook: Hook) -> None:
        """Raises `Malformed` for a body that can't be read at all; the default wants a JSON object."""
        hook.json()

    def answer(self, account: ProviderAccount, hook: Hook) -> HookAnswer:
        """What the provider hears once the call is stored."""
        return HookAnswer()

    @abstractmethod
    def read(self, account: ProviderAccount, hook: Hook, *, now: datetime) -> Iterable[Happening]:
        """All that the call tells. Never raises for content: what is odd becomes `Unhandled`."""

    def connect(self, account: ProviderAccount) -> None:
        """Tell the provider our address, where it takes that from us; may be done again. Raises a `SendError`."""
        return

    def disconnect(self, account: ProviderAccount) -> None:
        """Have the provider forget our address, where `connect` told it. Raises a `SendError`."""
        return

    @abstractmethod
    def probe(self, account: ProviderAccount) -> Mapping[str, Any]:
        """Ask the provider who we are: the test of the connection. Facts to keep. Raises a `SendError`."""

    def token_ends(self, account: ProviderAccount) -> datetime | None:
        """When our access token runs out; None where it does not, or nobody tells. Raises a `SendError`."""
        return None

    def renewed_token(self, account: ProviderAccount, *, now: datetime) -> tuple[str, datetime] | None:
        """A new access token and its end, where the provider gives one for the old. Raises a `SendError`."""
        return None


class Adapter(Listener):
    """Subclassed in `adapters/<kind>/adapter.py`, with one instance there called `adapter`; see `registry`.

    What a channel can't do is not asked of it (see `capabilities` and the flags below), and says so when it is.
    """

    tells_names: ClassVar[bool] = False  # when it is asked: messages name nobody
    tells_posts: ClassVar[bool] = False  # when it is asked: comments don't say below what they stand
    is_asked_hourly: ClassVar[bool] = False  # how our account fares there: see `messaging.refreshing`

    def can(self, conversation: Conversation) -> Capabilities:
        """What this conversation takes, where public ones take less."""
        return self.capabilities

    @abstractmethod
    def split(self, account: ProviderAccount, conversation: Conversation, message: Message) -> list[dict[str, Any]]:
        """The bodies of the parts that say `message` there, in their order: JSON, read again by `send`."""

    @abstractmethod
    def send(self, account: ProviderAccount, conversation: Conversation, part: ProviderMessage) -> Sent:
        """Call the provider. Raises a `SendError`."""

    def react(self, account: ProviderAccount, conversation: Conversation, external_id: str, emoji: str) -> None:
        """Our reaction to one message there, empty to take it back; where `reactions_out`. Raises a `SendError`."""
        raise Rejected(_("Reactions can’t be given there."))

    def show_typing(self, account: ProviderAccount, conversation: Conversation) -> None:
        """Tell the person that one of us writes, and so has read what they wrote; where `shows_typing`.

        Raises a `SendError`.
        """
        return

    def thread_of(self, identity: str) -> str:
        """The `thread_key` of the person whom an identity of our `identity_kind` names; where `starts`."""
        return identity

    def private_thread_of(self, conversation: Conversation) -> str:
        """The `thread_key` under which the person of a public conversation would write to us privately; "": unknown."""
        return ""

    def allow_private(self, public: Conversation, private: Conversation) -> None:
        """Note in `private` what the provider lets us write there because of `public`. Not saved."""
        return

    def private_link(self, account: ProviderAccount) -> str:
        """Where anybody can write to us privately; "" where there is no such address, or we don't know it."""
        return ""

    def fetch(self, account: ProviderAccount, media: ProviderMedia) -> Fetched:
        """The file behind `media.ref`, size-capped, from the provider's hosts only. Raises `NotThere`."""
        raise NotThere(_("Files can’t be fetched from there."))

    def profile_of(self, account: ProviderAccount, key: str) -> Person:
        """Who the person of this key is, where `tells_names`; asked by a worker. Raises a `SendError`."""
        return Person(key)

    def post_of(self, account: ProviderAccount, thread_key: str) -> Post:
        """What a public conversation is about, where `tells_posts`; asked by a worker. Raises a `SendError`."""
        return Post("", "")

    def templates_of(self, account: ProviderAccount) -> Iterable[TemplateFound]:
        """All that the provider has of us, where `has_templates`. Raises a `SendError`."""
        return ()
