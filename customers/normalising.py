"""The one spelling under which an identity is stored and compared. What was normalised stays as it is."""

from __future__ import annotations

import re
from collections.abc import Callable

from django.utils.translation import gettext as _

from customers.errors import Refused
from customers.models import IdentityKind
from customers.phones import e164, readable

LONGEST = 320  # characters, what the column takes
BUSINESS_SCOPED = re.compile(r"[A-Z]{2}\.(?:ENT\.)?[A-Za-z0-9]{1,128}")  # WhatsApp's id for who hides the number
# A name is kept with its @, so that it is never taken for an id: X has names of digits only.
HANDLES = {
    IdentityKind.TELEGRAM: (re.compile(r"[a-z][a-z0-9_]{3,31}"), ("t.me/", "telegram.me/")),
    IdentityKind.X: (re.compile(r"[a-z0-9_]{1,15}"), ("x.com/", "twitter.com/")),
    IdentityKind.INSTAGRAM: (re.compile(r"[a-z0-9_.]{1,30}"), ("instagram.com/",)),
    IdentityKind.MESSENGER: (
        re.compile(r"[a-z0-9.]{5,50}"),
        ("m.me/", "facebook.com/", "m.facebook.com/", "messenger.com/t/"),
    ),
}
WEB = re.compile(r"(?:https?://)?(?:www\.|mobile\.)?", re.IGNORECASE)


def normalise(kind: str, value: str, *, country: str = "") -> str:
    """`country` is whose a telephone number is that does not say. `Refused` for what no such identity can look like;
    e-mail addresses are only lowered here, because mail comes from stranger ones than anybody would type.
    """
    if kind == IdentityKind.EMAIL:
        return value.strip().lower()
    if kind not in IdentityKind.values:
        raise ValueError(f"unknown identity kind {kind!r}")
    value = value.strip()
    if not value:
        raise Refused(_("Nothing was written."), field="value")
    if len(value) > LONGEST or not value.isprintable():
        raise Refused(_("This is too long, or has characters that cannot be seen."), field="value")
    return _NORMALISERS[IdentityKind(kind)](value, country)


def _phone(value: str, country: str) -> str:
    return e164(value, country)


def _whatsapp(value: str, country: str) -> str:
    """A number; WhatsApp itself leaves out the +. Or the id by which it names who hides the number."""
    if BUSINESS_SCOPED.fullmatch(value):
        return value
    if country or not re.fullmatch(r"[1-9][0-9]{7,14}", value):
        return e164(value, country)
    return e164(f"+{value}")


def _handle(kind: IdentityKind) -> Callable[[str, str], str]:
    pattern, hosts = HANDLES[kind]

    def normalised(value: str, country: str) -> str:
        if re.fullmatch(r"-?[0-9]{1,40}", value, re.ASCII):
            return value
        name = WEB.sub("", value, count=1)
        host = next((host for host in hosts if name.lower().startswith(host)), "")
        name = re.split(r"[/?#]", name[len(host) :].removeprefix("@"))[0].lower()
        if not pattern.fullmatch(name):
            reason = _("“%(value)s” is no name or id on %(channel)s.")
            raise Refused(reason % {"value": value[:80], "channel": kind.label}, field="value")
        return f"@{name}"

    return normalised


def _as_it_is(value: str, country: str) -> str:
    return value


_NORMALISERS: dict[IdentityKind, Callable[[str, str], str]] = {
    IdentityKind.PHONE: _phone,
    IdentityKind.WHATSAPP: _whatsapp,
    **{kind: _handle(kind) for kind in HANDLES},
    IdentityKind.CHAT: _as_it_is,
    IdentityKind.EXTERNAL: _as_it_is,
}


def shown(kind: str, value: str) -> str:
    """As people read it."""
    return readable(value) if kind in (IdentityKind.PHONE, IdentityKind.WHATSAPP) else value


def name_from(kind: str, value: str) -> str:
    """What to call somebody of whom only this is known."""
    match kind:
        case IdentityKind.EMAIL:
            return value.partition("@")[0]
        case IdentityKind.CHAT | IdentityKind.EXTERNAL:
            return ""
    return shown(kind, value) if value.startswith(("+", "@")) else ""
