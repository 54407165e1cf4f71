"""Did our own mail server find that a mail really comes from the domain in its From header? (RFC 8601, RFC 7489)"""

from __future__ import annotations

import re
from collections.abc import Iterable

from customers.identify import domain_of

_COMMENT = re.compile(r"\([^()]*\)")
_PROPERTY = re.compile(r"([a-z]+)\.([a-z]+)\s*=\s*\"?([^\s;\"]+)", re.IGNORECASE)
_RESULT = re.compile(r"\s*([a-z0-9-]+)\s*=\s*([a-z]+)", re.IGNORECASE)


def is_authentic(sender: str, results: Iterable[str], authserv_id: str) -> bool:
    """True when a header of `authserv_id` reports an aligned DKIM pass, or SPF together with DMARC.

    Headers under another name are claims of strangers. Without an `authserv_id` no mail is authentic: then nobody in
    front of us removes forged headers either.
    """
    if not authserv_id:
        return False
    checks = [check for header in results for check in _checks(header, authserv_id)]
    domain = domain_of(sender)
    if any(method == "dkim" and result == "pass" and _is_aligned(found, domain) for method, result, found in checks):
        return True
    spf = any(method == "spf" and result == "pass" and _is_aligned(found, domain) for method, result, found in checks)
    return spf and any(method == "dmarc" and result == "pass" for method, result, _found in checks)


def _checks(header: str, authserv_id: str) -> Iterable[tuple[str, str, str]]:
    """(method, result, domain that was checked) for each result, if the header is written under `authserv_id`."""
    name, *results = _without_comments(header).split(";")
    if not authserv_id or not name.split() or name.split()[0].lower() != authserv_id.lower():
        return
    for result in results:
        if match := _RESULT.match(result):
            named = {f"{kind}.{key}".lower(): value for kind, key, value in _PROPERTY.findall(result)}
            found = named.get("header.d") or named.get("header.i") or named.get("smtp.mailfrom") or ""
            yield match[1].lower(), match[2].lower(), domain_of(found) if "@" in found else found.lower()


def _without_comments(header: str) -> str:
    for _level in range(5):
        shorter = _COMMENT.sub(" ", header)
        if shorter == header:
            break
        header = shorter
    return header


def _is_aligned(found: str, domain: str) -> bool:
    """The domain itself or one above it; one below it may belong to somebody else's customer."""
    return bool(found) and "." in found and (domain == found or domain.endswith(f".{found}"))
