"""Mails about chats, written down to be sent: at once by who hears of it, else by the sweeper of channels_app."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.db import connection, transaction
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _

from tickets.models import ChatMail
from tickets.services import Refused

AN_HOUR, A_DAY = 4, 12  # to one address: nobody's mailbox is filled by somebody else's clicks
KEPT_FOR: Final = timedelta(days=30)


@transaction.atomic
def queue_mail(kind: str, email: str, *, now: datetime, **fields: Any) -> ChatMail:
    """Raises `Refused` when too many went to the address lately."""
    with connection.cursor() as cursor:  # many at once are counted, too
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"chat-mail {email}"])
    lately = ChatMail.objects.filter(email=email, created_at__gt=now - timedelta(days=1))
    moments = list(lately.values_list("created_at", flat=True)[:A_DAY])
    if len(moments) >= A_DAY or sum(moment > now - timedelta(hours=1) for moment in moments) >= AN_HOUR:
        reason = _("Several mails went to this address already. Look into your mailbox, please, or try again later.")
        raise Refused(reason, field="email")
    mail = ChatMail.objects.create(kind=kind, email=email, due_at=now, created_at=now, **fields)
    transaction.on_commit(_hurry)
    return mail


def _hurry() -> None:
    """The sweeper of channels_app finds it as well."""
    for path in settings.CHAT_MAIL_WAITS:
        import_string(path)()


def forget_old_mails(*, now: datetime, limit: int = 5_000) -> int:
    """Where mails went is nobody's business for ever; how many rows went."""
    old = ChatMail.objects.filter(created_at__lt=now - KEPT_FOR).order_by("pk").values_list("pk", flat=True)
    return ChatMail.objects.filter(pk__in=list(old[:limit])).delete()[0]
