"""Links that open a conversation with one of our accounts and tell who comes: for the eyes of that customer only."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from django.utils.translation import gettext as _

from channels_app.messaging.routes import are_there
from channels_app.messaging.starting import start_for
from channels_app.models import ProviderAccount, ProviderKind
from customers.models import Customer
from tickets.models import Channel


@dataclass(frozen=True)
class StartLink:
    """`bot` is what to call the place: a name there, or our number."""

    bot: str
    url: str
    channel: str = ""

    @property
    def channel_label(self) -> str:
        return str(Channel(self.channel).label) if self.channel else ""


def start_links(customer: Customer, *, now: datetime) -> list[StartLink]:
    """To each of our accounts that a link can lead to, as far as we know its name there. They hold for a week."""
    if not are_there():
        return []
    accounts = ProviderAccount.objects.filter(kind__in=LINKS, is_active=True, problem="")
    start = start_for(customer, now=now)
    links = (LINKS[account.kind](account, start) for account in accounts.defer("sealed_secrets"))
    return [link for link in links if link]


def whatsapp_url(number: str, start: str) -> str:
    """WhatsApp carries nothing but the words that the person sends, so the signed one stands among them."""
    words = _("Hello!") + f" ({start})"
    return f"https://wa.me/{number}?text={quote(words)}"


def number_of(account: ProviderAccount) -> str:
    """Digits; empty where nobody has told."""
    shown = account.option("number") or account.facts.get("display_phone_number") or ""
    return "".join(char for char in str(shown) if char.isascii() and char.isdecimal())


def _telegram(account: ProviderAccount, start: str) -> StartLink | None:
    name = str(account.facts.get("username") or "")
    return StartLink(f"@{name}", f"https://t.me/{quote(name)}?start={start}", Channel.TELEGRAM) if name else None


def _whatsapp(account: ProviderAccount, start: str) -> StartLink | None:
    number = number_of(account)
    return StartLink(f"+{number}", whatsapp_url(number, start), Channel.WHATSAPP) if number else None


def _messenger(account: ProviderAccount, start: str) -> StartLink | None:
    name = str(account.facts.get("username") or account.external_id)
    return StartLink(account.name, f"https://m.me/{quote(name)}?ref={start}", Channel.MESSENGER) if name else None


def _instagram(account: ProviderAccount, start: str) -> StartLink | None:
    name = str(account.facts.get("username") or "")
    return StartLink(f"@{name}", f"https://ig.me/m/{quote(name)}?ref={start}", Channel.INSTAGRAM) if name else None


LINKS: Mapping[str, Callable[[ProviderAccount, str], StartLink | None]] = {
    ProviderKind.TELEGRAM: _telegram,
    ProviderKind.WHATSAPP: _whatsapp,
    ProviderKind.MESSENGER: _messenger,
    ProviderKind.INSTAGRAM: _instagram,
}
