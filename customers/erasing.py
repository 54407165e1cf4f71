"""Erasing a person: the record at once, everything else by a worker. It can't be undone.

`erase` takes the names, addresses and words of the record away in one transaction, so that nobody finds the person any
more, and writes down the job that goes through tickets, mail, files and whatever else there is. By what they are found
is kept sealed in the job until its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import connection, models, transaction
from django.utils import timezone, translation
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from customers import merging
from customers.actors import SYSTEM, Actor
from customers.blanking import blank_rows, pointing_at
from customers.errors import Refused
from customers.events import RecordErased, record
from customers.exporting import forget_exports
from customers.models import (
    Customer,
    Identity,
    ImportantDate,
    PrivacyAct,
    PrivacyJob,
    PrivacyJobKind,
    RecordEvent,
    Tombstone,
)
from customers.person import Person, digest_of, person_in, person_of
from customers.privacy_jobs import LEASE
from customers.privacy_log import note_act
from customers.signals import customer_erased

# Of what was changed only which field it was; who of the staff did it stays.
EVENTS_WITHOUT_WORDS = """
UPDATE customers_recordevent SET
  payload = CASE WHEN payload ? 'field' THEN jsonb_build_object('field', payload -> 'field') ELSE '{}' END,
  actor_name = CASE WHEN actor_kind = 'customer' THEN '' ELSE actor_name END
WHERE customer_id = %s
"""
# They name another record than the one in whose history they stand.
NAMING_OTHERS = ("record.merged", "record.unmerged", "identity.moved", "members.added", "member.removed")
# Rows about the record that are gone with it; all other rows that point at it stay, without words.
GONE: tuple[type[models.Model], ...] = (Identity, ImportantDate)
ALREADY = (Customer, Identity, ImportantDate, RecordEvent, PrivacyJob)


@transaction.atomic
def erase(
    customer: Customer, *, actor: Actor, reason: str = "", everywhere: bool = True, now: datetime | None = None
) -> PrivacyJob:
    """Take the record's words away and begin the job that does the rest. The caller hands the job over.

    Without `everywhere` no other table is looked through for what may be left: that reads the whole database once a
    person. Those merged into it are erased with it. Raises `customers.errors.Refused` for one that was merged or
    erased.
    """
    now = now or timezone.now()
    locked = Customer.objects.select_for_update().filter(pk__in=person_of(customer).customers).order_by("pk")
    customer = next(each for each in locked if each.pk == customer.pk)  # in the order in which merges lock them
    if customer.merged_into_id:
        raise Refused(_("This customer was merged into another. Erase that one; this one goes with it."))
    if customer.erased_at:
        raise Refused(_("This customer was erased already."))
    person = person_of(customer)
    job = PrivacyJob.objects.create(
        kind=PrivacyJobKind.ERASURE, customer=customer, asked_by=actor.user, asked_by_name=actor.name[:200],
        options={"reason": person.mask.text(reason)[:500], "everywhere": everywhere}, sealed=person.seal(),
        plan={"barriers": newest_rows()}, leased_until=now + LEASE, created_at=now,
    )  # fmt: skip
    _bury(person, now)
    for each in Customer.objects.select_for_update().filter(pk__in=person.customers).order_by("pk"):
        _erase_record(each, now)
        merging.forget(each, now=now)
    record(customer, RecordErased(), actor=actor, now=now)
    note_act(PrivacyAct.ERASURE_ASKED, actor=actor, customer=customer.pk, now=now, job=job.pk)
    return job


def counts_for(customer: Customer) -> list[tuple[str | Promise, int]]:
    """What will go, in words and numbers, for the page before: what settings.ERASURE_COUNTS names counts it."""
    person = person_of(customer)
    counts: list[tuple[str | Promise, int]] = []
    for path in settings.ERASURE_COUNTS:
        counts += import_string(path)(person)
    return counts


def count_record(person: Person) -> list[tuple[str, int]]:
    return [
        (_("Records, merged ones included"), len(person.customers)),
        (_("Addresses and other identities"), len(person.addresses)),
        (_("Entries in the record’s history"), RecordEvent.objects.filter(customer__in=person.customers).count()),
    ]


def was_erased(kind: str, value: str) -> bool:
    """Whether that identity was erased here: for whoever brings data back from a backup or another system."""
    return Tombstone.objects.filter(digest=digest_of(kind, value)).exists()


def erased_name(pk: int) -> str:
    """What lists and old tickets show from now on, in the language of the installation."""
    with translation.override(settings.LANGUAGE_CODE):
        return _("Erased customer %(number)s") % {"number": pk}


def newest_rows() -> dict[str, int]:
    """The largest id of each table: what comes later is not the erased person's, even from the same address."""
    tables = [
        (model._meta.db_table, model._meta.pk.column)
        for model in _models()
        if isinstance(model._meta.pk, models.AutoField | models.BigAutoField)
    ]
    question = " UNION ALL ".join(f"SELECT '{table}', max({column}) FROM {table}" for table, column in tables)  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(question)
        return {table: newest or 0 for table, newest in cursor.fetchall()}


def _models() -> Iterable[type[models.Model]]:
    from django.apps import apps  # not before they are loaded

    return apps.get_models(include_auto_created=True)


def _bury(person: Person, now: datetime) -> None:
    known = Identity.objects.filter(customer__in=person.customers)
    Tombstone.objects.bulk_create(
        [
            Tombstone(digest=digest_of(each.kind, each.value), customer_number=each.customer_id, erased_at=now)
            for each in known
        ],
        ignore_conflicts=True,
    )


def _erase_record(customer: Customer, now: datetime) -> None:
    """The row stays, so that its tickets can be counted; who it was is gone."""
    for model in GONE:
        model._default_manager.filter(customer=customer).delete()
    with connection.cursor() as cursor:
        cursor.execute(EVENTS_WITHOUT_WORDS, [customer.pk])
    if customer.avatar and not Customer.objects.exclude(pk=customer.pk).filter(avatar=customer.avatar).exists():
        default_storage.delete(customer.avatar)  # before the row, so that a worker that dies leaves no picture behind
    blank_rows(Customer, {"pk__in": [customer.pk]})
    Customer.objects.filter(pk=customer.pk).update(
        name=erased_name(customer.pk), organisation=None, owner=None, erased_at=now, updated_at=now
    )


def erase_rows(job: PrivacyJob) -> None:
    """Step: whatever else points at the record, this and later apps' tables too, stays without its words."""
    person = person_in(job)
    forget_exports(person.customers)
    _forget_names(person)
    for model, field in pointing_at(Customer, but=ALREADY, apps_of=("customers",)):
        blank_rows(model, {f"{field}__in": person.customers})


def _forget_names(person: Person) -> None:
    """In the history of others: of records that were merged with theirs, and of the companies they belonged to."""
    told = RecordEvent.objects.filter(kind__in=NAMING_OTHERS).exclude(customer__in=person.customers)
    for row in told.iterator():
        if (payload := person.mask.json(row.payload)) != row.payload:
            RecordEvent.objects.filter(pk=row.pk).update(payload=payload)


def tell(job: PrivacyJob) -> None:
    """Step: those who keep something of their own hear of it."""
    customer = job.customer
    customer_erased.send(sender=Customer, customer=customer, actor=SYSTEM)


def finish(job: PrivacyJob) -> None:
    """Step, the last: by what the person was found is forgotten."""
    job.sealed, job.plan = "", {}
    actor: Any = Actor("user", job.asked_by_name, user=job.asked_by)
    note_act(
        PrivacyAct.ERASURE_DONE, actor=actor, customer=job.customer_id, job=job.pk, left=len(job.report), **job.counts
    )
