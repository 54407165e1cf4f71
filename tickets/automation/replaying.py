"""Trying a draft of a rule on the past, as a job: what it would have done in the last days, before it is switched on.

A chunk of tickets is a transaction that holds the job's row, as in tickets/bulk.py: a worker that is killed loses its
chunk and nothing else, and nobody counts a ticket twice. Nothing but that row is written.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from time import monotonic
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from helpdesk.lib.leases import take_overdue
from tickets.automation.actions import ACTIONS, Wanted, check_actions
from tickets.automation.trial import Trial, not_known
from tickets.conditions import Invalid, check
from tickets.conditions.tree import Tree, parse
from tickets.models import Replay, RuleKind, Ticket
from tickets.realtime import publish, replay_topic
from tickets.services import Refused

CHUNK = 500
SLICE = 5.0  # seconds that one task goes on for; then mail and others get their turn
LEASE = timedelta(seconds=30)
KEPT_FOR = timedelta(days=14)
MOST_DAYS = 366
MOST_EXAMPLES = 200
WAITING, RUNNING, DONE, CANCELLED, FAILED = "waiting", "running", "done", "cancelled", "failed"
UNFINISHED = (WAITING, RUNNING)


@dataclass(frozen=True)
class Example:
    """One match, for a screen: `changes` in words, empty where everything was so already."""

    ticket_id: int
    subject: str
    at: datetime
    changes: list[str]


def start_replay(user: User, kind: str, conditions: object, actions: object, *, days: int, now: datetime) -> Replay:
    """A job for one of `user`; the one before it is cancelled. Raises `Invalid`, or `Refused` for impossible days."""
    tree, wanted = check(conditions, kind), check_actions(actions, scope=kind)
    if not 1 <= days <= MOST_DAYS:
        raise Refused(_("Choose between 1 and %(most)s days.") % {"most": MOST_DAYS})
    with transaction.atomic():
        Replay.objects.filter(asked_by=user, state__in=UNFINISHED).update(state=CANCELLED, finished_at=now)
        return Replay.objects.create(
            kind=kind,
            conditions=tree,
            actions=wanted,
            days=days,
            asked_by=user,
            created_at=now,
            claimed_until=now + LEASE,
        )


def cancel_replay(replay: Replay, *, now: datetime) -> None:
    """What has been found so far stays."""
    Replay.objects.filter(pk=replay.pk, state__in=UNFINISHED).update(state=CANCELLED, finished_at=now)


def due_replays(*, now: datetime, limit: int = 20) -> list[int]:
    """Those that no worker has, or whose worker is gone; their lease is renewed, so that each is handed over once."""
    left = Replay.objects.filter(state__in=UNFINISHED, claimed_until__lt=now).order_by("created_at")
    return take_overdue(left, limit=limit, claimed_until=now + LEASE)


def delete_old(*, now: datetime, limit: int = 100) -> int:
    numbers = list(Replay.objects.filter(created_at__lt=now - KEPT_FOR).values_list("pk", flat=True)[:limit])
    Replay.objects.filter(pk__in=numbers).delete()
    return len(numbers)


def run_replay(pk: int, *, seconds: float = SLICE, clock: Callable[[], datetime] = timezone.now) -> bool:
    """Work on it for so long; True when there is more to do."""
    until = monotonic() + seconds
    while run_chunk(pk, now=clock()):
        if monotonic() > until:
            return True
    return False


@transaction.atomic
def run_chunk(pk: int, *, now: datetime) -> bool:
    """The next tickets, or none when another worker has it; True when there is more to do."""
    replay = Replay.objects.select_for_update(skip_locked=True).filter(pk=pk, state__in=UNFINISHED).first()
    if replay is None:
        return False
    transaction.on_commit(lambda: publish({"t": "changed", "topics": [replay_topic(pk, replay.asked_by_id)]}))
    try:
        trial = trial_of(replay)
    except Invalid as invalid:  # what it names is gone by now
        replay.problem = str(invalid)[:500]
        return _finish(replay, FAILED, now)
    tickets = trial.tickets().order_by("pk")
    if replay.state == WAITING:
        replay.state, replay.total = RUNNING, tickets.count()
    numbers = list(tickets.filter(pk__gt=replay.last_ticket_id).values_list("pk", flat=True)[:CHUNK])
    _note_matches(replay, trial, numbers)
    replay.looked_at += len(numbers)
    replay.last_ticket_id = numbers[-1] if numbers else replay.last_ticket_id
    if len(numbers) < CHUNK:
        return _finish(replay, DONE, now)
    replay.claimed_until = now + LEASE
    replay.save()
    return True


def trial_of(replay: Replay) -> Trial:
    """The days end when it was asked for, however long it takes."""
    since = replay.created_at - timedelta(days=replay.days)
    return Trial(replay.kind, replay.conditions, since=since, until=replay.created_at)


def _note_matches(replay: Replay, trial: Trial, numbers: Sequence[int]) -> None:
    matched = set()
    for match in trial.matches(numbers):
        matched.add(match.ticket.pk)
        replay.matched += 1
        if len(replay.examples) < MOST_EXAMPLES:
            changes = [place for place, action in enumerate(replay.actions) if would_change(match.ticket, action)]
            replay.examples.append(
                {
                    "ticket": match.ticket.pk,
                    "subject": match.ticket.subject,
                    "at": match.at.isoformat(),
                    "changes": changes,
                }
            )
    replay.matched_tickets += len(matched)


def would_change(ticket: Ticket, action: Wanted) -> bool:
    """Whether the ticket, as it was, was not so already. What goes out, goes out each time."""
    value: Any = action["value"]
    match action["field"]:
        case "status" | "priority" | "type":
            return bool(getattr(ticket, action["field"]) != value)
        case "assignee_id" | "group_id":
            column = "team_id" if action["field"] == "group_id" else "assignee_id"
            return str(getattr(ticket, column) or "") != str(value or "")
        case "current_tags":
            return not set(value.split()) <= set(ticket.tags)
        case "remove_tags":
            return bool(set(value.split()) & set(ticket.tags))
        case "set_tags":
            return set(value.split()) != set(ticket.tags)
    return True


def _finish(replay: Replay, state: str, now: datetime) -> bool:
    replay.state, replay.finished_at, replay.claimed_until = state, now, None
    replay.save()
    return False


def examples_of(replay: Replay) -> list[Example]:
    """The first matches, in the words of the language in use."""
    said = [_say(action) for action in replay.actions]
    return [
        Example(
            each["ticket"],
            each["subject"],
            datetime.fromisoformat(each["at"]),
            [said[place] for place in each["changes"]],
        )
        for each in replay.examples
    ]


def _say(action: Wanted) -> str:
    kind = ACTIONS.get(action["field"])
    return kind.say(action["value"]) if kind else action["field"]


def reservations(kind: str, conditions: Tree) -> list[str]:
    """What the result can't know, said plainly: to be shown beside it. Raises `Invalid`."""
    asked = {condition.field.key: condition.field for condition in parse(conditions, kind).conditions()}
    said = [
        _("“%(field)s” is taken as it is today: nobody wrote down what it was then.") % {"field": field.label}
        for field in not_known(asked.values())
    ]
    if "comment_includes_word" in asked or "description_includes_word" in asked:
        said.append(_("Words that were edited or erased since are read as they are now."))
    if kind == RuleKind.TRIGGER:
        said.append(_("It is tried as if it ran after all other triggers."))
    said.append(_("What it would have changed is not carried on: after a match, each ticket goes on as it did."))
    return said
