"""One of our messages as calls of the Cloud API."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from channels_app import meta
from channels_app.adapters.whatsapp.markup import whatsapp_text
from channels_app.base import Rejected, Sent, TryLater, Uncertain
from channels_app.calling import multipart
from channels_app.models import Conversation, ProviderAccount, ProviderMessage
from channels_app.out_files import files_of, opened
from channels_app.pieces import in_pieces
from channels_app.shapes import things, words
from tickets.models import Attachment, Message

TEXT_LIMIT, CAPTION_LIMIT = 4096, 1024
BUTTONS, BUTTON_TITLE, ROW_TITLE = 3, 20, 24
KINDS = {
    "image/jpeg": "image",
    "image/png": "image",
    "image/webp": "sticker",
    "video/mp4": "video",
    "video/3gpp": "video",
}
SOUNDS = ("audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg", "audio/opus")


# -- the parts of a message ---------------------------------------------------------------------------------------


def split(message: Message) -> list[dict[str, Any]]:
    """What a template says is all that is sent with it. One file takes a short text along as its caption."""
    facts, files = message.facts, files_of(message)
    if template := facts.get("template"):
        return [{"type": "template", "template": template}]
    text = whatsapp_text(message.html) if message.html else message.text
    parts: list[dict[str, Any]] = []
    if len(files) == 1 and len(text) <= CAPTION_LIMIT and _kind(files[0]) in ("image", "video", "document"):
        parts, text = [_file_part(files[0], text)], ""
    else:
        parts = [_file_part(file) for file in files]
    pieces = [{"type": "text", "text": piece} for piece in in_pieces(text, TEXT_LIMIT)]
    if pieces and (buttons := facts.get("buttons")):
        pieces[-1] = {"type": "interactive", "text": pieces[-1]["text"], "buttons": buttons}
    place = [{"type": "location", "location": facts["location"]}] if facts.get("location") else []
    return [*pieces, *parts, *place]


def _file_part(file: Attachment, caption: str = "") -> dict[str, Any]:
    return {"type": "file", "attachment": file.pk, "kind": _kind(file), "caption": caption}


def _kind(file: Attachment) -> str:
    """How WhatsApp shows it. What it knows no player for goes as a document."""
    content_type = file.content_type.partition(";")[0].strip().lower()
    return "audio" if content_type in SOUNDS else KINDS.get(content_type, "document")


# -- the calls ----------------------------------------------------------------------------------------------------


def send(account: ProviderAccount, conversation: Conversation, part: ProviderMessage) -> Sent:
    body = {
        **addressed(conversation.thread_key),
        **_content(account, part.body),
        "biz_opaque_callback_data": str(part.client_key or ""),
    }
    if part.reply_to and part.body.get("type") != "template":
        body["context"] = {"message_id": part.reply_to}
    try:
        reply = meta.graph(account, "POST", f"{account.external_id}/messages", body)
    except Rejected as error:
        if error.code == "131000" and part.attempt <= 1:  # it says itself that once more may help
            raise TryLater(error.words, code=error.code) from error
        raise
    return Sent(_named(reply.data), pause=meta.pause_of(reply))


def react(account: ProviderAccount, conversation: Conversation, external_id: str, emoji: str) -> None:
    body = {**addressed(conversation.thread_key), "type": "reaction"}
    body["reaction"] = {"message_id": external_id, "emoji": emoji}
    meta.graph(account, "POST", f"{account.external_id}/messages", body)


def show_typing(account: ProviderAccount, external_id: str) -> None:
    """For 25 seconds, and only together with having read the message."""
    body: dict[str, Any] = {"messaging_product": "whatsapp", "status": "read", "message_id": external_id}
    meta.graph(account, "POST", f"{account.external_id}/messages", {**body, "typing_indicator": {"type": "text"}})


def addressed(thread_key: str) -> dict[str, Any]:
    """To a number, or to the id of somebody who hides it; never to both."""
    to = {"to": thread_key} if thread_key.isdecimal() else {"recipient": thread_key}
    return {"messaging_product": "whatsapp", "recipient_type": "individual", **to}


def _content(account: ProviderAccount, body: dict[str, Any]) -> dict[str, Any]:
    match body.get("type"):
        case "text":
            return {"type": "text", "text": {"body": body["text"], "preview_url": "://" in body["text"]}}
        case "file":
            return _file(account, body)
        case "template":
            return {"type": "template", "template": _template(body["template"])}
        case "interactive":
            return {"type": "interactive", "interactive": _interactive(body["text"], body["buttons"])}
        case "location":
            return {"type": "location", "location": body["location"]}
    raise Rejected(_("This can't be said by WhatsApp."))


def _template(chosen: dict[str, Any]) -> dict[str, Any]:
    """Its variables by component: the head, the body, each button."""
    components: dict[str, dict[str, Any]] = {}
    for each in chosen.get("parameters", []):
        part, key = each["part"], each["key"]
        component = components.setdefault(part, {"type": part.partition(".")[0], "parameters": []})
        if component["type"] == "button":
            component |= {"sub_type": "copy_code" if key == "code" else "url", "index": part.partition(".")[2]}
        component["parameters"].append(_parameter(component["type"], key, each["text"], each.get("kind", "text")))
    filled = {"components": list(components.values())} if components else {}
    return {"name": chosen["name"], "language": {"code": chosen["language"]}, **filled}


def _parameter(part: str, key: str, text: str, kind: str) -> dict[str, Any]:
    if kind != "text":
        return {"type": kind, kind: {"link": text}}
    if part == "button":
        return {"type": "coupon_code", "coupon_code": text} if key == "code" else {"type": "text", "text": text}
    named = {} if key.isdecimal() else {"parameter_name": key}
    return {"type": "text", **named, "text": text}


def _interactive(text: str, buttons: list[dict[str, str]]) -> dict[str, Any]:
    """Up to three as buttons, more as a list."""
    ids = [(button.get("payload") or f"button {number}", button["title"]) for number, button in enumerate(buttons, 1)]
    if len(ids) <= BUTTONS:
        shown = [{"type": "reply", "reply": {"id": key, "title": title[:BUTTON_TITLE]}} for key, title in ids]
        return {"type": "button", "body": {"text": text}, "action": {"buttons": shown}}
    rows = [{"id": key, "title": title[:ROW_TITLE]} for key, title in ids[:10]]
    action = {"button": str(_("Choose"))[:BUTTON_TITLE], "sections": [{"rows": rows}]}
    return {"type": "list", "body": {"text": text}, "action": action}


def _file(account: ProviderAccount, body: dict[str, Any]) -> dict[str, Any]:
    kind, file = body["kind"], opened(body["attachment"])
    form = multipart(
        {"messaging_product": "whatsapp", "type": file.content_type},
        "file",
        file.filename,
        file.content_type,
        file.content,
    )
    try:
        reply = meta.graph(account, "POST", f"{account.external_id}/media", upload=form)
    except Uncertain as error:  # nobody was sent anything yet
        raise TryLater(error.words, code=error.code) from error
    named = words(reply.data.get("id"))
    if not named:
        raise TryLater(_("Meta had a fault for a moment: it is tried again by itself."))
    media: dict[str, Any] = {"id": named}
    if body.get("caption"):
        media["caption"] = body["caption"]
    if kind == "document":
        media["filename"] = file.filename
    return {"type": kind, kind: media}


def _named(data: dict[str, Any]) -> str:
    """What the message is called. 200 means that it was taken, not that it has been sent: statuses tell."""
    named = next((words(message.get("id")) for message in things(data.get("messages"))), "")
    if not named:
        raise Uncertain(_("WhatsApp gave an answer that we can't read: it may have taken the message."))
    return named
