"""Twilio, for texts and for calls: whether it is the one who calls us, and our calls of its interface.

What an account holds: `options` account_sid (AC…), api_key (SK…, optional), shared_key_id (optional);
`secrets` auth_token, which signs hooks, api_key_secret, shared_key.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qs, parse_qsl, unquote_to_bytes, urlsplit

from django.utils.translation import gettext_lazy as _

from channels_app import calling
from channels_app.base import Fetched, Hook, HookAnswer, LockedOut, Malformed, Rejected, TryLater, Uncertain
from channels_app.models import ProviderAccount
from channels_app.twilio_codes import LOCKING, PASSING, UNREACHABLE, meaning_of

SIGNATURE = "x-twilio-signature"
SETTINGS = "x-twilio-webhooks-signature-settings"  # names a key of ours, instead of the account's token
KEPT_HEADERS = ("i-twilio-idempotency-token",)
FORM = "application/x-www-form-urlencoded"
NOTHING_TO_DO = HookAnswer(
    body=b'<?xml version="1.0" encoding="UTF-8"?><Response/>', content_type="text/xml; charset=utf-8"
)
# Where media lie: redirected to short-lived storage.
MEDIA_HOSTS = ("api.twilio.com", ".twilio.com", ".twiliocdn.com", "s3-external-1.amazonaws.com")
DEFAULT_PORTS = {"https": 443, "http": 80}
MOST_FIELDS = 500  # of a form; a text with ten pictures has about fifty


# -- who calls ----------------------------------------------------------------------------------------------------


def is_signed(account: ProviderAccount, hook: Hook) -> bool:
    """Over the public address and, of a form, every field; of JSON its hash is part of the address.

    Twilio signs with and without the port, whichever it happens to have (its own libraries try both). There is no time
    in it: who replays a call meets ids that we know.
    """
    key, algorithm = _key(account, hook)
    told = hook.headers.get(SIGNATURE, "").encode(errors="replace")
    said = _signed_fields(hook)
    if not key or not told or said is None:
        return False
    matches = [
        hmac.compare_digest(base64.b64encode(hmac.digest(key, url.encode(errors="replace") + said, algorithm)), told)
        for url in _spellings(_address(hook))
    ]
    return any(matches)


def _key(account: ProviderAccount, hook: Hook) -> tuple[bytes, str]:
    """The header may only ask for the key that an admin has entered; it never chooses how well is signed."""
    named = hook.headers.get(SETTINGS, "")
    if not named:
        return account.secret("auth_token").encode(), "sha1"
    asked = dict(part.strip().partition("=")[::2] for part in named.split(","))
    is_ours = asked.get("key", "") == account.option("shared_key_id", "") and asked.get("algorithm") == "HMAC_SHA256"
    return (account.secret("shared_key").encode() if is_ours else b""), "sha256"


def _signed_fields(hook: Hook) -> bytes | None:
    """What is signed besides the address; None when the body is not covered by any signature."""
    if hook.method == "GET":
        return b""
    if _is_form(hook):
        if hook.body.count(b"&") > MOST_FIELDS:  # a stranger's, to keep us busy
            return None
        pairs = sorted(set(_pairs(hook.body)))  # a value that is there twice takes part once
        return b"".join(name + value for name, value in pairs)
    said = parse_qs(urlsplit(_address(hook)).query).get("bodySHA256", [""])[0]
    is_whole = hmac.compare_digest(hashlib.sha256(hook.body).hexdigest().encode(), said.lower().encode())
    return b"" if is_whole else None


def _address(hook: Hook) -> str:
    return hook.url if "?" in hook.url or not hook.query else f"{hook.url}?{hook.query}"


def _spellings(url: str) -> set[str]:
    """The same address without a port and with it."""
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    bare = host if parts.port is None else host.rpartition(":")[0]
    port = parts.port or DEFAULT_PORTS.get(parts.scheme, 443)
    return {url, parts._replace(netloc=bare).geturl(), parts._replace(netloc=f"{bare}:{port}").geturl()}


# -- what is said -------------------------------------------------------------------------------------------------


def fields(hook: Hook) -> dict[str, str]:
    """The fields of a call that is rightly signed, however it was made. Raises `Malformed`."""
    if hook.method == "GET":
        return dict(parse_qsl(hook.query, keep_blank_values=True))
    if _is_form(hook):
        return {_text(name): _text(value) for name, value in _pairs(hook.body)}
    return {name: value for name, value in hook.json().items() if isinstance(value, str)}


def check(hook: Hook) -> None:
    """Raises `Malformed` for what has no fields at all."""
    if not fields(hook):
        raise Malformed("no fields")


def _is_form(hook: Hook) -> bool:
    return hook.content_type.partition(";")[0].strip().lower() == FORM


def _pairs(body: bytes) -> list[tuple[bytes, bytes]]:
    """As bytes: what is no UTF-8 must not change before its signature is checked. Blanks stay."""
    found = (part.partition(b"=") for part in body.split(b"&") if part)
    return [(_unquoted(name), _unquoted(value)) for name, _equals, value in found]


def _unquoted(part: bytes) -> bytes:
    return unquote_to_bytes(part.replace(b"+", b" "))


def _text(part: bytes) -> str:
    return part.decode(errors="replace")


# -- our calls ----------------------------------------------------------------------------------------------------


def request(
    account: ProviderAccount, method: str, path: str, form: Iterable[tuple[str, str]] | None = None
) -> dict[str, Any]:
    """The answer of `path` below our account ("Messages.json", "Calls/CA….json"). Raises a `SendError`.

    Twilio knows no key that makes a call safe to repeat: where it may have acted, the outcome is `Uncertain`.
    """
    sid = account.option("account_sid", "")
    if not sid or not account.secret("auth_token"):
        raise LockedOut(_("Account SID and auth token of Twilio are missing: enter them in the channel's settings."))
    url = calling.url_of("twilio", f"2010-04-01/Accounts/{sid}/{path}")
    reply = calling.call(method, url, form=None if form is None else list(form), headers=authorization(account))
    if not reply.is_ok:
        raise _refusal(reply)
    return reply.data


def download(account: ProviderAccount, url: str, *, largest: int) -> Fetched:
    """A picture of a text, a recording of a call. Raises `NotThere`.

    Our credentials go to Twilio's own interface only, which leads on to where the file lies.
    """
    is_own = url.startswith(calling.url_of("twilio", ""))
    headers = authorization(account) if is_own else {}
    return calling.download(url, hosts=MEDIA_HOSTS, largest=largest, headers=headers)


def authorization(account: ProviderAccount) -> Mapping[str, str]:
    name, word = account.option("api_key", ""), account.secret("api_key_secret")
    if not (name and word):
        name, word = account.option("account_sid", ""), account.secret("auth_token")
    return {"Authorization": "Basic " + base64.b64encode(f"{name}:{word}".encode()).decode()}


def _refusal(reply: calling.Reply) -> Exception:
    code = str(reply.data.get("code") or reply.status)
    words = meaning_of(code, said=str(reply.data.get("message") or ""))
    if reply.status == 429 or code in PASSING:
        return TryLater(words, seconds=_seconds(reply), code=code, whole_account=reply.status == 429)
    if reply.status == 401 or code in LOCKING:
        return LockedOut(words, code=code)
    if reply.status == 503:  # it says itself that it did nothing
        return TryLater(words, seconds=_seconds(reply), code=code)
    if reply.status >= 500 or reply.status == 408:
        return Uncertain(_("Twilio had a fault and may have taken it: look before you send it again."), code=code)
    return Rejected(words, code=code, is_unreachable=code in UNREACHABLE)


def _seconds(reply: calling.Reply) -> float | None:
    said = reply.headers.get("retry-after", "")
    return min(float(said[:9]), 3600.0) if said.isascii() and said.isdecimal() else None
