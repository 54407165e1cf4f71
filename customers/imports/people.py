"""A chunk of rows becomes customers: a handful of statements, whatever the number of rows.

A row is taken as a whole or left out with what is wrong with it. Rows of one chunk that name the same person are the
same person, as they would be in two chunks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.utils.translation import gettext as _

from customers import fields as custom
from customers.actors import Actor
from customers.columns import said
from customers.events import Event, RecordChanged, RecordCreated
from customers.identify import PUBLIC_MAIL_PROVIDERS, domain_of
from customers.imports.cells import KINDS, Cells, Key, Read
from customers.imports.problems import Problem
from customers.models import (
    Customer,
    Identity,
    ImportJob,
    MatchBy,
    Organisation,
    ProvedBy,
    RecordEvent,
    Tombstone,
)
from customers.person import digest_of
from customers.signals import timeline_changed


@dataclass
class Tally:
    created: int = 0
    updated: int = 0
    unchanged: int = 0
    failed: int = 0


@dataclass
class _Touched:
    """A customer of this chunk, known or new, with what happens to it."""

    customer: Customer
    is_new: bool
    changes: dict[str, list[Any]] = field(default_factory=dict)  # field → [old, new]
    identities: list[Key] = field(default_factory=list)


class People:
    """Writes rows of one job; keeps between chunks what it has looked up."""

    def __init__(self, job: ImportJob, *, actor: Actor, is_dry: bool) -> None:
        self.job, self.actor, self.is_dry = job, actor, is_dry
        self.cells = Cells(job)
        self.organisations: dict[str, Organisation | None] = {}
        self.employers: dict[str, Organisation | None] = {}
        self.people: dict[Key, _Touched] = {}  # a dry run keeps those that it would have created

    def write(self, rows: Sequence[tuple[int, Mapping[str, str]]], *, now: datetime) -> tuple[Tally, list[Problem]]:
        """`rows` are (number in the file, target → text). Inside a transaction of the caller's."""
        self.problems: list[Problem] = []
        self.tally, self.now = Tally(), now
        read = []
        for number, cells in rows:
            one, wrong = self.cells.read(number, cells)
            self.problems += wrong
            if not wrong:
                read.append(one)
        self._look_up_organisations(read)
        self._look_up_people(read)
        for one in read:
            self._take(one)
        self.tally.failed = len({problem.row for problem in self.problems})
        if not self.is_dry:
            self._store()
        return self.tally, self.problems

    def forget(self) -> None:
        """What was looked up, after a chunk was rolled back."""
        self.organisations.clear()
        self.employers.clear()

    # Whom they name

    def _look_up_organisations(self, rows: Sequence[Read]) -> None:
        wanted = {row.organisation for row in rows if row.organisation and row.organisation not in self.organisations}
        if wanted:
            lowered = {name.lower(): name for name in wanted}
            found = Organisation.objects.extra(where=["lower(name) = ANY(%s)"], params=[list(lowered)])
            known = {row.name.lower(): row for row in found}
            self.organisations |= {name: known.get(name.lower()) for name in wanted}
        domains = {domain_of(row.keys["email"][1]) for row in rows if "email" in row.keys} - self.employers.keys()
        domains -= PUBLIC_MAIL_PROVIDERS
        if domains:
            self.employers |= dict.fromkeys(domains)
            for employer in Organisation.objects.filter(domains__overlap=sorted(domains)):
                self.employers |= {domain: employer for domain in employer.domains if domain in domains}

    def _look_up_people(self, rows: Sequence[Read]) -> None:
        """Every address of the chunk in one statement, and their records locked in one more."""
        keys = {key for row in rows for key in row.keys.values()}
        found = Identity.objects.filter(value__in={value for _kind, value in keys})
        owners = {(kind, value): pk for kind, value, pk in found.values_list("kind", "value", "customer_id")}
        customers = Customer.objects.filter(pk__in=set(owners.values())).order_by("pk").select_related("organisation")
        if not self.is_dry:
            customers = customers.select_for_update(of=("self",), no_key=True)
        by_id = {customer.pk: _Touched(customer, is_new=False) for customer in customers}
        unknown = {digest_of(kind, value): (kind, value) for kind, value in keys - owners.keys()}
        buried = Tombstone.objects.filter(digest__in=list(unknown)).values_list("digest", flat=True)
        self.erased = {unknown[digest] for digest in buried}
        stays = self.people if self.is_dry else {}
        self.people = stays | {key: by_id[pk] for key, pk in owners.items() if key in keys and pk in by_id}
        self.touched: list[_Touched] = list(by_id.values())

    def _take(self, row: Read) -> None:
        """Decide what the row is; nothing is changed before all of it is clear."""
        person, refusal = self._match(row)
        claimed = [target for target, key in row.keys.items() if self.people.get(key) not in (None, person)]
        if not refusal and claimed:
            refusal = (claimed[0], _("This belongs to another record (%(id)s).") % {
                "id": self.people[row.keys[claimed[0]]].customer.pk or _("of this file")
            })  # fmt: skip
        if not refusal and (buried := [target for target, key in row.keys.items() if key in self.erased]):
            refusal = (buried[0], _("This record was merged or erased."))
        is_missing = bool(row.organisation) and self.organisations[row.organisation] is None
        if not refusal and is_missing and not self.job.create_organisations:
            refusal = ("organisation", _("There is no organisation “%(name)s”.") % {"name": row.organisation[:80]})
        if refusal:
            target, reason = refusal
            self._wrong(row.number, target, row.keys[target][1] if target in row.keys else row.organisation, reason)
            return
        if person and not self.job.update_existing:
            self.tally.unchanged += 1
            return
        self._apply(row, person)

    def _match(self, row: Read) -> tuple[_Touched | None, tuple[str, str] | None]:
        by = list(KINDS) if self.job.match_by == MatchBy.ANY else [self.job.match_by]
        person = next(
            (self.people[row.keys[target]] for target in by if self.people.get(row.keys.get(target, ("", "")))), None
        )
        if person and (person.customer.merged_into_id or person.customer.erased_at):
            return person, (by[0], _("This record was merged or erased."))
        return person, None

    def _apply(self, row: Read, person: _Touched | None) -> None:
        is_new = person is None
        if person is None:
            person = _Touched(Customer(created_at=self.now), is_new=True)
            self.touched.append(person)
        values = dict(row.values)
        if row.organisation:
            values["organisation"] = self._organisation(row.organisation)
        elif is_new and "email" in row.keys:
            values["organisation"] = self.employers.get(domain_of(row.keys["email"][1]))
        if is_new and not values.get("name") and "email" in row.keys:
            values["name"] = row.keys["email"][1].partition("@")[0][:200]
        changed = [name for name, value in values.items() if self._set(person, name, value)]
        added = [key for key in row.keys.values() if key not in self.people]
        for key in added:
            self.people[key] = person
            person.identities.append(key)
        if is_new:
            self.tally.created += 1
        elif changed or added:
            self.tally.updated += 1
        else:
            self.tally.unchanged += 1

    def _organisation(self, name: str) -> Organisation:
        found = self.organisations[name]
        if found is None:
            found = Organisation(name=name)
            if not self.is_dry:
                found = Organisation.objects.get_or_create(name=name)[0]
                event = RecordCreated("import")
                RecordEvent.objects.bulk_create([self._event(event, organisation=found)])
            same = [other for other in self.organisations if other.lower() == name.lower()]
            self.organisations |= dict.fromkeys(same, found)
        return found

    def _set(self, person: _Touched, name: str, value: Any) -> bool:
        customer = person.customer
        if name.startswith(custom.PREFIX):
            key = name.removeprefix(custom.PREFIX)
            old = customer.custom_fields.get(key)
            if old == value:
                return False
            customer.custom_fields = {**customer.custom_fields, key: value}
        else:
            old = getattr(customer, name)
            if old == value or (name == "tags" and sorted(old) == sorted(value)):
                return False
            setattr(customer, name, value)
        first = person.changes.get(name, [old])[0]
        person.changes[name] = [first, value]
        return True

    # What is written

    def _store(self) -> None:
        new = [person for person in self.touched if person.is_new]
        known = [person for person in self.touched if not person.is_new and person.changes]
        Customer.objects.bulk_create([person.customer for person in new])
        if known:
            names = {
                "custom_fields" if name.startswith(custom.PREFIX) else name for each in known for name in each.changes
            }
            for person in known:
                person.customer.updated_at = self.now
            Customer.objects.bulk_update([person.customer for person in known], [*sorted(names), "updated_at"], 500)
        Identity.objects.bulk_create(
            [
                Identity(customer=person.customer, kind=kind, value=value, proved_by=ProvedBy.IMPORT)
                for person in self.touched
                for kind, value in person.identities
            ]
        )
        self._record(new, known)

    def _record(self, new: Sequence[_Touched], known: Sequence[_Touched]) -> None:
        events = [self._event(RecordCreated("import"), customer=person.customer) for person in new]
        for person in known:
            for name, (old, value) in person.changes.items():
                change = RecordChanged(name, said(old), said(value))
                events.append(self._event(change, customer=person.customer))
        RecordEvent.objects.bulk_create(events, batch_size=2000)
        if known:
            timeline_changed.send(ImportJob, customer_ids=[person.customer.pk for person in known])

    def _event(self, event: Event, **of: Any) -> RecordEvent:
        return RecordEvent(
            **of, kind=event.kind, payload=event.payload(), actor_kind=self.actor.kind, actor_user=self.actor.user,
            actor_name=self.actor.name[:200], created_at=self.now,
        )  # fmt: skip

    def _wrong(self, number: int, target: str, value: str, reason: str) -> None:
        self.problems.append(Problem(number, target, value, reason))
