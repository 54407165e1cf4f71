"""What customers have allowed or refused, as conditions over customers: “e-mail, for news and offers”."""

from __future__ import annotations

from itertools import product

from django.db.models import Exists, F, OuterRef, QuerySet, Value
from django.db.models.functions import Concat

from customers.models import Consent, ContactChannel, Purpose
from tickets.conditions.people_words import HasOneOf


class Contact(HasOneOf):
    """A channel with a purpose, as "email:outreach"."""

    def __init__(self) -> None:
        super().__init__(Purpose)  # for its operators
        pairs = list(product(ContactChannel, Purpose))
        self._pairs = {f"{channel.value}:{purpose.value}": (channel, purpose) for channel, purpose in pairs}
        self._labels = {key: key for key in self._pairs}
        self._values = list(self._pairs)

    def choices(self) -> list[tuple[str, str]]:
        return [(key, f"{channel.label}: {purpose.label}") for key, (channel, purpose) in self._pairs.items()]


def given() -> QuerySet[Consent]:
    return _in_force().filter(is_given=True)


def refused() -> QuerySet[Consent]:
    return _in_force().filter(is_given=False)


def _in_force() -> QuerySet[Consent]:
    """The newest word on each; what nobody said is neither allowed nor refused here."""
    same = {"customer": OuterRef("customer"), "channel": OuterRef("channel"), "purpose": OuterRef("purpose")}
    newer = Consent.objects.filter(**same, pk__gt=OuterRef("pk"))
    said = Consent.objects.filter(~Exists(newer), customer=OuterRef("pk"))
    return said.annotate(contact=Concat(F("channel"), Value(":"), F("purpose")))
