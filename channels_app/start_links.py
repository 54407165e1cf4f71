"""Links that open a conversation with one of our bots and tell who comes: for the eyes of that customer only."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from channels_app.messaging.people import start_for
from channels_app.messaging.routes import are_there
from channels_app.models import ProviderAccount, ProviderKind
from customers.models import Customer


@dataclass(frozen=True)
class StartLink:
    bot: str
    url: str


def start_links(customer: Customer, *, now: datetime) -> list[StartLink]:
    """To each bot at Telegram whose name we know. They hold for a week, for whoever opens them."""
    if not are_there():
        return []
    bots = ProviderAccount.objects.filter(kind=ProviderKind.TELEGRAM, is_active=True).exclude(facts__username=None)
    names = [str(bot.facts["username"]) for bot in bots.only("kind", "name", "facts") if bot.facts["username"]]
    start = start_for(customer, now=now) if names else ""
    return [StartLink(f"@{name}", f"https://t.me/{name}?start={start}") for name in names]
