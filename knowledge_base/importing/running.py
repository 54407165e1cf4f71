"""Imports as jobs of a worker: checked, looked at by a person, then written step by step.

A step is one transaction with the job's position. Whoever takes it holds the job's row, so a worker that is killed
leaves the job as it was before its step, and nobody takes a step twice. The lease only tells the sweeper when to look
for another worker.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from time import monotonic
from typing import IO, cast
from uuid import uuid4

from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import InterfaceError, OperationalError, transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from helpdesk.lib.leases import take_overdue
from knowledge_base.errors import Refused
from knowledge_base.importing.archive import files_in
from knowledge_base.importing.library import MOST_PROBLEMS, Library, Unreadable
from knowledge_base.importing.markdown_folder import read_folder
from knowledge_base.importing.shelving import Shelving
from knowledge_base.importing.zendesk import read_zendesk
from knowledge_base.models import ArticleImport, HelpCentre, ImportKind, ImportStage

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=90)
SLICE = 10.0  # seconds that one task goes on for; then others get their turn
KEPT_FOR = timedelta(days=30)
AT_WORK = (ImportStage.CHECKING, ImportStage.RUNNING)
READERS = {ImportKind.ZENDESK: read_zendesk, ImportKind.MARKDOWN: read_folder}


def keep(
    file: File[bytes], name: str, *, kind: str, centre: HelpCentre, user: User, does_publish: bool, does_update: bool
) -> ArticleImport:
    """Keep what was brought; a worker checks it."""
    stored = default_storage.save(f"imports/{uuid4().hex}", file)
    return ArticleImport.objects.create(
        centre=centre, user=user, kind=kind, filename=name[-200:] or _("Unnamed"), file=stored,
        does_publish=does_publish, does_update=does_update, leased_until=timezone.now() + LEASE,
    )  # fmt: skip


def begin(job: ArticleImport, *, now: datetime) -> bool:
    """Have a worker write what was checked, or go on where it was stopped. False when there is nothing to begin."""
    ready = ArticleImport.objects.filter(pk=job.pk, stage__in=(ImportStage.CHECKED, ImportStage.STOPPED)).exclude(
        file=""
    )
    begun = ready.update(
        stage=ImportStage.RUNNING, reason="", leased_until=now + LEASE, stop_asked_at=None, finished_at=None
    )
    return bool(begun)


def stop(job: ArticleImport, *, now: datetime) -> None:
    """The step that is running is finished; what is written stays, and the import can go on from there."""
    ArticleImport.objects.filter(pk=job.pk, stage__in=AT_WORK, stop_asked_at=None).update(stop_asked_at=now)


def due_jobs(*, now: datetime, limit: int = 20) -> list[int]:
    """Jobs whose worker is gone; their lease is renewed, so that each is handed over once."""
    left = ArticleImport.objects.filter(stage__in=AT_WORK, leased_until__lt=now).order_by("pk")
    return take_overdue(left, limit=limit, leased_until=now + LEASE)


def run_job(pk: int, *, seconds: float = SLICE, clock: Callable[[], datetime] = timezone.now) -> bool:
    """Work on the job for so long; True when there is more to do."""
    job = ArticleImport.objects.select_related("user", "centre").filter(pk=pk, stage__in=AT_WORK).first()
    if job is None:
        return False
    with translation.override(job.user.language):
        try:
            with _library(job) as library:
                if job.stage == ImportStage.CHECKING:
                    _check(job, library, now=clock())
                    return False
                return _write(job, library, until=monotonic() + seconds, clock=clock)
        except (Unreadable, Refused) as error:
            _end(job, ImportStage.FAILED, now=clock(), reason=str(error))
        except (OperationalError, InterfaceError):  # the database's trouble, not the file's: the lease runs out
            raise
        except Exception as problem:
            where = "".join(traceback.format_tb(problem.__traceback__))
            logger.error("article import %s stopped: %s\n%s", pk, type(problem).__name__, where)
            _end(job, ImportStage.FAILED, now=clock(), reason=_("It stopped by a fault of ours; the log says where."))
    return False


@contextmanager
def _library(job: ArticleImport) -> Iterator[Library]:
    """The file, read again by each task: whatever is in it is known only as long as it is open."""
    with default_storage.open(job.file) as file, files_in(cast(IO[bytes], file), job.filename) as files:
        library = READERS[ImportKind(job.kind)](files, language=job.centre.default_language)
        library.speak_as(job.centre.languages)
        yield library


def _shelving(job: ArticleImport, library: Library) -> Shelving:
    return Shelving(
        library, job.centre, job.user, does_publish=job.does_publish, does_update=job.does_update, now=timezone.now()
    )


@transaction.atomic
def _check(job: ArticleImport, library: Library, *, now: datetime) -> None:
    shelving = _shelving(job, library)
    shelving.check()
    held = ArticleImport.objects.select_for_update().get(pk=job.pk)
    if held.stage != ImportStage.CHECKING:
        return
    held.report = {
        "counts": dict(shelving.counts),
        "problems": library.problems[:MOST_PROBLEMS],
        "problem_count": len(library.problems),
        "languages": library.languages,
        "new_languages": [each for each in library.languages if each not in job.centre.languages],
    }
    held.total, held.position = len(shelving.steps()), 0
    held.stage, held.leased_until, held.finished_at = ImportStage.CHECKED, None, now
    held.save()


def _write(job: ArticleImport, library: Library, *, until: float, clock: Callable[[], datetime]) -> bool:
    """Steps until the time is up; True when there are more."""
    _speak(job.centre, library.languages)
    shelving = _shelving(job, library)
    steps = shelving.steps()
    position = job.position
    while position < len(steps):
        if not _take_one(job, shelving, steps[position], position, now=clock()):
            return False
        position += 1
        if monotonic() > until:
            return position < len(steps) or _finish(job, now=clock())
    return _finish(job, now=clock())


@transaction.atomic
def _take_one(job: ArticleImport, shelving: Shelving, step: tuple[str, str], position: int, *, now: datetime) -> bool:
    """False when another worker has the job, or somebody has stopped it."""
    held = ArticleImport.objects.select_for_update(skip_locked=True).filter(pk=job.pk).first()
    if held is None or held.stage != ImportStage.RUNNING or held.position != position:
        return False
    if held.stop_asked_at:
        held.stage, held.leased_until, held.finished_at = ImportStage.STOPPED, None, now
        held.save()
        return False
    shelving.counts.clear()
    try:
        with transaction.atomic():
            shelving.take(step)
    except Refused as refused:  # one article that can't be taken holds up none of the others
        held.report.setdefault("refused", []).append([step[1], refused.message])
    done = held.report.setdefault("done", {})
    for name, count in shelving.counts.items():
        done[name] = done.get(name, 0) + count
    held.position, held.leased_until = position + 1, now + LEASE
    held.save(update_fields=["position", "leased_until", "report"])
    return True


def _finish(job: ArticleImport, *, now: datetime) -> bool:
    _end(job, ImportStage.DONE, now=now)
    return False


def _end(job: ArticleImport, stage: ImportStage, *, now: datetime, reason: str = "") -> None:
    ArticleImport.objects.filter(pk=job.pk, stage__in=AT_WORK).update(
        stage=stage, reason=reason[:500], finished_at=now, leased_until=None
    )


def _speak(centre: HelpCentre, languages: list[str]) -> None:
    """A help centre has the languages of what is brought to it."""
    missing = [each for each in languages if each not in centre.languages]
    if missing:
        centre.languages = [*centre.languages, *missing]
        centre.save(update_fields=["languages"])


def delete_old(*, now: datetime, limit: int = 20) -> int:
    """Files go after a month; that there was an import stays."""
    old = ArticleImport.objects.filter(created_at__lt=now - KEPT_FOR).exclude(file="").exclude(stage__in=AT_WORK)
    jobs = list(old.order_by("pk")[:limit])
    for job in jobs:
        default_storage.delete(job.file)
        ArticleImport.objects.filter(pk=job.pk).update(file="")
    return len(jobs)
