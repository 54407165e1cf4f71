"""One thing that a provider told, put where it belongs.

Each is a transaction of its own and may come again, at once in two places, before or after anything else: the same
things told in whatever order leave the same messages, states and reactions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from channels_app.base import Edited, Happening, MessageIn, Reacted, StatusTold, Unhandled, Withdrawn
from channels_app.messaging import arriving, changing, telling
from channels_app.models import ProviderAccount

Apply = Callable[[ProviderAccount, Any, datetime], None]

APPLIED_BY: Mapping[type[Happening], Apply] = {
    MessageIn: arriving.message_in,
    Edited: changing.edited,
    Withdrawn: changing.withdrawn,
    Reacted: changing.reacted,
    StatusTold: telling.status_told,
}


def apply(account: ProviderAccount, happening: Happening, *, now: datetime) -> bool:
    """False for what we don't read."""
    if isinstance(happening, Unhandled):
        return False
    with transaction.atomic():
        APPLIED_BY[type(happening)](account, happening, now)
    return True
