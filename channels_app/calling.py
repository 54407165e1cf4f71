"""Calls of providers' interfaces, and fetching what they point to: one guarded way out for all adapters."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urljoin, urlsplit

from django.conf import settings
from django.utils.translation import gettext_lazy as _
from urllib3.filepost import encode_multipart_formdata

from channels_app.base import Fetched, NotThere, TryLater, Uncertain
from channels_app.masking import masked
from channels_app.messaging.text import storable_json
from helpdesk.lib import outside

TIMEOUT = 10.0  # seconds
LARGEST_ANSWER = 1024 * 1024  # bytes
MAX_REDIRECTS = 3
REDIRECTS = (301, 302, 303, 307, 308)


@dataclass(frozen=True)
class Reply:
    """What a provider answered. `data` is its JSON, as it may be stored; {} where it sent none."""

    status: int
    data: dict[str, Any]
    headers: Mapping[str, str]  # names in lower case

    @property
    def is_ok(self) -> bool:
        return 200 <= self.status < 300


def url_of(provider: str, path: str) -> str:
    """`path` below the provider's address in settings.PROVIDER_URLS."""
    return f"{settings.PROVIDER_URLS[provider].rstrip('/')}/{path.lstrip('/')}"


def call(
    method: str,
    url: str,
    *,
    json_body: Any = None,
    form: Collection[tuple[str, str]] | None = None,
    raw: bytes | None = None,
    headers: Mapping[str, str] | None = None,
    trusted: Collection[str] = (),
) -> Reply:
    """One call of a provider's interface; what its answer means is for the adapter to say.

    `trusted` hosts (`name:port`) may be private: addresses that admins gave, never those of strangers.
    Raises `TryLater` when nobody was reached (nothing was sent for certain), `Uncertain` when the call went out and no
    answer came.
    """
    wanted = dict(headers or {})
    body = raw
    if json_body is not None:
        body = json.dumps(json_body).encode()
        wanted["Content-Type"] = "application/json"
    elif form is not None:
        body = urlencode(list(form)).encode()
        wanted["Content-Type"] = "application/x-www-form-urlencoded"
    try:
        known = stand_ins() | set(trusted)
        answer = outside.ask(method, url, body, wanted, trusted=known, timeout=TIMEOUT, largest=LARGEST_ANSWER)
    except outside.NotAllowed as error:
        raise TryLater(_("The provider's name leads to an address that is not public.")) from error
    except outside.NotReached as error:
        raise TryLater(_("The provider could not be reached."), code="unreachable") from error
    except outside.Unreachable as error:
        raise Uncertain(_("The provider did not answer: it may have taken the message.")) from error
    said = answer.body if answer.status < 400 else masked(answer.body, url, wanted, form or ())
    return Reply(answer.status, _object(said), answer.headers)


def download(url: str, *, hosts: Collection[str], largest: int, headers: Mapping[str, str] | None = None) -> Fetched:
    """The file at `url`: from one of the provider's `hosts` (a name, or ".name" for all below it), ≤ `largest` bytes.

    Redirects lead to other public hosts of the same list; `headers` (a token) go to the first address only.
    Raises `NotThere`.
    """
    sent = dict(headers or {})
    for _hop in range(MAX_REDIRECTS + 1):
        _refuse_foreign(url, hosts)
        try:
            answer = outside.ask("GET", url, None, sent, trusted=stand_ins(), timeout=30, largest=largest + 1)
        except outside.NotAllowed as error:
            raise NotThere(_("The file is at an address that may not be asked.")) from error
        except outside.Unreachable as error:
            raise NotThere(_("The provider did not hand the file over."), may_come_back=True) from error
        if answer.status in REDIRECTS and (target := answer.headers.get("location")):
            url, sent = _next_address(url, target), {}
            continue
        if answer.status != 200:
            gone = answer.status in (400, 401, 403, 404, 410)
            raise NotThere(_("The provider does not have the file any more."), may_come_back=not gone)
        if len(answer.body) > largest:
            raise NotThere(_("The file is larger than files may be."))
        return Fetched(answer.body, answer.headers.get("content-type", "").partition(";")[0].strip())
    raise NotThere(_("The file could not be found: one address pointed to the next."))


def multipart(
    fields: Mapping[str, str], name: str, filename: str, content_type: str, content: bytes
) -> tuple[bytes, str]:
    """A form with one file: its bytes and its content type (RFC 7578)."""
    return encode_multipart_formdata({**fields, name: (filename, content, content_type)})


def stand_ins() -> set[str]:
    """`host:port` of providers that settings put elsewhere: the admin's own, also where they are not public."""
    found = set()
    for url in settings.PROVIDER_URLS.values():
        parts = urlsplit(url)
        if parts.scheme == "http" and parts.hostname:
            found.add(f"{parts.hostname}:{parts.port or 80}")
    return found


def _next_address(url: str, target: str) -> str:
    try:
        return urljoin(url, target)
    except ValueError as error:  # "http://["
        raise NotThere(_("The file is at an address that may not be asked.")) from error


def _refuse_foreign(url: str, hosts: Collection[str]) -> None:
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").lower()
        is_stand_in = f"{host}:{parts.port or 80}" in stand_ins()
    except ValueError as error:
        raise NotThere(_("The file is at an address that may not be asked.")) from error
    named = any(host == one or (one.startswith(".") and host.endswith(one)) for one in hosts)
    if not (named or is_stand_in):
        raise NotThere(_("The file is at an address that may not be asked."))


def _object(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except (ValueError, RecursionError):
        return {}
    cleaned: Any = storable_json(read)
    return cleaned if isinstance(cleaned, dict) else {"list": cleaned}
