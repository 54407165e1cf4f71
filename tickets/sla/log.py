"""The log of a clock: what a gesture did to it, in the words of the API's metric events."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Any

from tickets.models import SlaEventKind
from tickets.sla.clock import ACTIVE, FULFILLED, PAUSED, SECOND, Clock

Entry = tuple[str, datetime, dict[str, Any]]
WORDS = {PAUSED: SlaEventKind.PAUSE, FULFILLED: SlaEventKind.FULFILL}


def entries(before: Clock | None, after: Clock, at: datetime) -> Iterator[Entry]:
    """From how it was (None: it is new) to how it is; a clock without a target is nobody's affair."""
    if after.target is None:
        return
    if before is None or before.target is None:
        yield SlaEventKind.ACTIVATE, after.started_at, {}
        yield SlaEventKind.APPLY, at, _target(after)
    elif before.target != after.target or (after.applies and not before.applies):
        yield SlaEventKind.APPLY, at, _target(after)
    if before and before.applies and not after.applies:
        yield SlaEventKind.CANCEL, at, {}
    if (not before or not before.warned_at) and after.warned_at:
        yield SlaEventKind.WARN, after.warned_at, {}
    if (not before or not before.breached_at) and after.breached_at:
        yield SlaEventKind.BREACH, after.breached_at, {}
    if (before.state if before else ACTIVE) != after.state:
        counted = {"elapsed": after.elapsed / SECOND}
        yield WORDS.get(after.state, SlaEventKind.RESUME), after.settled_at or at, counted


def _target(clock: Clock) -> dict[str, Any]:
    target = clock.target
    assert target
    return {
        "target": target.seconds,
        "business_hours": target.is_business,
        "priority": target.priority,
        "policy_id": target.policy_id,
        "due_at": clock.due_at.isoformat() if clock.due_at else None,
    }
