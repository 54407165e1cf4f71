"""One thing that a provider told, put where it belongs.

Each is a transaction of its own and may come again, at once in two places, before or after anything else: the same
things told in whatever order leave the same messages, states and reactions.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from channels_app.base import (
    AccountTold,
    ConsentTold,
    Edited,
    Happening,
    MessageIn,
    PersonMoved,
    ReachChanged,
    Reacted,
    SeenUpTo,
    StatusTold,
    TemplateTold,
    Withdrawn,
)
from channels_app.messaging import arriving, changing, moving, telling
from channels_app.models import ProviderAccount
from channels_app.voice import applying as calls
from channels_app.voice.happenings import CallbackAsked, CallTold, QueueLeft, RecordingTold

Apply = Callable[[ProviderAccount, Any, datetime], int | None]  # the conversation that it is about

APPLIED_BY: Mapping[type[Happening], Apply] = {
    MessageIn: arriving.message_in,
    Edited: changing.edited,
    Withdrawn: changing.withdrawn,
    Reacted: changing.reacted,
    StatusTold: telling.status_told,
    SeenUpTo: telling.seen_up_to,
    ReachChanged: telling.reach_changed,
    ConsentTold: telling.consent_told,
    PersonMoved: moving.person_moved,
    AccountTold: telling.account_told,
    TemplateTold: telling.template_told,
    CallTold: calls.call_told,
    CallbackAsked: calls.callback_asked,
    QueueLeft: calls.queue_left,
    RecordingTold: calls.recording_told,
}


def apply(account: ProviderAccount, happening: Happening, *, now: datetime) -> int | None:
    """The id of the conversation that it is about, where one is known.

    Raises `echoes.NotYet` for what has to be tried again in a moment; `Unhandled` is not for here.
    """
    with transaction.atomic():
        return APPLIED_BY[type(happening)](account, happening, now)
