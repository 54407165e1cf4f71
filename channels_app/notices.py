"""Mails that tell staff what happened: gathered from notifications that are due, then sent at least once.

    notifications due ──gather──► Notice queued ──claim──► sending ──► accepted | deferred (again later) | failed

Gathering is one transaction: the notifications are marked and the mail's bytes are stored, or neither, so that each is
in exactly one mail. Sending is claim, send, mark. A worker that dies in between leaves a lease that runs out.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from itertools import groupby

from django.db import transaction
from django.db.models import Max, Min, Q, QuerySet
from django.utils import timezone, translation

from channels_app import transport
from channels_app.adapters.email.notice import render_notice
from channels_app.adapters.email.tokens import issue_notice_id, notice_pk
from channels_app.models import Notice, OutboxState
from channels_app.stored_mail import TO_STAFF, StoredMail
from helpdesk.accounts.models import Availability, User
from tickets.models import MessageKind, Notification, NotificationSettings
from tickets.notifications.centre import with_words
from tickets.notifications.listeners import rhythm_of
from tickets.notifications.schedule import after_quiet
from tickets.notifications.words import Told

logger = logging.getLogger(__name__)

PEOPLE_AT_ONCE = 200
GATHERED_AT_ONCE = 5_000
IN_ONE_MAIL = 100  # the newest of them; the others are in the notification centre
ALONE_AT_MOST = 10  # more at once come together also for whoever wants a mail for each
SECONDS = 8.0
PAUSES = [timedelta(minutes=minutes) for minutes in (1, 5, 15, 60, 240)]  # then it is news no more
KEPT_FOR = timedelta(days=30)
OPEN = (OutboxState.QUEUED, OutboxState.DEFERRED, OutboxState.SENDING)


def gather(*, now: datetime) -> int:
    """Write the mails that are due; how many. One that breaks does not stop the others."""
    written = 0
    for user in _people_due(now):
        try:
            with transaction.atomic():
                written += len(_gather_for(user, now))
        except Exception:
            logger.exception("no mail could be written for user %s", user.pk)
    return written


def _waiting() -> QuerySet[Notification]:
    return Notification.objects.filter(email_due_at__isnull=False, emailed_at=None)


def _people_due(now: datetime) -> list[User]:
    """Those whose oldest mail is due, the longest waiting first; whoever is away waits until they are back."""
    due = (
        _waiting()
        .filter(email_due_at__lte=now)
        .exclude(Q(user__availability=Availability.AWAY) & ~Q(user__notification_settings__quiet_when_away=False))
        .values("user_id")
        .annotate(oldest=Min("email_due_at"))
        .order_by("oldest")[:PEOPLE_AT_ONCE]
    )
    people = User.objects.in_bulk([row["user_id"] for row in due])
    return [people[row["user_id"]] for row in due if row["user_id"] in people]


def _gather_for(user: User, now: datetime) -> list[Notice]:
    """Everything that waits for `user`, not only what is due: the next mail would only say more of the same."""
    waiting = _waiting().filter(user=user)
    rows = list(waiting.select_for_update(skip_locked=True, of=("self",)).only("pk").order_by("pk")[:GATHERED_AT_ONCE])
    locked = Notification.objects.filter(pk__in=[row.pk for row in rows])
    settings = NotificationSettings.objects.filter(user=user).first() or NotificationSettings(user=user)
    later = after_quiet(now, rhythm_of(user.time_zone, settings))
    if rows and later > now:  # quiet hours were set since
        locked.update(email_due_at=later)
        return []
    visible = Notification.objects.visible_to(user).filter(pk__in=[row.pk for row in rows]) if user.is_active else None
    told = _told(user, visible.filter(read_at=None)) if visible is not None else []
    locked.update(emailed_at=now)
    is_digest = settings.email_each_minutes or len(told) > ALONE_AT_MOST
    batches = [told] if is_digest else _by_ticket(told)
    return [_write(user, batch, now) for batch in batches if batch]


def _told(user: User, rows: QuerySet[Notification]) -> list[Told]:
    with translation.override(user.language):
        newest = rows.select_related("ticket__inbox", "event__message").order_by("-pk")[:IN_ONE_MAIL]
        return with_words(newest, user)[::-1]


def _by_ticket(told: Iterable[Told]) -> list[list[Told]]:
    ordered = sorted(told, key=lambda one: one.row.ticket_id or 0)
    return [list(batch) for _ticket, batch in groupby(ordered, key=lambda one: one.row.ticket_id)]


def _write(user: User, told: list[Told], now: datetime) -> Notice:
    notice = Notice.objects.create(user=user, due_at=now, created_at=now)
    notice.mail_id = issue_notice_id(notice.pk, _answered_message(told))
    notice.raw = render_notice(user, told, notice.mail_id, now=now)
    notice.save(update_fields=["mail_id", "raw"])
    return notice


def _answered_message(told: list[Told]) -> int:
    """What an answer to the mail answers: a note if one is told of, so that what was said among us stays among us."""
    messages = [one.row.event.message for one in told if one.row.event and one.row.event.message]
    notes = [message for message in messages if message.kind == MessageKind.NOTE]
    return (notes or messages)[-1].pk if messages else 0


def last_told(mail_id: str, user: User, number: int) -> int:
    """The newest event of ticket `number` that this mail told `user` of; 0 when it is none of ours to them."""
    notice = Notice.objects.filter(pk=notice_pk(mail_id) or 0, user=user).only("created_at").first()
    if notice is None:
        return 0
    told = Notification.objects.filter(user=user, ticket=number, emailed_at=notice.created_at)
    return int(told.aggregate(newest=Max("event"))["newest"] or 0)


def send_due(*, now: datetime | None = None, seconds: float = SECONDS) -> int:
    """Send what is queued, put off or left by a dead worker, for about `seconds`; how many were tried."""
    deadline, done = time.monotonic() + seconds, 0
    while time.monotonic() < deadline:
        notice = claim(now=now or timezone.now())
        if notice is None:
            break
        done += 1
        try:
            deliver(notice)
        except Exception:
            logger.exception("notice %s could not be sent", notice.pk)  # its lease runs out, and it is tried again
    return done


def claim(*, now: datetime) -> Notice | None:
    """The next mail that is due, leased to this worker by putting its time off."""
    with transaction.atomic():
        due = Notice.objects.filter(state__in=OPEN, due_at__lte=now).order_by("due_at", "pk")
        notice = due.select_for_update(skip_locked=True, of=("self",)).select_related("user").first()
        if notice is None:
            return None
        notice.attempt += 1
        notice.state = OutboxState.SENDING
        notice.due_at = notice.leased_until = now + timedelta(seconds=transport.lease_seconds())
        notice.save(update_fields=["attempt", "state", "due_at", "leased_until"])
        return notice


def deliver(notice: Notice) -> None:
    """Send, and write down what came of it unless another worker has taken over since."""
    if notice.raw is None or (notice.attempt > 1 and transport.has_sent(notice.mail_id)):
        _finish(notice, OutboxState.ACCEPTED)
        return
    result = transport.send(StoredMail(bytes(notice.raw), "", [notice.user.email], purpose=TO_STAFF))
    refusal = result.refused.get(notice.user.email)
    if refusal is None:
        _finish(notice, OutboxState.ACCEPTED)
    elif refusal["final"] or notice.attempt > len(PAUSES):
        _finish(notice, OutboxState.FAILED, refusal["answer"])
    else:
        again = timezone.now() + PAUSES[notice.attempt - 1]
        _finish(notice, OutboxState.DEFERRED, refusal["answer"], due_at=again)


def _finish(notice: Notice, state: str, error: str = "", **fields: datetime) -> None:
    ours = Notice.objects.filter(pk=notice.pk, attempt=notice.attempt, state=OutboxState.SENDING)
    is_over = state in (OutboxState.ACCEPTED, OutboxState.FAILED)
    ours.update(state=state, last_error=error, leased_until=None, **fields, **({"raw": None} if is_over else {}))


def forget_old(*, now: datetime) -> int:
    """Delete the rows of mails sent long ago."""
    old = Notice.objects.filter(created_at__lt=now - KEPT_FOR).order_by("created_at")[:1000]
    return Notice.objects.filter(pk__in=list(old.values_list("pk", flat=True))).delete()[0]
