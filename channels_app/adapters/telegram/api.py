"""Calls of Telegram's Bot API, and what its refusals mean.

The token stands in the address of every call and every file, so neither is ever part of what is raised or logged.
https://core.telegram.org/bots/api#making-requests
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from channels_app import calling
from channels_app.base import Fetched, LockedOut, NotThere, Rejected, SendError, TryLater, Uncertain
from channels_app.models import ProviderAccount
from channels_app.shapes import at, count, words

LONGEST_WAIT = 3600  # seconds that we believe without asking again
UNREACHABLE = (
    "bot was blocked",
    "user is deactivated",
    "can't initiate conversation",
    "bot was kicked",
    "bot is not a member",
    "chat not found",
    "peer_id_invalid",
    "have no rights to send",
    "not enough rights to send",
)
MEANINGS = (
    ("bot was blocked", _("This person has blocked the bot: use another channel.")),
    ("user is deactivated", _("This person has left Telegram: use another channel.")),
    ("can't initiate conversation", _("On Telegram the person has to write first: send them the bot's link.")),
    ("bot was kicked", _("The bot was removed from the group: ask to have it added again.")),
    ("bot is not a member", _("The bot was removed from the group: ask to have it added again.")),
    ("chat not found", _("Telegram does not know this conversation: the person has to write to the bot again.")),
    ("rights to send", _("The bot may not write in this group: its admins have to allow it.")),
    ("message is too long", _("The text is longer than Telegram takes: shorten it.")),
    ("caption is too long", _("The text is longer than Telegram takes with a file: send the file on its own.")),
    ("file is too big", _("The file is larger than Telegram takes from a bot: send a link instead.")),
    ("too large", _("The file is larger than Telegram takes from a bot: send a link instead.")),
    ("reaction_invalid", _("Telegram does not know this reaction, or not in this conversation: choose another.")),
    ("message to react not found", _("The message is not there any more.")),
    ("message text is empty", _("There is nothing to be sent.")),
    ("bad webhook", _("Telegram can't call our address: it needs https and port 443, 80, 88 or 8443. Or ask instead.")),
    ("terminated by other getupdates", _("Another program asks for this bot's messages: stop it there.")),
    ("webhook is active", _("Telegram calls another address with this bot's messages: save the settings again.")),
)


class Refused(Rejected):
    """What Telegram itself `said`, in lower case: by some of it, another way may be tried."""

    def __init__(self, meant: str, said: str, *, code: str) -> None:
        super().__init__(meant, code=code, is_unreachable=any(sign in said for sign in UNREACHABLE))
        self.said = said


class Moved(Exception):
    """The group has become another chat, `chat_id`; nothing was sent."""

    def __init__(self, chat_id: str) -> None:
        super().__init__(chat_id)
        self.chat_id = chat_id


def call(account: ProviderAccount, method: str, body: Any = None, *, upload: tuple[bytes, str] | None = None) -> Any:
    """The result of `method`; `upload` is a form (bytes, content type) in place of JSON. Raises a `SendError`, or
    `Moved`."""
    url = calling.url_of("telegram", f"bot{_token(account)}/{method}")
    headers = {"Content-Type": upload[1]} if upload else {}
    try:
        reply = calling.call(
            "POST", url, json_body=None if upload else body or {}, raw=upload[0] if upload else None, headers=headers
        )
    except (TryLater, Uncertain) as error:
        raise type(error)(error.words, code=error.code) from None  # what caused it names the address
    if reply.is_ok and reply.data.get("ok") is True:
        return reply.data.get("result")
    raise _refusal(reply)


def upload_form(
    fields: Mapping[str, Any], name: str, filename: str, content_type: str, content: bytes
) -> tuple[bytes, str]:
    """Fields that are no texts are JSON inside the form."""
    told = {key: value if isinstance(value, str) else json.dumps(value) for key, value in fields.items()}
    return calling.multipart(told, name, filename, content_type, content)


def download(account: ProviderAccount, file_id: str, *, largest: int) -> Fetched:
    """The file behind an id. Raises `NotThere`."""
    try:
        path = words(at(call(account, "getFile", {"file_id": file_id}), "file_path"))
    except Moved:
        path = ""
    except Rejected as error:
        raise NotThere(_("It is larger than the 20 MB that Telegram hands to bots, or gone.")) from error
    except SendError as error:
        raise NotThere(error.words, may_come_back=True) from error
    if not path or ".." in path.split("/"):
        raise NotThere(_("Telegram does not have the file any more."))
    url = calling.url_of("telegram", f"file/bot{_token(account)}/{quote(path)}")
    host = calling.url_of("telegram", "").split("/")[2].partition(":")[0]
    try:
        return calling.download(url, hosts=[host], largest=largest)
    except NotThere as error:
        raise NotThere(error.words, may_come_back=error.may_come_back) from None


def _token(account: ProviderAccount) -> str:
    token = account.secret("token")
    if not token:
        raise LockedOut(_("The bot's token is missing: enter it in the channel's settings."))
    return quote(token, safe=":")


def _refusal(reply: calling.Reply) -> Exception:
    said = words(reply.data.get("description"))
    status = count(reply.data.get("error_code")) or reply.status
    code = str(status)
    if moved_to := _id(at(reply.data, "parameters", "migrate_to_chat_id")):
        return Moved(moved_to)
    if status == 429:
        seconds = min(count(at(reply.data, "parameters", "retry_after")), LONGEST_WAIT) or None
        return TryLater(
            _("Telegram asks us to wait: it goes on by itself."), seconds=seconds, code=code, whole_account=True
        )
    if status in (401, 404):  # a token that is not one is an address that is not there
        return LockedOut(_("Telegram refuses the bot's token: enter a new one in the channel's settings."), code=code)
    if status >= 500 or (reply.is_ok and reply.data.get("ok") is not False):  # a yes that is none of Telegram's
        return Uncertain(_("Telegram had a fault and may have taken it: look before you send it again."), code=code)
    return Refused(_meaning(said, status), said.lower(), code=code)


def _meaning(said: str, status: int) -> str:
    for sign, meaning in MEANINGS:
        if sign in said.lower():
            return str(meaning)
    return _now("Telegram says: %(words)s") % {"words": said[:300] or status}


def _id(value: object) -> str:
    """Ids of groups are negative."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else ""
