"""Who counts, and when: each night, and when somebody asks. A run is a row, claimed by one worker at a time."""

from __future__ import annotations

import logging
from datetime import datetime, time, timedelta
from typing import Final

from django.db import DatabaseError, transaction
from django.db.models import Q

from helpdesk.accounts.models import User
from metrics.models import VoiceRun, VoiceTerm
from metrics.spans import reporting_zone
from metrics.voice.counting import count

logger = logging.getLogger(__name__)

LEASE: Final = timedelta(minutes=15)
NIGHT: Final = time(3)
KEPT: Final = 3  # runs that are done: the page of a term may still be open


def newest() -> VoiceRun | None:
    """The latest that is done."""
    return VoiceRun.objects.exclude(finished_at=None).filter(problem="").order_by("-pk").first()


def under_way() -> VoiceRun | None:
    return VoiceRun.objects.filter(finished_at=None).order_by("-pk").first()


@transaction.atomic
def ask_for_run(*, by: User | None, now: datetime) -> VoiceRun:
    """The one that is under way, or a new one."""
    running = VoiceRun.objects.select_for_update().filter(finished_at=None).order_by("-pk").first()
    return running or VoiceRun.objects.create(asked_by=by, created_at=now)


def due(*, now: datetime) -> list[int]:
    """Runs that nobody works on; the night's is made here, once its hour has struck."""
    zone = reporting_zone()
    local = now.astimezone(zone)
    night = datetime.combine(local.date(), NIGHT, zone)
    if local >= night and not VoiceRun.objects.filter(created_at__gte=night).exists():
        ask_for_run(by=None, now=now)
    waiting = VoiceRun.objects.filter(finished_at=None)
    return list(waiting.filter(Q(claimed_until=None) | Q(claimed_until__lt=now)).values_list("pk", flat=True))


def run(pk: int, *, now: datetime) -> bool:
    """Count for this row; False where another worker does, or it is done. What fails is written down and shown."""
    free = VoiceRun.objects.filter(Q(claimed_until=None) | Q(claimed_until__lt=now), pk=pk, finished_at=None)
    if not free.update(claimed_until=now + LEASE):
        return False
    try:
        found = count(now)
    except DatabaseError:
        raise  # its lease runs out, and it is tried again
    except Exception as error:
        logger.exception("What customers talk about can't be counted")
        VoiceRun.objects.filter(pk=pk).update(finished_at=now, problem=str(error)[:300] or type(error).__name__)
        return True
    with transaction.atomic():
        VoiceTerm.objects.filter(run=pk).delete()
        VoiceTerm.objects.bulk_create(
            VoiceTerm(
                run_id=pk, kind=each.kind, term=each.term[:130], shown=each.shown[:130], language=each.language,
                score=each.score, customers=each.customers, tickets=each.tickets,
                weeks={str(team): weeks for team, weeks in each.weeks.items()},
            )
            for each in found.terms
        )  # fmt: skip
        VoiceRun.objects.filter(pk=pk).update(
            finished_at=now, until=now, tickets=found.tickets, before=found.before, every=found.every
        )
        _forget_old()
    return True


def _forget_old() -> None:
    done = list(VoiceRun.objects.exclude(finished_at=None).order_by("-pk").values_list("pk", flat=True)[:KEPT])
    VoiceRun.objects.exclude(finished_at=None).exclude(pk__in=done).delete()
