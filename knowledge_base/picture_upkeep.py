"""Pictures that no text shows: put in and taken out again, or uploaded by somebody who then wrote something else."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from django.core.files.storage import default_storage
from django.db import transaction

from knowledge_base.models import Picture

KEPT: Final = timedelta(days=7)  # for whoever takes a deletion back, or has not been able to save
PIECE: Final = 200


def delete_unused(*, now: datetime, limit: int = PIECE) -> int:
    """Those that no draft, version or block has shown for a week; how many."""
    old = Picture.objects.filter(unused_since__lt=now - KEPT).order_by("unused_since").values_list("pk", flat=True)
    return sum(_delete(number, now) for number in list(old[:limit]))


@transaction.atomic
def _delete(number: int, now: datetime) -> bool:
    """The file goes while the row is still locked: who uploads the same now waits, and then writes both anew.

    A text that is taking the picture in holds the row as well, and wins.
    """
    unused = Picture.objects.filter(pk=number, unused_since__lt=now - KEPT, articles=None, blocks=None)
    picture = unused.select_for_update(of=("self",), skip_locked=True).first()
    if picture is None:
        return False
    picture.delete()
    default_storage.delete(picture.file)
    return True
