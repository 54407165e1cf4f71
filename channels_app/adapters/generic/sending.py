"""Our answers, posted to the address of the other side: signed as its own calls are, one key for all tries."""

from __future__ import annotations

import json
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from channels_app.base import LockedOut, Rejected, Sent, TryLater
from channels_app.calling import Reply, call
from channels_app.models import Conversation, ProviderAccount, ProviderMessage
from channels_app.shared_files import address_of
from helpdesk.lib import standard_webhooks
from knowledge_base.markdown.writing import to_markdown
from tickets.models import Attachment, Message

RETRIES = [5, 300, 1800, 7200, 18_000, 36_000, 50_400]  # seconds, as the scheme proposes
LATER = (408, 409, 425, 429)
MOST_FILES = 10


def bodies_of(message: Message) -> list[dict[str, Any]]:
    """One part holds the words and ten files; more files go in parts of their own."""
    files = list(message.attachments.filter(removed_at=None).order_by("pk").values_list("pk", flat=True))
    words = {"text": message.text.strip(), "markdown": to_markdown(message.html).strip(), "name": message.author_name}
    first = {**words, "files": files[:MOST_FILES]}
    rest = [files[start : start + MOST_FILES] for start in range(MOST_FILES, len(files), MOST_FILES)]
    more = [{"text": "", "markdown": "", "name": message.author_name, "files": some} for some in rest]
    return [first, *more] if first["text"] or files else []


def send(account: ProviderAccount, conversation: Conversation, part: ProviderMessage) -> Sent:
    files = {file.pk: file for file in Attachment.objects.filter(pk__in=part.body.get("files", []), removed_at=None)}
    said = {
        "type": "message.created",
        "id": str(part.client_key),
        "conversation_id": conversation.thread_key,
        "direction": "outbound",
        "sender": {"id": str(account.pk), "name": part.body.get("name", "")},
        "text": part.body.get("text", ""),
        "markdown": part.body.get("markdown", ""),
        "attachments": [_file(files[pk]) for pk in part.body.get("files", []) if pk in files],
        "reply_to": part.reply_to or None,
        "created_at": part.created_at.isoformat(),
    }
    reply = post(account, said, webhook_id=str(part.client_key), attempt=part.attempt)
    named = reply.data.get("id")
    is_name = isinstance(named, str | int) and not isinstance(named, bool) and str(named).strip()
    return Sent(str(named) if is_name else str(part.client_key))


def post(account: ProviderAccount, said: dict[str, Any], *, webhook_id: str, attempt: int = 1) -> Reply:
    """Raises a `SendError` for whatever is no 2xx."""
    url, key = str(account.option("send_url", "")), account.secret("key")
    if not url or not key:
        raise Rejected(_("This account has no address to send to: an admin gives one in the channel's settings."))
    body = json.dumps(said, ensure_ascii=False).encode()
    signed = standard_webhooks.headers([key], webhook_id, int(timezone.now().timestamp()), body)
    headers = {**signed, "Content-Type": "application/json; charset=utf-8"}
    reply = call("POST", url, raw=body, headers=headers, trusted=settings.WEBHOOK_PRIVATE_HOSTS)
    if reply.is_ok:
        return reply
    code = str(reply.status)
    if reply.status == 410:
        raise LockedOut(_("The other side has switched this connection off (410)."), code=code)
    if reply.status in (401, 403):
        raise LockedOut(_("The other side refuses our signature: compare the signing keys."), code=code)
    if reply.status in LATER or reply.status >= 500:
        raise TryLater(_("The other side could not take it now."), seconds=_wait(reply, attempt), code=code)
    raise Rejected(_("The other side refused it (%(code)s).") % {"code": code}, code=code)


def _wait(reply: Reply, attempt: int) -> float:
    asked = reply.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdecimal() and len(asked) < 7:
        return float(asked)
    return RETRIES[min(max(attempt, 1), len(RETRIES)) - 1]


def _file(file: Attachment) -> dict[str, Any]:
    return {
        "url": address_of(file),
        "filename": file.filename,
        "content_type": file.content_type,
        "size": file.size,
    }
