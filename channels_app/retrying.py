"""When a mail is tried again, and for whom."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import cast

from django.utils.translation import gettext as _

from channels_app.adapters.email.outgoing_headers import is_deliverable
from channels_app.models import DeliveryAttempt, OutboxState
from channels_app.transport import Refusal

PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60)]  # the last one again and again
GIVE_UP_AFTER = timedelta(hours=72)
JITTER = 0.1  # so that what failed together is not tried together


def next_try_at(attempts: Sequence[DeliveryAttempt], *, now: datetime) -> datetime | None:
    """After the last of `attempts` was put off; None when it is time to give up.

    Counted since a person last decided to try again, so that their retry of an old mail gets its three days too.
    """
    run = _put_off_in_a_row(attempts)
    pause = PAUSES[min(len(run), len(PAUSES)) - 1] if run else PAUSES[0]
    later = now + pause * random.uniform(1 - JITTER, 1 + JITTER)  # noqa: S311  no secret
    began = run[0].started_at if run else now
    return later if later <= began + GIVE_UP_AFTER else None


def recipients_now(envelope: Sequence[str], last: DeliveryAttempt | None) -> tuple[dict[str, Refusal], list[str]]:
    """Who stays without the mail, with the reason, and whom to try now: nobody who has it already.

    After an attempt that was put off those with a final answer are left alone; after one that a person decided about
    they are asked again.
    """
    missing = cast("dict[str, Refusal]", last.refused) if last else dict.fromkeys(envelope)
    kept: dict[str, Refusal] = {}
    for address, refusal in missing.items():
        if not is_deliverable(address):
            kept[address] = Refusal(answer=_("This is no address that mail can be sent to."), final=True)
        elif last and last.outcome == OutboxState.DEFERRED and refusal and refusal["final"]:
            kept[address] = refusal
    return kept, [address for address in missing if address not in kept]


def _put_off_in_a_row(attempts: Sequence[DeliveryAttempt]) -> list[DeliveryAttempt]:
    run: list[DeliveryAttempt] = []
    for attempt in reversed(attempts):
        if attempt.outcome != OutboxState.DEFERRED:
            break
        run.insert(0, attempt)
    return run
