"""Periodic work on tickets. Each claims its rows and is bounded; running it twice does no harm."""

from time import monotonic

from celery import shared_task
from django.db import transaction
from django.utils import timezone

from customers import privacy_tasks  # noqa: F401  # Celery looks for tasks in here
from helpdesk.lib.handover import hand_over
from tickets import bulk, scanning, unused_files
from tickets.attachments import delete_unsent
from tickets.automation import planning, replaying, timed, tracing
from tickets.calls.settling import settle_calls  # noqa: F401
from tickets.chat.continuing import mail_missed_lines  # noqa: F401
from tickets.chat.offering import offer_chats  # noqa: F401
from tickets.chat.settling import settle_chats  # noqa: F401
from tickets.chat.sweeping import sweep_chats  # noqa: F401
from tickets.insights import telling
from tickets.models import Attachment, ScanState, Ticket, TicketEvent
from tickets.notifications import push
from tickets.notifications.centre import forget_old
from tickets.portal.opening import expire_requests
from tickets.routing.tasks import route_tickets, sweep_routing  # noqa: F401  # Celery looks for tasks in here
from tickets.search import upkeep
from tickets.services import close_long_solved, delete_old_revisions
from tickets.sla import sweep as clocks
from tickets.sla import whatif
from tickets.sla.new_hours import follow_new_hours  # noqa: F401
from tickets.surveys import asking


@shared_task
def close_solved_tickets() -> int:
    return close_long_solved(now=timezone.now())


@shared_task(expires=3)
def wake_clocks() -> int:
    """All that is due, in batches; what a second is too short for is left to the next beat."""
    until, told = monotonic() + 1.0, 0
    while (count := clocks.sweep(now=timezone.now())) and monotonic() < until:
        told += count
    return told


@shared_task
def run_what_if(pk: int) -> None:
    if whatif.run(pk):
        hand_over(run_what_if, pk)


@shared_task(expires=10)
def sweep_what_ifs() -> int:
    """Finds what Celery lost, and jobs whose worker died."""
    return sum(hand_over(run_what_if, pk) for pk in whatif.due(now=timezone.now()))


@shared_task
def delete_old_what_ifs() -> int:
    return whatif.delete_old(now=timezone.now())


@shared_task
def delete_unsent_uploads() -> int:
    return delete_unsent(now=timezone.now())


@shared_task(expires=50)
def delete_unused_files() -> int:
    return unused_files.delete_unused()


@shared_task(expires=5)
def send_pushes() -> int:
    return push.send_due()


@shared_task
def forget_old_notifications() -> int:
    return forget_old(now=timezone.now())


@shared_task
def delete_old_draft_revisions() -> int:
    return delete_old_revisions(now=timezone.now())


@shared_task
def run_bulk_job(pk: int) -> None:
    if bulk.run_job(pk):
        hand_over(run_bulk_job, pk)


@shared_task(expires=10)
def sweep_bulk_jobs() -> int:
    """Finds what Celery lost, and jobs whose worker died."""
    return sum(hand_over(run_bulk_job, pk) for pk in bulk.due_jobs(now=timezone.now()))


@shared_task(expires=10)
def index_older_tickets() -> int:
    """A few seconds' work; `manage.py index_search` does all at once."""
    return sum(upkeep.fill() for _ in range(10))


@shared_task(expires=5)
def index_changed_names() -> int:
    return sum(upkeep.refresh_stale() for _ in range(10))


@shared_task(expires=15)
def learn_words() -> int:
    return sum(upkeep.learn_words() for _ in range(5))


@shared_task
def index_what_was_missed() -> int:
    return upkeep.index_missed()


@shared_task(expires=15)
def ask_by_surveys() -> int:
    return asking.sweep()


@shared_task(expires=2)
def sweep_automations() -> int:
    return timed.sweep()


@shared_task(expires=3)
def plan_automations() -> None:
    planning.plan_all(now=timezone.now())


@shared_task
def forget_old_appointments() -> int:
    return timed.forget_old(now=timezone.now())


@shared_task
def run_replay(pk: int) -> None:
    if replaying.run_replay(pk):
        hand_over(run_replay, pk)


@shared_task(expires=10)
def sweep_replays() -> int:
    """Finds what Celery lost, and replays whose worker died."""
    return sum(hand_over(run_replay, pk) for pk in replaying.due_replays(now=timezone.now()))


@shared_task
def delete_old_replays() -> int:
    return replaying.delete_old(now=timezone.now())


@shared_task
def forget_old_rule_traces() -> int:
    return tracing.forget_old(now=timezone.now())


@shared_task
def delete_old_bulk_jobs() -> int:
    return bulk.delete_old(now=timezone.now())


@shared_task
def check_files_of(message_id: int) -> int:
    waiting = Attachment.objects.filter(message_id=message_id, scan_state=ScanState.PENDING)
    return scanning.check_all(waiting.select_related("message__ticket"))


@shared_task(expires=30)
def sweep_unchecked_files() -> int:
    """Finds what Celery lost, and what came while the scanner was away."""
    return scanning.sweep()


NEW_FILES = ("message.received", "reply.added", "reply.scheduled", "note.added", "file.fetched")


def check_new_files(ticket: Ticket, events: list[TicketEvent]) -> None:
    """Event consumer, where a scanner is set up: have the files of new messages checked once they are committed."""
    new = {event.message_id for event in events if event.kind in NEW_FILES}
    waiting = Attachment.objects.filter(message__in=new, scan_state=ScanState.PENDING)
    for pk in set(waiting.values_list("message_id", flat=True)) if new else ():
        transaction.on_commit(lambda pk=pk: hand_over(check_files_of, pk))  # type: ignore[misc]


@shared_task(expires=10)
def tell_of_feedback() -> int:
    """Those who asked for something, of what became of it."""
    return telling.tell_next()


@shared_task
def forget_unproved_requests() -> int:
    """From forms: what nobody has opened the link of in time."""
    return expire_requests(now=timezone.now())
