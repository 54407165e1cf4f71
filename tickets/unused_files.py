"""Bytes that were let go of: deleted from the storage once no other row shares them, however often a worker dies."""

from __future__ import annotations

import logging
from collections.abc import Iterable

from django.core.files.storage import default_storage
from django.db import connection, transaction

from tickets.models import Attachment, ContactFile, UnusedFile

logger = logging.getLogger(__name__)

LOCK = 0x0F11E5  # of advisory locks on stored files, each with the hash of its path


def let_go(paths: Iterable[str]) -> None:
    """In the transaction that takes the rows away: their bytes are to be deleted if nobody else has them."""
    UnusedFile.objects.bulk_create([UnusedFile(path=path) for path in set(paths) if path], ignore_conflicts=True)


def hold(path: str) -> None:
    """In a transaction that is about to point at `path`: until its end nobody deletes what is there."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock_shared(%s, hashtext(%s))", [LOCK, path])


def delete_unused(*, limit: int = 500) -> int:
    """How many were dealt with. One that the storage does not give up is tried again the next time."""
    done = 0
    for pk in list(UnusedFile.objects.order_by("noted_at", "pk").values_list("pk", flat=True)[:limit]):
        try:
            done += _delete(pk)
        except OSError:
            logger.exception("stored file %s could not be deleted", pk)
    return done


@transaction.atomic
def _delete(pk: int) -> bool:
    unused = UnusedFile.objects.select_for_update(skip_locked=True).filter(pk=pk).first()
    if unused is None or not _is_alone(unused.path):
        return False
    if not any(model.objects.filter(file=unused.path).exists() for model in (Attachment, ContactFile)):
        default_storage.delete(unused.path)
    unused.delete()
    return True


def _is_alone(path: str) -> bool:
    """Nobody is just storing the same bytes."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, hashtext(%s))", [LOCK, path])
        return bool(cursor.fetchone()[0])
