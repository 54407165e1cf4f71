"""Endpoints: made, changed, given a new secret, tried out, and switched off when they are past hope."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import Role, User
from helpdesk.integrations.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from helpdesk.integrations.webhooks import payloads, queueing
from helpdesk.lib import standard_webhooks
from helpdesk.lib.sealing import seal, unseal
from tickets.models import NotificationKind
from tickets.notifications import tell

BOTH_SIGN_FOR = timedelta(hours=24)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(minutes=30)
HOPE = timedelta(hours=24)  # of nothing but failure; then it is switched off
LEAST_FAILURES = 5
TEST = "webhook.test"


def create_endpoint(user: User, **fields: object) -> WebhookEndpoint:
    return WebhookEndpoint.objects.create(created_by=user, sealed_secret=seal(standard_webhooks.new_secret()), **fields)


def secret_of(endpoint: WebhookEndpoint) -> str:
    """To be shown to an admin. Raises `helpdesk.lib.sealing.CannotOpen`."""
    return unseal(endpoint.sealed_secret)


@transaction.atomic
def rotate_secret(endpoint: WebhookEndpoint, *, now: datetime | None = None) -> WebhookEndpoint:
    """A new secret; for a day the old one signs too, so that whoever verifies can change over."""
    endpoint = WebhookEndpoint.objects.select_for_update().get(pk=endpoint.pk)
    endpoint.sealed_previous = endpoint.sealed_secret
    endpoint.previous_until = (now or timezone.now()) + BOTH_SIGN_FOR
    endpoint.sealed_secret = seal(standard_webhooks.new_secret())
    endpoint.save(update_fields=["sealed_secret", "sealed_previous", "previous_until"])
    return endpoint


def enable(endpoint: WebhookEndpoint) -> None:
    """What waits for it is tried at once."""
    endpoint.is_active, endpoint.disabled_reason = True, ""
    endpoint.failures, endpoint.failing_since, endpoint.hold_until = 0, None, None
    endpoint.save(update_fields=["is_active", "disabled_reason", "failures", "failing_since", "hold_until"])
    transaction.on_commit(queueing.wake)


def disable(endpoint: WebhookEndpoint, reason: str) -> None:
    """Switched off by itself, and every admin is told."""
    endpoint.is_active, endpoint.disabled_reason = False, reason
    endpoint.save(update_fields=["is_active", "disabled_reason"])
    detail = _("The webhook “%(name)s” was switched off. %(reason)s") % {"name": endpoint, "reason": reason}
    for admin in User.objects.filter(role=Role.ADMIN, is_active=True):
        tell(admin, NotificationKind.TROUBLE, detail=detail)


def note_success(endpoint: WebhookEndpoint) -> None:
    if endpoint.failures:
        endpoint.failures, endpoint.failing_since, endpoint.hold_until = 0, None, None
        endpoint.save(update_fields=["failures", "failing_since", "hold_until"])


def note_failure(endpoint: WebhookEndpoint, now: datetime, *, at_least: timedelta) -> None:
    """Left alone for twice as long each time; after a day of failure switched off."""
    endpoint.failures += 1
    endpoint.failing_since = endpoint.failing_since or now
    pause = min(FIRST_PAUSE * 2 ** min(endpoint.failures - 1, 12), LONGEST_PAUSE)
    endpoint.hold_until = now + max(pause, at_least)
    endpoint.save(update_fields=["failures", "failing_since", "hold_until"])
    if endpoint.failures >= LEAST_FAILURES and now - endpoint.failing_since >= HOPE:
        disable(endpoint, _("Nothing could be delivered for 24 hours."))


def send_test(endpoint: WebhookEndpoint) -> WebhookDelivery:
    """Something harmless, through the same path as everything else."""
    now = timezone.now()
    body = payloads.write(TEST, now, {"endpoint": {"id": endpoint.pk, "name": endpoint.name}})
    said = queueing.delivery(endpoint, TEST, body, now=now)
    queueing.write_down([said])
    return said


@transaction.atomic
def replay(deliveries: Iterable[WebhookDelivery], *, now: datetime | None = None) -> int:
    """Say them again, under their old webhook-id, so that who has them already can tell. Returns how many."""
    now = now or timezone.now()
    chosen = [each.pk for each in deliveries]
    settled = WebhookDelivery.objects.filter(pk__in=chosen).exclude(state=DeliveryState.SENDING)
    count = settled.update(
        state=DeliveryState.WAITING, due_at=now, settled_at=None, give_up_at=now + queueing.TRIED_FOR
    )
    transaction.on_commit(queueing.wake)
    return count
