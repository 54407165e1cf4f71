"""How an account fares, in a word and a sentence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.models import ProviderAccount

EXPIRES_SOON = timedelta(days=10)
REFUSED_LATELY = timedelta(hours=1)
# Meta's colours of a number: how its messages were received lately.
QUALITY = {
    "GREEN": gettext_lazy("high"),
    "YELLOW": gettext_lazy("medium: people block or report messages of this number"),
    "RED": gettext_lazy("low: Meta may send less for this number"),
}


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
    if _goes_elsewhere(account):
        return Health(
            "amber",
            _("goes elsewhere"),
            _("The provider sends what comes in to another address: put in the one below, and test the connection."),
        )
    if _is_refused_lately(account, now):
        return Health(
            "amber",
            _("wrong signatures"),
            _("Calls with a wrong signature came in the last hour: is the secret the right one?"),
        )
    if account.first_event_at is None:
        return Health("blue", _("waiting for the first event"), _("Nothing has come from the provider yet."))
    return Health("green", _("connected"))


def _goes_elsewhere(account: ProviderAccount) -> bool:
    """As the provider told when it was asked, and nothing has come since."""
    asked_at = parse_datetime(str(account.facts.get("probed_at", "")))
    if account.facts.get("comes_to_us") is not False or asked_at is None:
        return False
    return account.last_event_at is None or account.last_event_at < asked_at


def told_by_provider(account: ProviderAccount) -> list[tuple[str, str]]:
    """What it said of us when it was asked last: a label and its words."""
    facts = account.facts
    named = (
        (_("Name"), facts.get("verified_name") or facts.get("name")),
        (_("Known as"), f"@{name}" if (name := facts.get("username") or facts.get("handle")) else ""),
        (_("Quality"), QUALITY.get(str(facts.get("quality_rating", "")).upper(), "")),
        (_("Waits at the provider"), facts.get("waiting")),
        (_("The provider’s last trouble with us"), facts.get("last_error")),
    )
    can = (
        (_("Calls"), facts.get("can_call")),
        (_("Texts"), facts.get("can_text")),
        (_("Pictures"), facts.get("can_send_pictures")),
        (_("Tells when calls end"), facts.get("tells_states")),
        (_("Comes to us"), facts.get("comes_to_us") if _goes_elsewhere(account) else facts.get("comes_to_us") or None),
    )
    said = [(label, _("yes") if value else _("no")) for label, value in can if isinstance(value, bool)]
    return [(label, str(value)) for label, value in named if value] + said


def _is_refused_lately(account: ProviderAccount, now: datetime) -> bool:
    """And nothing that was right has come since."""
    refused = account.last_refused_at
    if refused is None or refused < now - REFUSED_LATELY:
        return False
    return account.last_event_at is None or account.last_event_at < refused
