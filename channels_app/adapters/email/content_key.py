"""The content key: equal for two deliveries of one mail, different for any other (../docs/decisions on e-mail parsing).

Relays, filters and mailbox stores add and change *trace* fields on every hop; the author's program writes the rest.
So the key is SHA-256 over the author's header fields (name in lower case, value unfolded) in their order and the body
with its line ends made LF and blank lines at its end dropped. Left out, because two copies of one mail differ in them:

* trace: Received, Return-Path, Delivered-To, Envelope-To, Authentication-Results, ARC-*, Received-SPF, DKIM-Filter …
* signatures: DKIM-Signature, DomainKey-Signature (a relay may sign again; the body they cover is in the key itself)
* X-*: spam scores, scanner marks, original recipients
* what stores and lists add: Status, Content-Length, Lines, List-*, Precedence, Errors-To, Resent-*

Message-ID stays in: two letters with the same words sent on two days are two letters.
"""

from __future__ import annotations

import hashlib
import re

from .headers import read_headers

_DIFFERS_BY_DELIVERY = frozenset(
    b"received return-path delivered-to envelope-to envelope-from authentication-results received-spf "
    b"dkim-signature domainkey-signature dkim-filter domainkey-status old-authentication-results "
    b"status content-length lines errors-to precedence sender feedback-id apparently-to "
    b"bounces-to require-recipient-valid-since".split()
)
_PREFIXES = (b"x-", b"arc-", b"list-", b"resent-", b"authentication-")
_SPACE = re.compile(rb"[\x00-\x20]+")


def content_key(raw: bytes) -> str:
    """Hex SHA-256 that two deliveries of one mail share, whatever way and with whatever line ends they came."""
    headers, body_start = read_headers(raw, 0, len(raw), is_top=True)
    digest = hashlib.sha256()
    for name, value in headers.fields:
        lower = name.lower()
        if lower not in _DIFFERS_BY_DELIVERY and not lower.startswith(_PREFIXES):
            digest.update(lower + b":" + _SPACE.sub(b" ", value).strip() + b"\n")
    digest.update(b"\n")
    body = raw[body_start:].replace(b"\r\r\n", b"\n").replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    digest.update(body.rstrip(b"\n"))
    return digest.hexdigest()
