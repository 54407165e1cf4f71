"""How an account fares, in a word and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _

from channels_app.models import ProviderAccount

EXPIRES_SOON = timedelta(days=10)
REFUSED_LATELY = timedelta(hours=1)


@dataclass(frozen=True)
class Health:
    """`tone` is that of a pill: green, amber, red, slate, blue."""

    tone: str
    word: str
    sentence: str = ""


def health_of(account: ProviderAccount, *, now: datetime | None = None) -> Health:
    """What matters most of all that is known."""
    now = now or timezone.now()
    if not account.is_active:
        return Health("slate", _("paused"), _("What comes in is kept and read later; what goes out waits."))
    if account.problem:
        return Health("red", _("broken"), account.problem)
    if account.token_expires_at and account.token_expires_at <= now:
        return Health("red", _("expired"), _("The access token is too old: put in a new one."))
    if account.paused_until and account.paused_until > now:
        return Health("amber", _("waiting"), _("The provider asked us to wait; it goes on by itself."))
    if account.token_expires_at and account.token_expires_at <= now + EXPIRES_SOON:
        days = (account.token_expires_at - now).days
        return Health("amber", _("expires soon"), _("The access token ends in %(days)s days.") % {"days": days})
    if _is_refused_lately(account, now):
        return Health(
            "amber",
            _("wrong signatures"),
            _("Calls with a wrong signature came in the last hour: is the secret the right one?"),
        )
    if account.first_event_at is None:
        return Health("blue", _("waiting for the first event"), _("Nothing has come from the provider yet."))
    return Health("green", _("connected"))


def _is_refused_lately(account: ProviderAccount, now: datetime) -> bool:
    """And nothing that was right has come since."""
    refused = account.last_refused_at
    if refused is None or refused < now - REFUSED_LATELY:
        return False
    return account.last_event_at is None or account.last_event_at < refused
