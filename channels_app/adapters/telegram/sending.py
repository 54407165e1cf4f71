"""One of our messages as calls of the Bot API: the words with their formatting, each file as a message of its own."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from channels_app.adapters.telegram import api
from channels_app.adapters.telegram.markup import formatted, units
from channels_app.base import Rejected, Sent, Uncertain
from channels_app.models import Conversation, ProviderAccount, ProviderMessage
from channels_app.out_files import OutFile, files_of, opened
from channels_app.pieces import in_pieces
from channels_app.shapes import at, count
from tickets.models import Attachment, Message

TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024  # UTF-16 units
MB = 1000 * 1000
LARGEST, LARGEST_PHOTO = 50 * MB, 10 * MB
METHODS = {
    "image/jpeg": "photo", "image/png": "photo", "image/webp": "photo", "image/gif": "animation",
    "video/mp4": "video", "audio/mpeg": "audio", "audio/mp4": "audio", "audio/ogg": "voice",
}  # fmt: skip
NEAREST = {"😂": "🤣", "😮": "😱"}  # usual elsewhere, and not among the reactions that Telegram has
NOT_A_PHOTO = ("photo_invalid", "photo_ext_invalid", "photo_save", "image_process", "wrong type", "voice_messages")


def split(message: Message) -> list[dict[str, Any]]:
    """The words, then the files; a short text goes along with a single file as its caption."""
    text, entities = formatted(message.html) if message.html else (message.text, [])
    files = files_of(message)
    if len(files) == 1 and units(text) <= CAPTION_LIMIT:
        return [_file_part(files[0], text, entities)]
    texts: list[dict[str, Any]] = [{"text": text, "entities": entities}] if text.strip() else []
    if units(text) > TEXT_LIMIT:  # a character takes two units at most
        texts = [{"text": piece, "entities": []} for piece in in_pieces(text, TEXT_LIMIT // 2)]
    return [*texts, *(_file_part(file) for file in files)]


def _file_part(file: Attachment, caption: str = "", entities: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    kind = METHODS.get(file.content_type.partition(";")[0].strip().lower(), "document")
    if kind == "photo" and file.size > LARGEST_PHOTO:
        kind = "document"
    return {"file": file.pk, "kind": kind, "text": caption, "entities": entities or []}


def send(account: ProviderAccount, conversation: Conversation, part: ProviderMessage) -> Sent:
    where = _addressed(conversation.thread_key, part.reply_to)
    try:
        result = _said(account, where, part.body)
    except api.Moved as moved:  # not sent for certain: the group goes on elsewhere
        try:
            result = _said(account, {**where, "chat_id": moved.chat_id}, part.body)
        except api.Moved as again:
            raise Rejected(_("The group has moved: answer its next message.")) from again
    number, chat = count(at(result, "message_id")), str(at(result, "chat", "id") or where["chat_id"])
    if not number:
        raise Uncertain(_("Telegram's answer could not be read: it may have taken the message."))
    return Sent(f"{chat}:{number}")


def react(account: ProviderAccount, external_id: str, emoji: str) -> None:
    chat, _colon, number = external_id.partition(":")
    bare = emoji.replace("\ufe0f", "")  # ❤️ as keyboards write it: Telegram knows it without its selector
    reaction = [{"type": "emoji", "emoji": NEAREST.get(bare, bare)}] if bare else []
    _once(account, "setMessageReaction", {"chat_id": chat, "message_id": count(number), "reaction": reaction})


def show_typing(account: ProviderAccount, conversation: Conversation) -> None:
    """For five seconds."""
    where = _addressed(conversation.thread_key)
    where.pop("reply_parameters", None)
    _once(account, "sendChatAction", {**where, "action": "typing"})


def _once(account: ProviderAccount, method: str, body: dict[str, Any]) -> None:
    """What may be lost when a group moves."""
    try:
        api.call(account, method, body)
    except api.Moved as moved:
        raise Rejected(_("The group has moved: answer its next message.")) from moved


def _addressed(thread_key: str, reply_to: str = "") -> dict[str, Any]:
    """A conversation is a chat, or a topic in one."""
    chat, _slash, topic = thread_key.partition("/")
    where: dict[str, Any] = {"chat_id": chat}
    if topic:
        where["message_thread_id"] = count(topic)
    answered = count(reply_to.rpartition(":")[2])
    if answered:
        where["reply_parameters"] = {"message_id": answered, "allow_sending_without_reply": True}
    return where


def _said(account: ProviderAccount, where: dict[str, Any], body: dict[str, Any]) -> Any:
    if body.get("file"):
        return _file_sent(account, where, body, opened(body["file"]), body["kind"])
    told = {**where, "text": body["text"]}
    return _with_entities(account, "sendMessage", told, "entities", body["entities"])


def _with_entities(account: ProviderAccount, method: str, told: dict[str, Any], name: str, entities: object) -> Any:
    """With its formatting; plain where Telegram does not take that: nothing was sent then."""
    if not entities:
        return api.call(account, method, told)
    try:
        return api.call(account, method, {**told, name: entities})
    except api.Refused as error:
        if "entit" not in error.said:
            raise
        return api.call(account, method, told)


def _file_sent(account: ProviderAccount, where: dict[str, Any], body: dict[str, Any], file: OutFile, kind: str) -> Any:
    """As what it is shown as; what Telegram can't show so goes as a document."""
    told = {**where, **({"caption": body["text"], "caption_entities": body["entities"]} if body["text"] else {})}
    form = api.upload_form(told, kind, file.filename, file.content_type, file.content)
    try:
        return api.call(account, f"send{kind.title()}", upload=form)
    except api.Refused as error:
        if kind == "document" or not any(sign in error.said for sign in NOT_A_PHOTO):
            raise
    return _file_sent(account, where, body, file, "document")
