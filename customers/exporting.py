"""Everything about a person as one archive, made by a worker: JSON by kind, their files, and a page to read it in.

Each step puts a part into the storage and writes its name down with how far it is; the last one packs the parts into
one ZIP. A step that is done twice writes the same part twice.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from tempfile import TemporaryFile
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.conf import settings
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models, transaction
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.blanking import pointing_at
from customers.errors import Refused
from customers.export_page import index_of
from customers.models import Customer, PrivacyAct, PrivacyJob, PrivacyJobKind, PrivacyJobState, RecordEvent
from customers.notes import CustomerNoteAdded
from customers.person import Person, person_of
from customers.privacy_jobs import LEASE, UNFINISHED
from customers.privacy_log import note_act

FOLDER = "exports"
NOT_THEIRS = ("privacy_jobs", "merges", "was_merged")  # how we work, not who they are


@transaction.atomic
def begin_export(
    customer: Customer, *, actor: Actor, with_notes: bool = False, now: datetime | None = None
) -> PrivacyJob:
    """The job; the caller hands it over. Notes of staff are left out unless `with_notes`.

    Raises `customers.errors.Refused` for a record that was merged or erased.
    """
    now = now or timezone.now()
    if customer.merged_into_id or customer.erased_at:
        raise Refused(_("This record was merged or erased: there is nothing to export."))
    job = PrivacyJob.objects.create(
        kind=PrivacyJobKind.EXPORT, customer=customer, asked_by=actor.user, asked_by_name=actor.name[:200],
        options={"notes": with_notes}, plan={"token": secrets.token_hex(16), "parts": []}, leased_until=now + LEASE,
        created_at=now,
    )  # fmt: skip
    note_act(PrivacyAct.EXPORT_ASKED, actor=actor, customer=customer.pk, now=now, job=job.pk, notes=with_notes)
    return job


class Part:
    """One piece of the archive while it is written."""

    def __init__(self, archive: ZipFile, job: PrivacyJob) -> None:
        self._archive = archive
        self._job = job

    def json(self, name: str, rows: Any, *, count: int | None = None) -> None:
        """`rows` under `name`.json, and how many of their kind there are for the page."""
        text = json.dumps(rows, cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        self._archive.writestr(f"{name}.json", text)
        number = count if count is not None else len(rows) if isinstance(rows, list) else 1
        self.count(name.partition("/")[0], number)

    def page(self, name: str, template: str, context: dict[str, Any]) -> None:
        """For people: `name`.html beside the JSON."""
        self._archive.writestr(f"{name}.html", render_to_string(template, context))

    def count(self, kind: str, number: int) -> None:
        self._job.counts[kind] = self._job.counts.get(kind, 0) + number

    def bytes(self, name: str, pieces: Iterable[bytes]) -> None:
        with self._archive.open(name, "w", force_zip64=True) as entry:
            for piece in pieces:
                entry.write(piece)


@contextmanager
def part_of(job: PrivacyJob, name: str) -> Iterator[Part]:
    """A part that is stored when the block ends."""
    path = f"{FOLDER}/{job.pk}-{job.plan['token']}-{name}.part"
    with TemporaryFile() as file:
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            yield Part(archive, job)
        put(path, file)
    if path not in job.plan["parts"]:
        job.plan["parts"] = [*job.plan["parts"], path]


def put(path: str, file: Any) -> int:
    """Store it in the place of what an earlier try left there; how many bytes."""
    size = file.seek(0, 2)
    file.seek(0)
    if default_storage.exists(path):
        default_storage.delete(path)
    default_storage.save(path, File(file))
    return int(size)


def export_record(job: PrivacyJob) -> None:
    """Step: the record and all rows that hang on it, those of later features included."""
    person = person_of(job.customer)
    job.counts = {}
    with part_of(job, "record") as part:
        part.json("record", [row_of(each) for each in Customer.objects.filter(pk__in=person.customers)])
        for model, field in pointing_at(Customer, apps_of=("customers",)):
            name = related_name(model, field)
            if model is not Customer and name not in NOT_THEIRS and not name.endswith("+"):
                rows = model._default_manager.filter(**{f"{field}__in": person.customers}).order_by("pk")
                if model is RecordEvent and not job.options.get("notes"):
                    rows = rows.exclude(kind=CustomerNoteAdded.kind)
                part.json(model._meta.model_name or name, [row_of(row) for row in rows])
        if job.customer.avatar and default_storage.exists(job.customer.avatar):
            part.bytes("files/avatar", read(job.customer.avatar))
    job.total = job.total or 1


def related_name(model: type[models.Model], field: str) -> str:
    """What rows of `model` are called on the record; ends in + where they are not called anything."""
    remote: Any = model._meta.get_field(field).remote_field
    return remote.get_accessor_name() or "+"


def row_of(row: models.Model, *, but: Iterable[str] = ()) -> dict[str, Any]:
    """A row as the archive tells it: names of columns, moments by ISO 8601, people by name where there is one."""
    left_out = set(but)
    told: dict[str, Any] = {}
    for field in row._meta.concrete_fields:
        if field.name in left_out or isinstance(field, models.BinaryField):
            continue
        value = field.value_from_object(row)
        told[field.attname] = value.name if isinstance(field, models.FileField) else value
    return told


def read(path: str, chunk: int = 64 * 1024) -> Iterator[bytes]:
    with default_storage.open(path, "rb") as file:
        while piece := file.read(chunk):
            yield piece


def pack(job: PrivacyJob) -> None:
    """Step, the last: the parts in one archive, with a page and a word of explanation on top."""
    name = f"{FOLDER}/{job.pk}-{job.plan['token']}.zip"
    with TemporaryFile() as file:
        with ZipFile(file, "w", ZIP_DEFLATED) as archive:
            page, explanation = index_of(job)
            archive.writestr("index.html", page)
            archive.writestr("README.txt", explanation)
            for path in job.plan["parts"]:
                _copy(path, archive)
        job.size = put(name, file)
    job.file, job.expires_at = name, timezone.now() + timedelta(days=settings.EXPORT_KEPT_DAYS)
    parts, job.plan = job.plan["parts"], {"token": job.plan["token"]}
    transaction.on_commit(lambda: _forget(parts))


def _copy(path: str, archive: ZipFile) -> None:
    with default_storage.open(path, "rb") as stored, TemporaryFile() as local:
        while piece := stored.read(1024 * 1024):
            local.write(piece)
        local.seek(0)
        with ZipFile(local) as part:
            for entry in part.infolist():
                with part.open(entry) as source, archive.open(entry.filename, "w", force_zip64=True) as target:
                    while piece := source.read(64 * 1024):
                        target.write(piece)


def _forget(paths: Iterable[str]) -> None:
    for path in paths:
        default_storage.delete(path)


def delete_old(*, now: datetime, limit: int = 50) -> int:
    """Archives whose time is over; that they were made stays in the log."""
    old = PrivacyJob.objects.exclude(file="").filter(expires_at__lt=now).order_by("expires_at")[:limit]
    for job in old:
        default_storage.delete(job.file)
        PrivacyJob.objects.filter(pk=job.pk).update(file="", size=0)
    return len(old)


def forget_exports(customers: Iterable[int]) -> None:
    """The archives of people who are erased, and what was made of unfinished ones; safe to be done twice."""
    jobs = PrivacyJob.objects.select_for_update().filter(customer__in=list(customers), kind=PrivacyJobKind.EXPORT)
    for job in jobs:
        _forget([path for path in (job.file, *job.plan.get("parts", [])) if path])
        job.file, job.plan, job.size = "", {}, 0
        if job.state in UNFINISHED:
            job.state, job.leased_until = PrivacyJobState.FAILED, None
        job.save(update_fields=["file", "plan", "size", "state", "leased_until"])


def person_exported(job: PrivacyJob) -> Person:
    return person_of(job.customer)
