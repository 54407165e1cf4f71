"""Chats and telephone calls."""

from __future__ import annotations

from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from metrics.expressions import SecondsBetween
from metrics.measure import Measure, Source, Unit
from tickets.models import CallDirection, CallState, ChatState

ASKED = Q(queued_at__isnull=False)  # for a person: what the assistant alone answered waited for nobody
INCOMING = Q(direction=CallDirection.IN)
ANSWERED = Q(answered_at__isnull=False)

MEASURES = (
    Measure(
        "chats", _("Chats"), Unit.COUNT, Source.CHAT, "started_at",
        _("Chats that became tickets: those that asked for a person or left something to do."),
        _("chats started in the period"),
    ),
    Measure(
        "chat_wait", _("Chat wait"), Unit.DURATION, Source.CHAT, "started_at",
        _("From asking for a person to an agent taking the chat."), _("taken − queued"),
        where=Q(accepted_at__gte=F("queued_at")), value=SecondsBetween(F("queued_at"), F("accepted_at")), better="down",
    ),
    Measure(
        "chats_missed", _("Chats missed"), Unit.COUNT, Source.CHAT, "started_at",
        _("Chats that asked for a person and ended without one."), _("chats that ended before any agent took them"),
        where=ASKED & Q(state=ChatState.ENDED, accepted_at__isnull=True), better="down",
    ),
    Measure(
        "chat_seconds", _("Chat duration"), Unit.DURATION, Source.CHAT, "started_at",
        _("From an agent taking the chat to its end."), _("ended − taken"),
        where=Q(accepted_at__isnull=False, ended_at__gte=F("accepted_at")),
        value=SecondsBetween(F("accepted_at"), F("ended_at")),
    ),
    Measure(
        "calls", _("Calls"), Unit.COUNT, Source.CALL, "started_at",
        _("Telephone calls, incoming and outgoing."), _("calls started in the period"),
    ),
    Measure(
        "call_wait", _("Call wait"), Unit.DURATION, Source.CALL, "started_at",
        _("How long callers waited for somebody to answer, of incoming calls that were answered."),
        _("answered − started"), where=INCOMING & ANSWERED & Q(is_logged=False), value="seconds_waited", better="down",
    ),
    Measure(
        "call_talk", _("Talk time"), Unit.DURATION, Source.CALL, "started_at",
        _("How long was talked in calls that were answered, without time on hold."),
        _("ended − answered − time on hold"), where=ANSWERED, value="seconds_talked",
    ),
    Measure(
        "calls_missed", _("Calls missed"), Unit.COUNT, Source.CALL, "started_at",
        _("Incoming calls that ended before anybody answered."), _("incoming calls that ended unanswered"),
        where=INCOMING & Q(state=CallState.ENDED, answered_at__isnull=True), better="down",
    ),
)  # fmt: skip
