"""Messages to browsers (RFC 8030), sealed for each browser alone (RFC 8291).

The makers' servers in between see when and how much, not what. Unless the installation allows it, not even the sealed
message has a customer's words or name in it.
"""

from __future__ import annotations

import json
import logging
import time
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from helpdesk.accounts.models import Availability, User
from helpdesk.lib import outside
from tickets.models import Notification, NotificationKind, PushSubscription
from tickets.notifications import vapid
from tickets.notifications.centre import with_words
from tickets.notifications.words import Told

logger = logging.getLogger(__name__)

KEPT_BY_SERVICE: Final = 4 * 3600  # seconds that a push service waits for a browser that is off
LEASE = timedelta(seconds=60)
NEWS_FOR = timedelta(hours=1)  # then a message that could not be handed over is no news any more
AT_MOST = 3  # more at once are told as a number
FAILURES = 20  # in a row, then the browser is forgotten
BROWSERS = 10  # of one person
GONE = (404, 410)


class BadSubscription(ValueError):
    """Not what a browser would send."""


def subscribe(user: User, endpoint: str, p256dh: str, auth: str, *, user_agent: str = "") -> PushSubscription:
    """Keep where to send and the keys to seal with. The same browser again, also under another person, replaces."""
    outside.read_url(endpoint, trusted=settings.WEB_PUSH_PRIVATE_HOSTS)
    try:
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), _decoded(p256dh))
        is_sound = len(_decoded(auth)) == 16
    except (ValueError, NotBase64) as error:
        raise BadSubscription(str(error)) from error
    if not is_sound:
        raise BadSubscription("auth is 16 bytes")
    keys = {"user": user, "p256dh": p256dh, "auth": auth, "user_agent": user_agent[:300], "failures": 0}
    kept, _created = PushSubscription.objects.update_or_create(endpoint=endpoint, defaults=keys)
    own = PushSubscription.objects.filter(user=user).order_by("-pk").values_list("pk", flat=True)
    PushSubscription.objects.filter(pk__in=list(own[BROWSERS:])).delete()
    return kept


def _decoded(text: str) -> bytes:
    return b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)


def send_due(*, now: datetime | None = None, seconds: float = 4.0) -> int:
    """Tell the browsers of everybody who waits, for about `seconds`; how many people."""
    deadline, done = time.monotonic() + seconds, 0
    while time.monotonic() < deadline and (claimed := _claim(now or timezone.now())):
        done += 1
        try:
            _send(*claimed, now=now or timezone.now())
        except Exception:
            logger.exception("browsers of user %s could not be told", claimed[0].pk)  # the lease runs out
    return done


def _claim(now: datetime) -> tuple[User, list[Notification]] | None:
    """The next person with everything that waits for them, leased to this worker."""
    due = Notification.objects.filter(push_due_at__lte=now, pushed_at=None).exclude(
        Q(user__availability=Availability.AWAY) & ~Q(user__notification_settings__quiet_when_away=False)
    )
    with transaction.atomic():
        first = due.order_by("push_due_at").select_for_update(skip_locked=True, of=("self",)).first()
        if first is None:
            return None
        waiting = Notification.objects.filter(user_id=first.user_id, push_due_at__lte=now, pushed_at=None)
        rows = list(waiting.select_for_update(skip_locked=True, of=("self",)).order_by("pk")[:100])
        Notification.objects.filter(pk__in=[row.pk for row in rows]).update(push_due_at=now + LEASE)
        return User.objects.get(pk=first.user_id), rows


def _send(user: User, rows: Sequence[Notification], *, now: datetime) -> None:
    """A worker that dies here is followed by another: the browser shows a message with the same tag once."""
    claimed = Notification.objects.filter(pk__in=[row.pk for row in rows])
    visible = Notification.objects.visible_to(user).filter(pk__in=claimed.values("pk"), read_at=None).order_by("pk")
    with translation.override(user.language):
        messages = _messages(with_words(visible, user)) if user.is_active else []
    unreached = False
    for subscription in user.push_subscriptions.order_by("pk") if messages else ():
        unreached |= not all(_tell(subscription, message) for message in messages)
    fresh = claimed.filter(created_at__gt=now - NEWS_FOR) if unreached else Notification.objects.none()
    claimed.exclude(pk__in=fresh.values("pk")).update(pushed_at=now)


def _messages(told: Sequence[Told]) -> list[dict[str, str]]:
    if len(told) <= AT_MOST:
        return [_message(one) for one in told]
    words = ngettext("%(count)s notification", "%(count)s notifications", len(told)) % {"count": len(told)}
    return [{"title": "Onethread", "body": words, "url": "/agent/notifications/", "tag": "many"}]


def _message(one: Told) -> dict[str, str]:
    ticket = one.row.ticket
    body, title = _plain(one), f"#{ticket.pk}" if ticket else "Onethread"
    if settings.WEB_PUSH_WORDS:
        title = f"#{ticket.pk} {ticket.subject}" if ticket else title
        body = "\n".join(filter(None, [one.sentence, one.preview]))
    url = f"/agent/notifications/{one.row.pk}/"
    return {"title": title, "body": body, "url": url, "tag": f"n{one.row.pk}"}


def _plain(one: Told) -> str:
    """What may be said without a word or a name of a customer's."""
    if one.row.kind == NotificationKind.CUSTOMER_REPLIED:
        return _("A customer answered")
    return one.sentence


def _tell(subscription: PushSubscription, message: dict[str, str]) -> bool:
    """Hand one message over; False when it makes sense to try again. A browser that is gone is forgotten."""
    body = json.dumps(message).encode()
    headers = {
        "Content-Type": "application/octet-stream",
        "Content-Encoding": "aes128gcm",
        "TTL": str(KEPT_BY_SERVICE),
        "Urgency": "high",
        "Authorization": vapid.authorization(subscription.endpoint, now=time.time()),
    }
    try:
        sealed = _seal(subscription, body)
        answer = outside.post(subscription.endpoint, sealed, headers, trusted=settings.WEB_PUSH_PRIVATE_HOSTS)
    except outside.NotAllowed:
        logger.warning("browser %s is at an address that we don't call: forgotten", subscription.pk)
        subscription.delete()
        return True
    except outside.Unreachable as error:
        return _failed(subscription, str(error))
    status = answer.status
    if status in GONE:
        subscription.delete()
        return True
    if 200 <= status < 300:
        PushSubscription.objects.filter(pk=subscription.pk).exclude(failures=0).update(failures=0)
        return True
    said = answer.body[:200].decode(errors="replace")
    return _failed(subscription, f"{status} {said}", again=status in (429, 500, 503))


def _seal(subscription: PushSubscription, body: bytes) -> bytes:
    sealed: bytes = http_ece.encrypt(
        body,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_decoded(subscription.p256dh),
        auth_secret=_decoded(subscription.auth),
        version="aes128gcm",
    )
    return sealed


def _failed(subscription: PushSubscription, reason: str, *, again: bool = True) -> bool:
    logger.warning("browser %s was not told: %s", subscription.pk, reason)
    subscription.failures += 1
    if subscription.failures >= FAILURES:
        subscription.delete()
        return True
    subscription.save(update_fields=["failures"])
    return not again
