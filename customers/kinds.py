"""How the kinds of identities are drawn."""

from __future__ import annotations

from customers.models import IdentityKind

ICONS: dict[str, str] = {
    IdentityKind.EMAIL: "mail",
    IdentityKind.PHONE: "phone",
    IdentityKind.WHATSAPP: "message-circle",
    IdentityKind.MESSENGER: "message-circle",
    IdentityKind.INSTAGRAM: "image",
    IdentityKind.TELEGRAM: "send",
    IdentityKind.X: "at-sign",
    IdentityKind.CHAT: "message-square",
    IdentityKind.EXTERNAL: "hash",
}


def icon_of(kind: str) -> str:
    return ICONS.get(kind, "hash")
