"""What WhatsApp, Messenger and Instagram have in common: Meta's handshake, its signature, and its Graph."""

from __future__ import annotations

import hashlib
import hmac
import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

from django.utils.translation import gettext_lazy as _

from channels_app import calling
from channels_app.base import Fetched, Hook, HookAnswer, LockedOut, NotThere, Rejected, SendError, TryLater, Uncertain
from channels_app.meta_codes import BUSY_ACCOUNT, LOCKING, PASSING, UNREACHABLE, is_window_over, meaning_of
from channels_app.models import ProviderAccount
from channels_app.shapes import at, count, thing, words
from helpdesk.lib.sealing import CannotOpen

SIGNATURE = "x-hub-signature-256"
USAGE = ("x-business-use-case-usage", "x-app-usage", "x-page-usage")
NEARLY_FULL = 95  # percent of what Meta allows: what comes next would be refused
BREATHER = 300.0  # seconds, when Meta does not say how long
LONGEST_WAIT = 24 * 3600.0
LATEST = 4_102_444_800  # seconds: the year 2100, should Meta name one that no calendar knows
MEDIA_HOSTS = (".fbcdn.net", ".fbsbx.com", ".facebook.com", ".cdninstagram.com", ".whatsapp.net")


# -- who calls ----------------------------------------------------------------------------------------------------


def greet(account: ProviderAccount, hook: Hook) -> HookAnswer | None:
    """Meta asks once whether the address is ours: the challenge back when it knows our token."""
    if hook.method != "GET":
        return None
    asked = {name: values[-1] for name, values in parse_qs(hook.query, keep_blank_values=True).items()}
    token = account.secret("verify_token").encode()
    given = asked.get("hub.verify_token", "").encode(errors="replace")
    if not token or asked.get("hub.mode") != "subscribe" or not hmac.compare_digest(token, given):
        return HookAnswer(403)
    return HookAnswer(body=asked.get("hub.challenge", "").encode(errors="replace"))


def is_signed(account: ProviderAccount, hook: Hook) -> bool:
    """Over the raw body: Meta writes JSON in its own way, so written again it would never match."""
    secret = account.secret("app_secret").encode()
    if not secret or hook.method != "POST":
        return False
    given = hook.headers.get(SIGNATURE, "").encode(errors="replace")
    return hmac.compare_digest(b"sha256=" + hmac.new(secret, hook.body, hashlib.sha256).hexdigest().encode(), given)


# -- our calls ----------------------------------------------------------------------------------------------------


def graph(
    account: ProviderAccount,
    method: str,
    path: str,
    body: Any = None,
    *,
    provider: str = "graph",
    upload: tuple[bytes, str] | None = None,
    query: Mapping[str, str] | None = None,
) -> calling.Reply:
    """One call of the Graph; `upload` is a form (bytes, content type) in place of JSON. Raises a `SendError`."""
    asked = dict(query or {})
    try:
        token, secret = account.secret("access_token"), account.secret("app_secret").encode()
    except CannotOpen as error:
        raise LockedOut(_("Its secrets were sealed under another SECRET_KEY. Put them in again.")) from error
    if not token:
        raise LockedOut(_("The access token is missing: enter one in the channel's settings."))
    if secret and provider == "graph":  # an app may be set so that a stolen token alone is worth nothing
        asked["appsecret_proof"] = hmac.new(secret, token.encode(), hashlib.sha256).hexdigest()
    url = calling.url_of(provider, path) + (f"?{urlencode(asked)}" if asked else "")
    headers = {"Authorization": f"Bearer {token}"}
    if upload:
        headers["Content-Type"] = upload[1]
    reply = calling.call(method, url, json_body=body, raw=upload[0] if upload else None, headers=headers)
    if not reply.is_ok or "error" in reply.data:
        raise refusal(reply)
    return reply


def token_ends(account: ProviderAccount) -> datetime | None:
    """When our token runs out; None for one that never does."""
    query = {"input_token": account.secret("access_token")}
    told = thing(graph(account, "GET", "debug_token", query=query).data.get("data"))
    ends = count(told.get("expires_at"))
    return datetime.fromtimestamp(min(ends, LATEST), UTC) if ends else None


def refusal(reply: calling.Reply) -> SendError:
    """What Meta's refusal means for what was to be sent."""
    error = thing(reply.data.get("error"))
    code, subcode = words(error.get("code")), words(error.get("error_subcode"))
    if not code:
        return _wordless(reply)
    told = words(at(error, "error_data", "details")) or words(error.get("message"))
    meant = meaning_of(code, subcode, said=told)
    known_as = f"{code}/{subcode}" if subcode else code
    if is_window_over(code, subcode) or known_as in UNREACHABLE:
        return Rejected(meant, code=known_as, is_unreachable=known_as in UNREACHABLE)
    if {code, known_as} & BUSY_ACCOUNT or reply.status == 429:
        return TryLater(meant, seconds=pause_of(reply) or BREATHER, code=known_as, whole_account=True)
    if code in PASSING:
        return TryLater(meant, seconds=PASSING[code], code=known_as)
    if {code, known_as} & LOCKING or (code.isdecimal() and 200 <= int(code[:9]) <= 299):
        return LockedOut(meant, code=known_as)
    return Rejected(meant, code=known_as, is_unreachable=code in UNREACHABLE)


def _wordless(reply: calling.Reply) -> SendError:
    """Something before the Graph answered, or broke."""
    if reply.status == 429:
        return TryLater(
            _("Meta gets more from us than it takes: it is tried again by itself."),
            seconds=pause_of(reply) or BREATHER,
            whole_account=True,
        )
    if reply.status >= 500 or reply.status == 408:
        return Uncertain(_("Meta had a fault and may have taken it: look before you send it again."))
    if reply.status == 401:
        return LockedOut(meaning_of("190", ""), code="401")
    return Rejected(meaning_of(str(reply.status), ""), code=str(reply.status))


def pause_of(reply: calling.Reply) -> float | None:
    """For how many seconds Meta wants nothing more of this account; None while there is room.

    X-Business-Use-Case-Usage names the minutes until there is room again; the others only say how full it is.
    """
    said = reply.headers.get("retry-after", "")
    wait = min(float(said[:9]), LONGEST_WAIT) if said.isascii() and said.isdecimal() else 0.0
    for name in USAGE:
        for use in _uses(reply.headers.get(name, "")):
            wait = max(wait, count(use.get("estimated_time_to_regain_access")) * 60.0)
            if max(_percent(use.get(what)) for what in ("call_count", "total_time", "total_cputime")) >= NEARLY_FULL:
                wait = max(wait, BREATHER)
    return min(wait, LONGEST_WAIT) or None


def _uses(header: str) -> list[dict[str, Any]]:
    """One object, or lists of them by the id of who uses it."""
    try:
        read = json.loads(header) if header else {}
    except (ValueError, RecursionError):
        return []
    nested = [thing(one) for lists in thing(read).values() if isinstance(lists, list) for one in lists]
    return [thing(read), *nested]


def _percent(value: object) -> float:
    return value if isinstance(value, int | float) and math.isfinite(value) else 0


def download(url: str, *, largest: int, headers: dict[str, str] | None = None) -> Fetched:
    """A picture, a voice message …, from Meta's own hosts. Raises `NotThere`."""
    return calling.download(url, hosts=MEDIA_HOSTS, largest=largest, headers=headers)


def as_not_there(error: SendError) -> NotThere:
    """When it was asked for a file, not for sending."""
    return NotThere(error.words, may_come_back=isinstance(error, TryLater | Uncertain | LockedOut))
