"""Saying what waits: claimed under a lease, signed, posted in threads, and each attempt written down.

At least once: a worker that dies between the post and its record has it said again, under the same webhook-id. One
process at a time does it (an advisory lock), so that however slow others' servers are, they keep one worker's slot and
mail keeps the other. An endpoint that fails is left alone for longer and longer, whatever waits for it.
"""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Collection, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.db.models import F, Min, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.integrations.models import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from helpdesk.integrations.webhooks import endpoints
from helpdesk.lib import outside, standard_webhooks
from helpdesk.lib.alone import alone
from helpdesk.lib.sealing import CannotOpen

logger = logging.getLogger(__name__)

TIMEOUT = 5  # seconds without a word; twice that for everything
LEASE = timedelta(seconds=60)
AT_ONCE = 8  # posts under way
OF_ONE = 2  # of them to one endpoint: a slow one leaves room for the others
LOCK = 0x0E_7B_00_17
RETRIES = [timedelta(seconds=5), timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30),
           timedelta(hours=2), timedelta(hours=5), timedelta(hours=8)]  # fmt: skip  # the last ends within a day
GONE = 410
KEPT_BODY = 16_000  # characters of an answer
NEVER_LOGGED = {"set-cookie", "authorization"}


@dataclass(frozen=True)
class Outcome:
    answer: outside.Answer | None
    error: str
    took: float  # seconds


def send_waiting(*, limit: int = 200) -> int:
    """Say what is due until nothing is; returns how many attempts were made. 0 when another process is at it."""
    with alone(LOCK) as is_alone:
        return _say_all(limit) if is_alone else 0


@transaction.atomic
def claim(now: datetime, under_way: Collection[int] = ()) -> list[WebhookDelivery]:
    """What is due, a few of each endpoint, the oldest first; leased to this process.

    `under_way`: the endpoints of posts that are still waited for, one for each.
    """
    busy = Counter(under_way)
    due = Q(state=DeliveryState.WAITING, due_at__lte=now) | Q(state=DeliveryState.SENDING, leased_until__lt=now)
    open_to = Q(endpoint__hold_until=None) | Q(endpoint__hold_until__lte=now)
    rows = WebhookDelivery.objects.select_for_update(skip_locked=True, of=("self",)).select_related("endpoint")
    claimed: list[WebhookDelivery] = []
    for endpoint_id in _endpoints_with(due & open_to & Q(endpoint__is_active=True)):
        room = max(min(OF_ONE - busy[endpoint_id], AT_ONCE - busy.total() - len(claimed)), 0)
        claimed += rows.filter(due, endpoint_id=endpoint_id).order_by("due_at", "pk")[:room]
    for delivery in claimed:
        delivery.state, delivery.leased_until = DeliveryState.SENDING, now + LEASE
        delivery.attempt_count = F("attempt_count") + 1
        delivery.save(update_fields=["state", "leased_until", "attempt_count"])
        delivery.refresh_from_db(fields=["attempt_count"])
    return claimed


def _endpoints_with(due: Q) -> list[int]:
    """Whose turn it is: those whose oldest delivery has waited longest. However much waits for one, all are seen."""
    waiting = WebhookDelivery.objects.filter(due).values("endpoint").annotate(oldest=Min("due_at"))
    return [row["endpoint"] for row in waiting.order_by("oldest", "endpoint")]


def _say_all(limit: int) -> int:
    """As one post is answered the next goes out, so that nobody waits for those who take their time."""
    under_way: dict[Future[Outcome], tuple[WebhookDelivery, datetime, dict[str, str]]] = {}
    tried = 0
    with ThreadPoolExecutor(AT_ONCE) as pool:
        while True:
            busy = [delivery.endpoint_id for delivery, *_rest in under_way.values()]
            batch = claim(timezone.now(), busy) if tried < limit and len(busy) < AT_ONCE else []
            tried += len(batch)
            for delivery in batch:
                under_way |= _begin(pool, delivery)
            if not under_way and not batch:
                return tried
            for done in wait(under_way, return_when=FIRST_COMPLETED).done:
                _record(*under_way.pop(done), done.result())


def _begin(
    pool: ThreadPoolExecutor, delivery: WebhookDelivery
) -> dict[Future[Outcome], tuple[WebhookDelivery, datetime, dict[str, str]]]:
    started = timezone.now()
    try:
        headers = _headers(delivery, started)
    except CannotOpen:
        _record(delivery, started, {}, Outcome(None, _("Its secret can’t be read any more: rotate it."), 0))
        return {}
    posted = pool.submit(_post, delivery.endpoint.url, delivery.body.encode(), headers)
    return {posted: (delivery, started, headers)}


def _headers(delivery: WebhookDelivery, now: datetime) -> dict[str, str]:
    secrets = delivery.endpoint.secrets(now)
    return {
        "content-type": "application/json; charset=utf-8",
        "user-agent": "Onethread-Webhooks/1",
        "x-onethread-depth": str(delivery.cause_depth),  # who answers by API sends it back, and so no loop is endless
        **standard_webhooks.headers(secrets, delivery.message_id, int(now.timestamp()), delivery.body.encode()),
    }


def _post(url: str, body: bytes, headers: dict[str, str]) -> Outcome:
    """In a thread: touches no database."""
    begun = time.monotonic()
    answer, error = None, ""
    try:
        answer = outside.post(
            url, body, headers, trusted=settings.WEBHOOK_PRIVATE_HOSTS, any_port=True, timeout=TIMEOUT
        )
    except outside.NotAllowed:
        error = _("This address is not public: it is not called.")
    except outside.Unreachable as unreachable:
        error = _text(str(unreachable).encode(errors="replace"))[:500]
    except Exception as strange:  # whatever one of them thinks of is written down and tried again, and stops no other
        logger.exception("A webhook's post failed in a new way")
        error = type(strange).__name__
    return Outcome(answer, error, time.monotonic() - begun)


@transaction.atomic
def _record(delivery: WebhookDelivery, started: datetime, headers: dict[str, str], outcome: Outcome) -> None:
    """Write the attempt down and decide what comes next, unless the lease ran out and another has the row."""
    endpoint = WebhookEndpoint.objects.select_for_update().filter(pk=delivery.endpoint_id).first()
    ours = WebhookDelivery.objects.select_for_update().filter(
        pk=delivery.pk, state=DeliveryState.SENDING, attempt_count=delivery.attempt_count
    )
    if endpoint is None or not ours.exists():
        return
    answer = outcome.answer
    WebhookAttempt.objects.create(
        delivery=delivery,
        number=delivery.attempt_count,
        started_at=started,
        duration_ms=round(outcome.took * 1000),
        request_headers=headers,
        status=answer.status if answer else None,
        response_headers=_loggable(answer.headers) if answer else {},
        response_body=_text(answer.body)[:KEPT_BODY] if answer else "",
        error=outcome.error,
    )
    now = timezone.now()
    if answer and 200 <= answer.status < 300:
        _settle(delivery, DeliveryState.DELIVERED, now)
        endpoints.note_success(endpoint)
    elif answer and answer.status == GONE:
        _settle(delivery, DeliveryState.FAILED, now)
        endpoints.disable(endpoint, _("It answered 410: it wants nothing any more."))
    else:
        _put_off(delivery, endpoint, now, at_least=_asked_to_wait(answer))


def _put_off(delivery: WebhookDelivery, endpoint: WebhookEndpoint, now: datetime, *, at_least: timedelta) -> None:
    """Once more later, or never; and the endpoint is left alone until then."""
    number = (delivery.attempt_count - 1) % (len(RETRIES) + 1)  # a replay begins a new round
    pause = max(RETRIES[number], at_least) if number < len(RETRIES) else None
    if pause is None or now + pause > delivery.give_up_at:
        _settle(delivery, DeliveryState.FAILED, now)
    else:
        delivery.state, delivery.due_at, delivery.leased_until = DeliveryState.WAITING, now + pause, None
        delivery.save(update_fields=["state", "due_at", "leased_until"])
    endpoints.note_failure(endpoint, now, at_least=at_least)


def _settle(delivery: WebhookDelivery, state: DeliveryState, now: datetime) -> None:
    delivery.state, delivery.settled_at, delivery.leased_until = state, now, None
    delivery.save(update_fields=["state", "settled_at", "leased_until"])


def _asked_to_wait(answer: outside.Answer | None) -> timedelta:
    """By `Retry-After` in seconds, an hour at most."""
    said = answer.headers.get("retry-after", "") if answer and answer.status in (429, 503) else ""
    return timedelta(seconds=min(int(said[:9]), 3600)) if said.isascii() and said.isdecimal() else timedelta()


def _loggable(headers: Mapping[str, str]) -> dict[str, str]:
    shown = [(name, value) for name, value in headers.items() if name not in NEVER_LOGGED]
    return {_text(name.encode())[:100]: _text(value.encode(errors="replace"))[:500] for name, value in shown[:50]}


def _text(raw: bytes) -> str:
    return raw.decode(errors="replace").replace("\0", "\ufffd")
