"""What an operator watches, asked afresh at every scrape: no process remembers numbers, so none can be out of date.

Only questions that an index answers are asked here; the rest belongs into reports.
"""

from collections.abc import Iterator
from datetime import datetime

import redis
from django.conf import settings
from django.db import Error as DatabaseError
from django.db.models import Count, Min
from django.utils import timezone
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from channels_app.models import Delivery, InboundPayload, OutboxState, PayloadState
from helpdesk import heartbeat
from tickets.models import Ticket

UNFINISHED_DELIVERIES = [OutboxState.QUEUED, OutboxState.SENDING, OutboxState.DEFERRED]
NEED_A_PERSON = [PayloadState.HELD, PayloadState.FAILED]


class Gauges(Collector):
    """All gauges of the installation. What can't be asked is left out, and `onethread_up` says why."""

    def collect(self) -> Iterator[Metric]:
        up = GaugeMetricFamily("onethread_up", "Whether a part of the installation answers.", labels=["part"])
        for part, ask in (("database", self._from_database), ("valkey", self._from_valkey)):
            try:
                yield from list(ask())
            except (DatabaseError, redis.RedisError):
                up.add_metric([part], 0)
            else:
                up.add_metric([part], 1)
        yield up

    def _from_database(self) -> Iterator[Metric]:
        tickets = GaugeMetricFamily("onethread_unsolved_tickets", "Tickets that wait for somebody.", labels=["status"])
        for status, count in Ticket.objects.unsolved().values_list("status").annotate(Count("pk")).order_by():
            tickets.add_metric([status], count)
        yield tickets
        waiting = InboundPayload.objects.filter(state=PayloadState.RECEIVED).aggregate(
            n=Count("pk"), at=Min("received_at")
        )
        yield GaugeMetricFamily("onethread_inbound_waiting", "Mails stored and not read yet.", waiting["n"])
        yield GaugeMetricFamily("onethread_inbound_oldest_seconds", "Age of the oldest of them.", age(waiting["at"]))
        held = InboundPayload.objects.filter(state__in=NEED_A_PERSON).count()
        yield GaugeMetricFamily("onethread_inbound_held", "Mails that wait for a person to look at them.", held)
        deliveries = GaugeMetricFamily("onethread_deliveries", "Replies not yet handed over.", labels=["state"])
        unfinished = Delivery.objects.filter(state__in=UNFINISHED_DELIVERIES)
        for state, count in unfinished.values_list("state").annotate(Count("pk")).order_by():
            deliveries.add_metric([state], count)
        yield deliveries
        due = unfinished.filter(due_at__lt=timezone.now()).aggregate(at=Min("due_at"))["at"]
        yield GaugeMetricFamily("onethread_delivery_overdue_seconds", "How long the oldest due reply waits.", age(due))

    def _from_valkey(self) -> Iterator[Metric]:
        silent = heartbeat.silent_processes()
        alive = GaugeMetricFamily("onethread_process_alive", "Signs of life within 45 s.", labels=["process"])
        for process in heartbeat.PROCESSES:
            alive.add_metric([process], process not in silent)
        yield alive
        if settings.CELERY_BROKER_URL.startswith(("redis", "rediss")):
            with heartbeat.connection() as client:
                backlog = int(client.llen("celery"))
            yield GaugeMetricFamily("onethread_task_backlog", "Tasks that no worker has taken yet.", backlog)


def age(moment: datetime | None) -> float:
    """Seconds since `moment`; 0 where there is none."""
    return max(0.0, (timezone.now() - moment).total_seconds()) if moment else 0.0
