"""May we write to this person, in this way, for this purpose? Asked by every door through which messages leave.

Nobody has to allow that their own question is answered; news need a yes (GDPR art. 6 and 7, ePrivacy directive
art. 13). Where nothing was said, `DEFAULTS` decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar

from django.db import connection, transaction
from django.utils import timezone

from customers.actors import Actor
from customers.events import Event, record
from customers.models import Customer, IdentityKind
from customers.models.consent import Consent, ConsentSource, ContactChannel, Purpose

DEFAULTS: Mapping[str, bool] = {Purpose.SUPPORT: True, Purpose.SURVEY: True, Purpose.OUTREACH: False}

# The identities by which each channel reaches people.
REACHED_BY: Mapping[str, IdentityKind] = {
    ContactChannel.EMAIL: IdentityKind.EMAIL,
    ContactChannel.SMS: IdentityKind.PHONE,
    ContactChannel.PHONE: IdentityKind.PHONE,
    ContactChannel.WHATSAPP: IdentityKind.WHATSAPP,
    ContactChannel.MESSENGER: IdentityKind.MESSENGER,
    ContactChannel.INSTAGRAM: IdentityKind.INSTAGRAM,
    ContactChannel.TELEGRAM: IdentityKind.TELEGRAM,
    ContactChannel.X: IdentityKind.X,
    ContactChannel.CHAT: IdentityKind.CHAT,
}


@dataclass(frozen=True)
class ConsentChanged(Event):
    kind: ClassVar[str] = "consent.changed"
    channel: str
    purpose: str
    is_given: bool
    source: str
    evidence: str = ""


@dataclass(frozen=True)
class Standing:
    """What is in force, and the row of the ledger that says so; None where the default does."""

    channel: str
    purpose: str
    is_given: bool
    said: Consent | None = None

    @property
    def channel_label(self) -> str:
        return str(ContactChannel(self.channel).label)

    @property
    def purpose_label(self) -> str:
        return str(Purpose(self.purpose).label)


def standings(customer: Customer) -> list[Standing]:
    """All that could be asked for: each channel by which the customer can be reached × each purpose."""
    reachable = set(customer.identities.values_list("kind", flat=True))
    newest = Consent.objects.filter(customer=customer).order_by("channel", "purpose", "-pk")
    said = {(row.channel, row.purpose): row for row in newest.distinct("channel", "purpose")}
    channels = [c for c in ContactChannel.values if REACHED_BY[c] in reachable or any(key[0] == c for key in said)]
    return [_standing(channel, purpose, said) for channel in channels for purpose in Purpose.values]


def may_contact(customer: Customer, channel: str, purpose: str) -> bool:
    newest = Consent.objects.filter(customer=customer, channel=channel, purpose=purpose).order_by("-pk").first()
    return newest.is_given if newest else DEFAULTS[purpose]


def unwilling(ids: Iterable[int], channel: str, purpose: str) -> set[int]:
    """Those of these customers for whom `may_contact` says no; one statement."""
    wanted = set(ids)
    said = Consent.objects.filter(customer__in=wanted, channel=channel, purpose=purpose)
    newest = said.order_by("customer", "-pk").distinct("customer").values_list("customer", "is_given")
    in_force = dict.fromkeys(wanted, DEFAULTS[purpose]) | dict(newest)
    return {customer for customer, is_given in in_force.items() if not is_given}


# An address that we have of nobody has no consent to look up: the default holds for it.
IN_FORCE = """
SELECT a.value, c.is_given FROM unnest(%s::text[]) AS a(value)
LEFT JOIN customers_identity i ON i.kind = %s AND i.value = a.value
LEFT JOIN LATERAL (
  SELECT is_given FROM customers_consent
  WHERE customer_id = i.customer_id AND channel = %s AND purpose = %s ORDER BY id DESC LIMIT 1
) c ON true
"""


def refusing(addresses: Iterable[str], channel: str, purpose: str) -> list[str]:
    """Those of `addresses` that must not be written to; one statement, in the order in which they came."""
    spellings = {address: _spellings(address) for address in addresses}
    with connection.cursor() as cursor:
        every = sorted({spelling for those in spellings.values() for spelling in those})
        cursor.execute(IN_FORCE, [every, REACHED_BY[channel], channel, purpose])
        said = {value: is_given for value, is_given in cursor.fetchall() if is_given is not None}
    return [address for address, those in spellings.items() if not _is_wanted(those & said.keys(), said, purpose)]


def _spellings(address: str) -> set[str]:
    """A domain may be written in its own letters or in ASCII (RFC 5890 §2.3.2.1), and is the same."""
    lower = address.lower()
    local, at, domain = lower.rpartition("@")
    try:
        return {lower, local + at + domain.encode("idna").decode(), local + at + domain.encode().decode("idna")}
    except UnicodeError:
        return {lower}


def _is_wanted(known: set[str], said: Mapping[str, bool], purpose: str) -> bool:
    return all(said[spelling] for spelling in known) if known else DEFAULTS[purpose]


@transaction.atomic
def set_consent(
    customer: Customer,
    channel: str,
    purpose: str,
    is_given: bool,
    *,
    actor: Actor,
    source: str = ConsentSource.AGENT,
    evidence: str = "",
    now: datetime | None = None,
) -> Consent | None:
    """Write down what was said; None when the same is in force already and nothing new shows it."""
    Customer.objects.select_for_update(no_key=True).only("pk").get(pk=customer.pk)
    newest = Consent.objects.filter(customer=customer, channel=channel, purpose=purpose).order_by("-pk").first()
    if newest and newest.is_given == is_given and not evidence:
        return None
    now = now or timezone.now()
    said = Consent.objects.create(
        customer=customer, channel=channel, purpose=purpose, is_given=is_given, source=source,
        evidence=evidence[:300], actor_user=actor.user, actor_name=actor.name[:200], created_at=now,
    )  # fmt: skip
    record(customer, ConsentChanged(channel, purpose, is_given, source, evidence[:300]), actor=actor, now=now)
    return said


def _standing(channel: str, purpose: str, said: Mapping[tuple[str, str], Consent]) -> Standing:
    row = said.get((channel, purpose))
    return Standing(channel, purpose, row.is_given if row else DEFAULTS[purpose], row)
