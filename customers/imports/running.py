"""Imports as jobs of a worker: checked, then written, in chunks.

A chunk is one transaction: its rows, what was wrong with which, and the job's position. Whoever runs it holds the job's
row, so a worker that is killed leaves the job as it was before its chunk, and nobody writes a chunk twice. The lease
only tells the sweeper when to look for another worker.
"""

from __future__ import annotations

import csv
import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from io import TextIOWrapper
from itertools import islice
from tempfile import TemporaryFile
from time import monotonic
from typing import Any, BinaryIO, cast
from uuid import uuid4
from zoneinfo import ZoneInfo

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.imports.companies import Companies
from customers.imports.people import People
from customers.imports.problems import Problem
from customers.imports.reading import Row, Shape, Unreadable, rows_of
from customers.models import AT_WORK, FieldOf, ImportJob, ImportProblem, ImportState
from helpdesk.lib.leases import take_overdue
from helpdesk.lib.spreadsheets import untame

logger = logging.getLogger(__name__)

CHUNK = 500
LEASE = timedelta(seconds=60)
SLICE = 10.0  # seconds that one task goes on for; then others get their turn
MOST_PROBLEMS = 10_000  # kept of one job; the others are counted
KEPT_FOR = timedelta(days=30)
TRIES = 3
NEXT = {ImportState.CHECKING: ImportState.CHECKED, ImportState.RUNNING: ImportState.DONE}
STOPPED = {ImportState.CHECKING: ImportState.UPLOADED, ImportState.RUNNING: ImportState.CANCELLED}
Writer = People | Companies


def begin(job: ImportJob, *, is_dry: bool, now: datetime) -> bool:
    """Have a worker check it, or write what was checked. False when it is at work or has been written."""
    if is_dry:
        before = [ImportState.UPLOADED, ImportState.CHECKED, ImportState.FAILED]
    else:
        before = [ImportState.CHECKED, ImportState.CANCELLED]
    with transaction.atomic():
        ready = ImportJob.objects.select_for_update().filter(pk=job.pk, state__in=before)
        if not ready.exists():
            return False
        if ready.get().state == ImportState.CANCELLED:  # where it was stopped: what is written is not written twice
            ready.update(
                state=ImportState.RUNNING, reason="", leased_until=now + LEASE, cancel_asked_at=None, finished_at=None
            )
            return True
        ImportProblem.objects.filter(job=job).delete()
        ready.update(
            state=ImportState.CHECKING if is_dry else ImportState.RUNNING, position=0, created=0, updated=0,
            unchanged=0, failed=0, reason="", leased_until=now + LEASE, cancel_asked_at=None, finished_at=None,
        )  # fmt: skip
    return True


def cancel(job: ImportJob, *, now: datetime) -> None:
    """The chunk that is running is finished; what is written stays, and the import can go on from there."""
    ImportJob.objects.filter(pk=job.pk, state__in=AT_WORK, cancel_asked_at=None).update(cancel_asked_at=now)


def due_jobs(*, now: datetime, limit: int = 20) -> list[int]:
    """Jobs that no worker has, or whose worker is gone; their lease is renewed, so that each is handed over once."""
    left = ImportJob.objects.filter(state__in=AT_WORK, leased_until__lt=now).order_by("created_at")
    return take_overdue(left, limit=limit, leased_until=now + LEASE)


def run_job(pk: int, *, seconds: float = SLICE, clock: Callable[[], datetime] = timezone.now) -> bool:
    """Work on the job for so long; True when there is more to do."""
    until = monotonic() + seconds
    job = ImportJob.objects.select_related("user").filter(pk=pk, state__in=AT_WORK).first()
    if job is None:
        return False
    with translation.override(job.user.language), timezone.override(ZoneInfo(job.user.time_zone)):
        try:
            _prepare(job)
            with _rows(job) as rows:
                writer = _writer(job)
                while _run_chunk(job, rows, writer, now=clock()):
                    if monotonic() > until:
                        return True
        except Unreadable as error:
            _fail(job, str(error), now=clock())
        except (OperationalError, InterfaceError):  # the database's trouble, not the file's: the lease runs out
            raise
        except Exception as problem:
            where = "".join(traceback.format_tb(problem.__traceback__))  # without its text, which may name people
            logger.error("import %s stopped: %s\n%s", pk, type(problem).__name__, where)
            _stop(job, now=clock())
    return False


def _writer(job: ImportJob) -> Writer:
    kind: type[Any] = People if job.of == FieldOf.CUSTOMER else Companies
    writer: Writer = kind(job, actor=Actor.agent(job.user), is_dry=job.state == ImportState.CHECKING)
    return writer


def _run_chunk(job: ImportJob, rows: Iterator[Row], writer: Writer, *, now: datetime) -> bool:
    """The next rows, or none when another worker has the job; True when there is more to do."""
    cells = [row for _at, row in zip(range(CHUNK), rows, strict=False)]
    for attempt in range(1, TRIES + 1):
        try:
            return _write_chunk(job, cells, writer, now=now)
        except IntegrityError:  # somebody else met one of these people at this very moment: look again
            writer.forget()
            if attempt == TRIES:
                raise
    return False


@transaction.atomic
def _write_chunk(job: ImportJob, cells: list[Row], writer: Writer, *, now: datetime) -> bool:
    held = ImportJob.objects.select_for_update(skip_locked=True).filter(pk=job.pk, state=job.state).first()
    if held is None or held.position != job.position:
        return False
    if held.cancel_asked_at:
        return _finish(held, STOPPED[ImportState(held.state)], now=now)
    first = held.position + 2  # the header is row 1
    named = [(first + at, _by_target(job.mapping, row)) for at, row in enumerate(cells) if any(row)]
    tally, problems = writer.write(named, now=now)
    _note(held, problems)
    held.created += tally.created
    held.updated += tally.updated
    held.unchanged += tally.unchanged
    held.failed += tally.failed
    held.position += len(cells)
    if len(cells) < CHUNK:
        held.total = held.position
        _finish(held, NEXT[ImportState(held.state)], now=now)
        return False
    held.leased_until = now + LEASE
    held.save()
    job.position = held.position
    return True


def _by_target(mapping: list[str], row: Row) -> dict[str, str]:
    return {target: untame(cell) for target, cell in zip(mapping, row, strict=False) if target}


def _note(job: ImportJob, problems: list[Problem]) -> None:
    titles = {target: str(title)[:200] for target, title in zip(job.mapping, job.header, strict=False) if target}
    room = MOST_PROBLEMS - job.problems.count() if problems else 0
    ImportProblem.objects.bulk_create(
        [
            ImportProblem(
                job=job, row=row, column=titles.get(target, target)[:200], value=value[:200], reason=reason[:400]
            )
            for row, target, value, reason in problems[: max(room, 0)]
        ]
    )


def _finish(job: ImportJob, state: ImportState, *, now: datetime) -> bool:
    job.state, job.finished_at, job.leased_until = state, now, None
    job.save()
    return False


def _fail(job: ImportJob, reason: str, *, now: datetime) -> None:
    ImportJob.objects.filter(pk=job.pk, state__in=AT_WORK).update(
        state=ImportState.FAILED, reason=reason[:500], finished_at=now, leased_until=None
    )


def _stop(job: ImportJob, *, now: datetime) -> None:
    """Something nobody has foreseen. As if a person had stopped it: it can go on from there, and doubles nobody."""
    reason = _("It stopped after row %(row)s, by a fault of ours; the log says where.") % {"row": job.position + 1}
    ImportJob.objects.filter(pk=job.pk, state=job.state).update(
        state=STOPPED[ImportState(job.state)], reason=reason, finished_at=now, leased_until=None
    )


def _prepare(job: ImportJob) -> None:
    """A spreadsheet becomes lines of text once, so that going on in its middle does not read all of it again."""
    if job.kind != "xlsx" or job.rows_file:
        return
    ImportJob.objects.filter(pk=job.pk).update(leased_until=timezone.now() + 5 * LEASE)
    with default_storage.open(job.file) as file, TemporaryFile() as lines:
        text = TextIOWrapper(lines, "utf-8", newline="")
        with rows_of(cast(BinaryIO, file), Shape("xlsx")) as rows:
            csv.writer(text).writerows(rows)
        text.flush()
        lines.seek(0)
        job.rows_file = default_storage.save(f"imports/{uuid4().hex}.csv", File(lines))
        text.detach()
    ImportJob.objects.filter(pk=job.pk).update(rows_file=job.rows_file)


@contextmanager
def _rows(job: ImportJob) -> Iterator[Iterator[Row]]:
    """Those behind the job's position."""
    shape = Shape("csv", "utf-8", ",") if job.rows_file else Shape("csv", job.encoding, job.delimiter)
    with default_storage.open(job.rows_file or job.file) as file, rows_of(cast(BinaryIO, file), shape) as rows:
        yield islice(rows, job.position + 1, None)


def delete_old(*, now: datetime, limit: int = 20) -> int:
    """Files and what was wrong in them go after a month: they are full of people."""
    old = ImportJob.objects.filter(created_at__lt=now - KEPT_FOR).exclude(state__in=AT_WORK).order_by("created_at")
    jobs = list(old[:limit])
    for job in jobs:
        for name in filter(None, (job.file, job.rows_file)):
            default_storage.delete(name)
        job.delete()
    return len(jobs)
