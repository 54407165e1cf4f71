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
from customers.columns import COLUMNS, said
from customers.errors import Refused
from customers.events import Event, RecordChanged, RecordCreated
from customers.identify import PUBLIC_MAIL_PROVIDERS, domain_of
from customers.imports.problems import Problem
from customers.models import (
    Customer,
    CustomField,
    FieldOf,
    Identity,
    IdentityKind,
    ImportJob,
    MatchBy,
    Organisation,
    ProvedBy,
    RecordEvent,
)
from customers.normalising import normalise
from customers.signals import timeline_changed
from customers.words import line
from helpdesk.accounts.models import User

KINDS = {"external_id": IdentityKind.EXTERNAL, "email": IdentityKind.EMAIL, "phone": IdentityKind.PHONE}
NEVER = ("first_name", "last_name")
Key = tuple[str, str]


@dataclass
class Read:
    """One row, every cell checked by itself."""

    number: int
    values: dict[str, Any] = field(default_factory=dict)
    keys: dict[str, Key] = field(default_factory=dict)  # target → (kind, value)
    organisation: str = ""


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
        self.custom: dict[str, CustomField] = {row.key: row for row in custom.fields_of(FieldOf.CUSTOMER)}
        self.organisations: dict[str, Organisation | None] = {}
        self.employers: dict[str, Organisation | None] = {}
        self.owners: dict[str, User] = {}
        self.blank = Customer()
        self.people: dict[Key, _Touched] = {}  # a dry run keeps those that it would have created

    def write(self, rows: Sequence[tuple[int, Mapping[str, str]]], *, now: datetime) -> tuple[Tally, list[Problem]]:
        """`rows` are (number in the file, target → text). Inside a transaction of the caller's."""
        self.problems: list[Problem] = []
        self.tally, self.now = Tally(), now
        read = [one for number, cells in rows if (one := self._read(number, cells))]
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

    # What the cells say

    def _read(self, number: int, cells: Mapping[str, str]) -> Read | None:
        one, wrong = Read(number), len(self.problems)
        cells = _with_whole_name(cells)
        for target, text in cells.items():
            if not text.strip():
                continue  # an empty cell says nothing; it does not empty the record
            try:
                self._read_cell(one, target, text)
            except Refused as refusal:
                self._wrong(number, target, text, str(refusal))
        if not one.keys and not one.values.get("name"):
            self._wrong(number, "", "", _("There is nobody in this row: no name, e-mail, phone or external id."))
        return one if len(self.problems) == wrong else None

    def _read_cell(self, one: Read, target: str, text: str) -> None:
        if kind := KINDS.get(target):
            one.keys[target] = (kind, self._identity(kind, text))
        elif target == "organisation":
            one.organisation = line(text, 160)
        elif target == "owner":
            one.values["owner"] = self._owner(text)
        elif target.startswith(custom.PREFIX):
            known = self.custom.get(target.removeprefix(custom.PREFIX))
            if known is None:
                raise Refused(_("There is no such field."))
            one.values[target] = custom.check(known, text)
        else:
            one.values[target] = COLUMNS[FieldOf.CUSTOMER][target].check(text, self.blank)

    def _identity(self, kind: str, text: str) -> str:
        value = normalise(kind, text, country=self.job.country)
        local, at, domain = value.rpartition("@")
        fits = at and local and "." in domain and not any(char.isspace() for char in value) and len(value) <= 254
        if kind == IdentityKind.EMAIL and not fits:
            raise Refused(_("This is no e-mail address."))
        return value

    def _owner(self, text: str) -> User:
        if text not in self.owners:
            self.owners[text] = COLUMNS[FieldOf.CUSTOMER]["owner"].check(text, self.blank)
        return self.owners[text]

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


def _with_whole_name(cells: Mapping[str, str]) -> dict[str, str]:
    parts = " ".join(part.strip() for name in NEVER if (part := cells.get(name, "")).strip())
    whole = {target: text for target, text in cells.items() if target not in NEVER}
    if parts and not whole.get("name", "").strip():
        whole["name"] = parts
    return whole
