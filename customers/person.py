"""By what one person is found everywhere: their records, their addresses, their names."""

from __future__ import annotations

import hmac
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from django.conf import settings
from django.db.models import Q

from customers.models import PROOFS, Customer, CustomerMerge, Identity, PrivacyJob, RecordEvent
from helpdesk.lib.masking import Mask
from helpdesk.lib.sealing import seal, unseal

SHORTEST_NAME = 3  # a name of two letters would be found in every text
# An external id may be "42" or "open": looked for in every column, it would tear apart what is about others.
TELLING = re.compile(r"[^@\s]+@\S+|\+[0-9]{8,15}|@\w{6,}|\S{16,}")


@dataclass(frozen=True)
class Person:
    """`customers` are the ids of the record and of all that were merged into it; `addresses` identities of any kind."""

    customers: tuple[int, ...]
    addresses: tuple[str, ...]
    names: tuple[str, ...]

    @cached_property
    def telling(self) -> tuple[str, ...]:
        """The addresses that are nobody else's word: mail, telephone, long ids. The others are only compared."""
        return tuple(address for address in self.addresses if TELLING.fullmatch(address))

    @cached_property
    def mask(self) -> Mask:
        """What names the person: the addresses and the names as wholes."""
        return Mask([*self.telling, *self.names], whole=True)

    @cached_property
    def address_mask(self) -> Mask:
        return Mask(self.telling, whole=True)

    def seal(self) -> str:
        return seal(json.dumps([self.customers, self.addresses, self.names]))


def person_of(customer: Customer) -> Person:
    ids = [customer.pk, *_merged_into([customer.pk])]
    values = Identity.objects.filter(customer__in=ids).order_by("pk").values_list("value", flat=True)
    names = Customer.objects.filter(pk__in=ids).values_list("name", flat=True)
    addresses = dict.fromkeys([*values, *_addresses_before(ids)])
    return Person(tuple(ids), tuple(addresses), _names([*names, *_names_before(ids)]))


def person_in(job: PrivacyJob) -> Person:
    """As it was when the job was begun. Raises `helpdesk.lib.sealing.CannotOpen`."""
    customers, addresses, names = json.loads(unseal(job.sealed))
    return Person(tuple(customers), tuple(addresses), tuple(names))


def digest_of(kind: str, value: str) -> str:
    """What a tombstone keeps of an address: nobody without SECRET_KEY can try addresses against it."""
    key = f"onethread.tombstone\0{settings.SECRET_KEY}".encode()
    return hmac.new(key, f"{kind}\0{value}".encode(), sha256).hexdigest()


def _merged_into(ids: Iterable[int]) -> list[int]:
    found: list[int] = []
    wave = list(ids)
    while wave:
        merged = Customer.objects.filter(merged_into__in=wave).order_by("pk")
        wave = [pk for pk in merged.values_list("pk", flat=True) if pk not in found]
        found += wave
    return found


def _names_before(ids: Iterable[int]) -> list[str]:
    """Names that records had before they were merged or renamed: rows forget them, audit and merges do not."""
    ids = list(ids)
    said = RecordEvent.objects.filter(customer__in=ids, kind="record.changed", payload__field="name")
    names = [name for row in said for name in (row.payload.get("old"), row.payload.get("new"))]
    for merge in CustomerMerge.objects.filter(Q(survivor__in=ids) | Q(merged__in=ids)):
        sides = ((merge.survivor_id, merge.survivor_before), (merge.merged_id, merge.merged_before))
        names += [before.get("name") for pk, before in sides if pk in ids]
    return [str(name) for name in names if name]


def _addresses_before(ids: Iterable[int]) -> list[str]:
    """What was proved to be theirs, was taken off the record since, and is nobody's now."""
    said = RecordEvent.objects.filter(
        customer__in=list(ids), kind="identity.removed", payload__proved_by__in=[str(proof) for proof in PROOFS]
    )
    removed = [str(event.payload["value"]) for event in said if event.payload.get("value")]
    taken = set(Identity.objects.filter(value__in=removed).values_list("value", flat=True))
    return [value for value in removed if value not in taken]


def _names(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for each in names if len(name := each.strip()) >= SHORTEST_NAME))
