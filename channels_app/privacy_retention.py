"""What of mail can grow too old: its bytes. Rows, sizes, states and times stay."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.models import Delivery, InboundPayload, OutboxState, PayloadState
from channels_app.privacy import drop_bytes
from customers.retention import Kind

SETTLED = (OutboxState.ACCEPTED, OutboxState.FAILED, OutboxState.CANCELLED)


def _old_mail(before: datetime) -> QuerySet[InboundPayload]:
    settled = InboundPayload.objects.exclude(state=PayloadState.RECEIVED).exclude(raw=b"")
    return settled.filter(received_at__lt=before).order_by("pk")


def _drop_mail(ids: Sequence[int]) -> None:
    drop_bytes(InboundPayload.objects.filter(pk__in=ids), _("Its source was removed: it was kept long enough."))


def _old_sent(before: datetime) -> QuerySet[Delivery]:
    return Delivery.objects.filter(created_at__lt=before, state__in=SETTLED).exclude(raw=None).order_by("pk")


def _drop_sent(ids: Sequence[int]) -> None:
    Delivery.objects.filter(pk__in=ids).update(raw=None)


KINDS = (
    Kind(
        "raw_mail",
        gettext_lazy("Mails as they came in"),
        gettext_lazy("The source of each mail, with its files. What stands on tickets is not touched."),
        _old_mail,
        _drop_mail,
        chunk=500,
    ),
    Kind(
        "sent_mail",
        gettext_lazy("Mails as they were sent"),
        gettext_lazy("Byte for byte. The replies on tickets are not touched."),
        _old_sent,
        _drop_sent,
        chunk=500,
    ),
)
