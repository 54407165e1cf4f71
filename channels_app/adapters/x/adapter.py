"""X: direct messages, and mentions with their public answers."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any
from urllib.parse import parse_qs, quote

from django.utils import timezone
from django.utils.translation import gettext as _

from channels_app import calling
from channels_app.adapters.x.reading import read
from channels_app.adapters.x.tokens import call
from channels_app.adapters.x.weights import LONGEST_POST, weight_of
from channels_app.base import (
    Adapter,
    Capabilities,
    Fetched,
    FileRule,
    Happening,
    Hook,
    HookAnswer,
    LockedOut,
    Rejected,
    SendError,
    Sent,
    TryLater,
    Uncertain,
)
from channels_app.models import Conversation, ProviderAccount, ProviderMedia, ProviderMessage
from channels_app.public_threads import author_of
from channels_app.shapes import at, count, things, words
from customers.models import IdentityKind
from customers.models.consent import ContactChannel
from tickets.models import Attachment, Channel, Message
from tickets.services import Refused

MEDIA_HOSTS = (".twimg.com", "ton.x.com", "ton.twitter.com")
LARGEST_IN = 64 * 1024 * 1024
MB = 1024 * 1024


class XAdapter(Adapter):
    kind = "x"
    channel = Channel.X
    identity_kind = IdentityKind.X
    contact_channel = ContactChannel.X
    capabilities = Capabilities(
        text_limit=10_000,
        files_per_message=1,
        files=(FileRule(("image/",), 5 * MB),),
        sees_deletes=True,
        can_reply_to=True,
        tells_read=True,
    )

    def can(self, conversation: Conversation) -> Capabilities:
        if conversation.is_public:
            return replace(self.capabilities, text_limit=LONGEST_POST, files_per_message=0, tells_read=False)
        return self.capabilities

    def greet(self, account: ProviderAccount, hook: Hook) -> HookAnswer | None:
        """The challenge-response check: X asks when the hook is registered and every hour or so."""
        if hook.method != "GET":
            return None
        token = parse_qs(hook.query).get("crc_token", [""])[-1]
        secret = account.secret("consumer_secret")
        if not token or not secret:
            return HookAnswer(403)
        answer = {"response_token": f"sha256={_mac(secret, token.encode(errors='replace'))}"}
        return HookAnswer(body=json.dumps(answer).encode(), content_type="application/json")

    def is_signed(self, account: ProviderAccount, hook: Hook) -> bool:
        secret = account.secret("consumer_secret")
        given = hook.headers.get("x-twitter-webhooks-signature", "").encode(errors="replace")
        return bool(secret) and hmac.compare_digest(f"sha256={_mac(secret, hook.body)}".encode(), given)

    def read(self, account: ProviderAccount, hook: Hook, *, now: datetime) -> Iterable[Happening]:
        return read(account, hook.json(), now=now)

    def split(self, account: ProviderAccount, conversation: Conversation, message: Message) -> list[dict[str, Any]]:
        """A direct message takes one file: each further one is a message of its own. A public answer is one post."""
        text = message.text.strip()
        files = list(message.attachments.filter(inline=False).values_list("pk", flat=True))
        if conversation.is_public:
            if (length := weight_of(text)) > LONGEST_POST:
                words_ = _("A post has at most %(limit)s characters as X counts them; this has %(length)s.")
                raise Refused(words_ % {"limit": LONGEST_POST, "length": length}, field="body")
            return [{"post": text}] if text else []
        first = {"text": text} | ({"file": files[0]} if files else {})
        return [first, *({"text": "", "file": pk} for pk in files[1:])] if text or files else []

    def send(self, account: ProviderAccount, conversation: Conversation, part: ProviderMessage) -> Sent:
        if "post" in part.body:
            return self._post(account, conversation, part)
        body: dict[str, Any] = {"text": part.body["text"]} if part.body.get("text") else {}
        if file := part.body.get("file"):
            body["attachments"] = [{"media_id": _upload(account, Attachment.objects.get(pk=file))}]
        path = f"2/dm_conversations/with/{quote(conversation.thread_key, safe='')}/messages"
        return _sent(call(account, "POST", path, body), "dm_event_id")

    def _post(self, account: ProviderAccount, conversation: Conversation, part: ProviderMessage) -> Sent:
        newest = (
            conversation.messages.filter(direction="in").exclude(external_id="").order_by("-said_at", "-pk").first()
        )
        answered = part.reply_to or (newest.external_id if newest else "")
        if not answered:
            raise Rejected(_("The post that this answers is not known."))
        body = {"text": part.body["post"], "reply": {"in_reply_to_tweet_id": answered}}
        return _sent(call(account, "POST", "2/tweets", body), "id")

    def private_thread_of(self, conversation: Conversation) -> str:
        return author_of(conversation.thread_key)

    def private_link(self, account: ProviderAccount) -> str:
        return f"https://x.com/messages/compose?recipient_id={quote(account.external_id, safe='')}"

    def fetch(self, account: ProviderAccount, media: ProviderMedia) -> Fetched:
        headers = {}
        if media.ref.get("is_private"):
            headers["Authorization"] = f"Bearer {account.secret('access_token')}"
        return calling.download(words(media.ref.get("url")), hosts=MEDIA_HOSTS, largest=LARGEST_IN, headers=headers)

    def probe(self, account: ProviderAccount) -> Mapping[str, Any]:
        reply = call(account, "GET", "2/users/me")
        if not reply.is_ok:
            raise refusal(reply)
        if words(at(reply.data, "data", "id")) != account.external_id:
            raise Rejected(_("The access token is that of another profile."))
        return {"handle": words(at(reply.data, "data", "username"))}


def refusal(reply: calling.Reply) -> SendError:
    """What an answer that is no yes means."""
    code = next((words(one.get("code")) for one in things(reply.data.get("errors"))), "") or str(reply.status)
    detail = words(reply.data.get("detail")) or words(reply.data.get("title"))
    if reply.status == 429:
        reset = count(reply.headers.get("x-rate-limit-reset"))
        wait = max(reset - timezone.now().timestamp(), 5) if reset else 60
        return TryLater(
            _("X lets us say no more for a while."), seconds=min(wait, 24 * 3600), code=code, whole_account=True
        )
    if reply.status == 401:
        return LockedOut(_("X does not know our access token any more: put in a new one."), code=code)
    if reply.status == 402 or "client-not-enrolled" in words(reply.data.get("type")):
        return LockedOut(_("Your plan at X does not include this."), code=code)
    if reply.status == 403 and (code == "349" or "direct message" in detail.lower()):
        return Rejected(_("This person takes no direct messages from you."), code=code, is_unreachable=True)
    if reply.status == 403 and "duplicate" in detail.lower():
        return Rejected(_("X takes the same words only once: change them a little."), code=code)
    if reply.status >= 500:
        return Uncertain(_("X had trouble of its own: it may have taken the message."), code=code)
    return Rejected(_("X refused it: %(detail)s") % {"detail": detail or code}, code=code)


def _sent(reply: calling.Reply, key: str) -> Sent:
    if not reply.is_ok:
        raise refusal(reply)
    external_id = words(at(reply.data, "data", key))
    if not external_id:
        raise Uncertain(_("X took the message and did not say under which number."))
    return Sent(external_id)


def _upload(account: ProviderAccount, file: Attachment) -> str:
    """A picture; videos would have to go in pieces. Until the message itself is sent, nothing is."""
    with file.file.open("rb") as opened:
        content = opened.read()
    form, content_type = calling.multipart(
        {"media_category": "dm_image", "media_type": file.content_type},
        "media",
        file.filename,
        file.content_type,
        content,
    )
    try:
        reply = call(account, "POST", "2/media/upload", raw=form, headers={"Content-Type": content_type})
    except Uncertain as error:
        raise TryLater(error.words, code=error.code) from error
    if not reply.is_ok:
        refused = refusal(reply)
        raise TryLater(refused.words, code=refused.code) if isinstance(refused, Uncertain) else refused
    return words(at(reply.data, "data", "id"))


def _mac(secret: str, body: bytes) -> str:
    return base64.b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest()).decode()


adapter = XAdapter()
