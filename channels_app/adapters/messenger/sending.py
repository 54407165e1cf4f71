"""One of our messages as calls of the Messenger Platform."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from channels_app import meta
from channels_app.adapters.messenger.private_replies import comment_of
from channels_app.base import LockedOut, Rejected, Sent, TryLater, Uncertain, Words
from channels_app.calling import Reply, multipart
from channels_app.meta_codes import WINDOW_WORDS
from channels_app.models import Conversation, Direction, ProviderAccount, ProviderKind, ProviderMessage
from channels_app.out_files import files_of, opened
from channels_app.pieces import in_pieces
from channels_app.shapes import words
from tickets.models import Message
from tickets.routes import Capabilities

QUICK_REPLIES, TITLE = 13, 20
NO_SUCH_THING = "100/33"
KINDS = ("image", "video", "audio")


# -- the parts of a message ---------------------------------------------------------------------------------------


def split(message: Message, can: Capabilities, *, is_public: bool) -> list[dict[str, Any]]:
    """Text and each file are messages of their own. In public there are words alone."""
    limit = can.text_limit or len(message.text) + 1
    pieces = in_pieces(message.text, limit, counts_bytes=can.counts_bytes)
    if is_public:
        return [{"type": "comment", "text": piece} for piece in pieces]
    parts: list[dict[str, Any]] = [{"type": "text", "text": piece} for piece in pieces]
    if parts and (buttons := message.facts.get("buttons")):
        parts[-1]["buttons"] = buttons
    files = [
        {"type": "file", "attachment": file.pk, "kind": kind if kind in KINDS else "file"}
        for file in files_of(message)
        for kind in [file.content_type.partition("/")[0]]
    ]
    return parts + files


# -- the calls ----------------------------------------------------------------------------------------------------


def send(
    account: ProviderAccount, conversation: Conversation, part: ProviderMessage, free_until: datetime | None
) -> Sent:
    if part.body.get("type") == "comment":
        return _comment(account, conversation, part)
    body: dict[str, Any] = _addressed(account, conversation, part, free_until)
    body["message"] = _content(account, part)
    if part.reply_to:
        body["reply_to"] = {"mid": part.reply_to}
    reply = _post(account, "messages", body)
    return Sent(_named(reply, "message_id"), pause=meta.pause_of(reply))


def _addressed(
    account: ProviderAccount, conversation: Conversation, part: ProviderMessage, free_until: datetime | None
) -> dict[str, Any]:
    if comment := comment_of(conversation):
        return {"recipient": {"comment_id": comment}}
    return {"recipient": {"id": conversation.thread_key}, **_messaging_type(account, part, free_until)}


def _messaging_type(account: ProviderAccount, part: ProviderMessage, free_until: datetime | None) -> dict[str, str]:
    """An answer within the day; after it only what a person writes, for as long as the tag lets them."""
    if free_until and timezone.now() < free_until:
        return {"messaging_type": "RESPONSE"}
    message = part.message
    is_by_a_person = message is not None and message.author_user_id is not None and not message.is_automatic
    if not (is_by_a_person and account.option("has_human_agent")):
        raise Rejected(WINDOW_WORDS, code="10/2018278")
    return {"messaging_type": "MESSAGE_TAG", "tag": "HUMAN_AGENT"}


def _content(account: ProviderAccount, part: ProviderMessage) -> dict[str, Any]:
    body = part.body
    if body.get("type") == "file":
        content: dict[str, Any] = {"attachment": _uploaded(account, body)}
    else:
        content = {"text": body["text"]}
        if buttons := body.get("buttons"):
            content["quick_replies"] = [
                {
                    "content_type": "text",
                    "title": button["title"][:TITLE],
                    "payload": button.get("payload") or button["title"],
                }
                for button in buttons[:QUICK_REPLIES]
            ]
    if account.kind == ProviderKind.MESSENGER and part.client_key:  # its echo gives it back
        content["metadata"] = str(part.client_key)
    return content


def _uploaded(account: ProviderAccount, body: dict[str, Any]) -> dict[str, Any]:
    kind, file = body["kind"], opened(body["attachment"])
    wanted = {"attachment": {"type": kind, "payload": {"is_reusable": False}}}
    fields = {"message": json.dumps(wanted)}
    if account.kind == ProviderKind.INSTAGRAM:
        fields["platform"] = "instagram"
    form = multipart(fields, "filedata", file.filename, file.content_type, file.content)
    try:
        named = words(_post(account, "message_attachments", upload=form).data.get("attachment_id"))
    except Uncertain as error:  # nobody was sent anything yet
        raise TryLater(error.words, code=error.code) from error
    if not named:
        raise TryLater(_("Meta had a fault for a moment: it is tried again by itself."))
    return {"type": kind, "payload": {"attachment_id": named}}


def _comment(account: ProviderAccount, conversation: Conversation, part: ProviderMessage) -> Sent:
    """Below the comment that is answered, where everybody reads it."""
    theirs = conversation.messages.filter(direction=Direction.IN).exclude(external_id="")
    newest = theirs.order_by("-said_at", "-pk").values_list("external_id", flat=True).first()
    answered = part.reply_to or newest
    if not answered:
        raise Rejected(_("The comment that this answers is not known."))
    edge = "replies" if account.kind == ProviderKind.INSTAGRAM else "comments"
    words_ = {"message": part.body["text"]}
    with _gone_is_final(_("The comment that this answers was deleted.")):
        reply = meta.graph(account, "POST", f"{answered}/{edge}", words_, provider=host_of(account))
    return Sent(_named(reply, "id"), pause=meta.pause_of(reply))


def looked_up(account: ProviderAccount, key: str, *, fields: str) -> dict[str, Any]:
    """What the Graph says of a person or a post. Raises a `SendError`."""
    with _gone_is_final(_("Meta does not tell, or it is not there any more.")):
        return meta.graph(account, "GET", key, provider=host_of(account), query={"fields": fields}).data


@contextmanager
def _gone_is_final(words_: Words) -> Iterator[None]:
    """Of our page, "no such thing" says that its settings are wrong; of anything else, that it was deleted."""
    try:
        yield
    except LockedOut as error:
        if error.code == NO_SUCH_THING:
            raise Rejected(words_, code=error.code) from error
        raise


def act(account: ProviderAccount, conversation: Conversation, action: str, **payload: str) -> None:
    """What is no message: having read, typing, a reaction."""
    body: dict[str, Any] = {"recipient": {"id": conversation.thread_key}, "sender_action": action}
    _post(account, "messages", {**body, **({"payload": payload} if payload else {})})


def host_of(account: ProviderAccount) -> str:
    """Who connected by Instagram's own login speaks with another host."""
    by_instagram = account.kind == ProviderKind.INSTAGRAM and account.option("login", "instagram") == "instagram"
    return "instagram" if by_instagram else "graph"


def node_of(account: ProviderAccount) -> str:
    """In whose name we speak. Instagram behind a page: the page, which is whose token we have."""
    by_page = account.kind == ProviderKind.INSTAGRAM and host_of(account) == "graph"
    return "me" if by_page else account.external_id


def _post(account: ProviderAccount, edge: str, body: Any = None, *, upload: tuple[bytes, str] | None = None) -> Reply:
    return meta.graph(account, "POST", f"{node_of(account)}/{edge}", body, provider=host_of(account), upload=upload)


def _named(reply: Reply, name: str) -> str:
    if not (named := words(reply.data.get(name))):
        raise Uncertain(_("Meta gave an answer that we can't read: it may have taken the message."))
    return named
