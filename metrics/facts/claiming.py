"""A worker's place in its work: one row, locked while a batch is done, so that whoever dies loses that batch alone."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.db import transaction

from metrics.models import Progress


@contextmanager
def claimed(name: str, *, waits: bool = False) -> Iterator[dict[str, Any] | None]:
    """What the worker keeps, in a transaction; stored at the end. None where somebody else is at it right now."""
    Progress.objects.get_or_create(name=name)
    with transaction.atomic():
        rows = Progress.objects.select_for_update(skip_locked=not waits)
        progress = rows.filter(name=name).first()
        if progress is None:
            yield None
            return
        yield progress.data
        progress.save()


def kept(name: str) -> dict[str, Any]:
    """To be read only."""
    progress = Progress.objects.filter(name=name).first()
    return progress.data if progress else {}
