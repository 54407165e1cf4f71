"""What telephones tell, put where it belongs: legs to calls, moments to their timeline, recordings to a worker."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from channels_app.messaging.echoes import NotYet
from channels_app.messaging.locks import lock_message
from channels_app.models import CallLeg, CallRecording, LegOf, MediaState, ProviderAccount, ProviderKind
from channels_app.voice import tasks_voice
from channels_app.voice.happenings import CallbackAsked, CallTold, QueueLeft, RecordingTold
from helpdesk.accounts.models import User
from helpdesk.lib.handover import hand_over
from tickets.calls import asking, callers, ringing, signals
from tickets.calls.course import Moment
from tickets.calls.life import NewCall, begin_call, tell
from tickets.models import Call, CallDirection, MomentKind, Outcome


def call_told(account: ProviderAccount, told: CallTold, now: datetime) -> None:
    """Idempotent and order-free, as `tickets.calls.life.tell` is."""
    lock_message(account.pk, f"call {told.external_id}")
    at = min(told.at, now)
    moment = Moment(told.moment, at, told.key, told.sequence, _agent(told), told.outcome) if told.moment else None
    leg = CallLeg.objects.filter(account=account, external_id=told.external_id).select_related("call").first()
    leg = leg or _new_leg(account, told, moment)
    if leg is None:
        if moment and (call := _own_call(account, told)):
            tell(call.pk, moment)
        return
    if told.facts and not told.facts.items() <= leg.facts.items():
        leg.facts = {**leg.facts, **told.facts}
        leg.save(update_fields=["facts"])
        signals.tell_pages()  # in the conference it can be held, and its recording paused
    if moment:
        tell(leg.call_id, moment)
    if told.line_over:
        _line_over(leg, told, at)
    _hand_over(leg, told)


def _agent(told: CallTold) -> int | None:
    return told.user_id if told.user_id and User.objects.filter(pk=told.user_id).exists() else None


def _own_call(account: ProviderAccount, told: CallTold) -> Call | None:
    return Call.objects.filter(pk=told.call_id, inbox=account.inbox).first() if told.call_id else None


def _new_leg(account: ProviderAccount, told: CallTold, moment: Moment | None) -> CallLeg | None:
    """Of a call that we know, or the first that we hear of one; None for what belongs to no call of ours."""
    if not told.of:
        return None
    call = _own_call(account, told)
    if call is None:
        if told.of != LegOf.CUSTOMER or moment is None:
            return None
        new = NewCall(
            account.inbox,
            told.direction,
            callers.clean_number(told.number),
            our_number=told.our_number[:64],
            name=told.name,
            team=account.inbox.team,
            wants_recording=bool(account.option("record")),
            is_greeted=account.kind == ProviderKind.TWILIO_VOICE and told.direction == CallDirection.IN,
        )
        call = begin_call(new, moment)
    return CallLeg.objects.create(
        account=account, external_id=told.external_id, call=call, of=told.of, user_id=_agent(told)
    )


def _line_over(leg: CallLeg, told: CallTold, at: datetime) -> None:
    """An agent's telephone was not picked up, or they hung up."""
    call = Call.objects.get(pk=leg.call_id)
    if told.how == "take" and told.user_id:
        ringing.give_back(call.pk, told.user_id)
    elif told.how == "out" and not call.answered_at and not call.legs.filter(of=LegOf.CUSTOMER).exists():
        tell(call.pk, Moment(MomentKind.ENDED, at, "ended", outcome=Outcome.FAILED))


def _hand_over(leg: CallLeg, told: CallTold) -> None:
    """What has to be asked of the provider now, by a worker: a second time it does no harm."""
    picked_up = told.of == LegOf.AGENT and told.facts.get("picked_up")
    if picked_up:
        transaction.on_commit(lambda: hand_over(tasks_voice.bring_together, leg.pk))
    elif told.moment == MomentKind.ENDED:
        transaction.on_commit(lambda: hand_over(tasks_voice.hang_up_rest, leg.call_id))


def callback_asked(account: ProviderAccount, told: CallbackAsked, now: datetime) -> None:
    leg = CallLeg.objects.filter(account=account, external_id=told.external_id).first()
    if leg is not None:
        asking.ask_to_be_called(leg.call_id, now=now)


def queue_left(account: ProviderAccount, told: QueueLeft, now: datetime) -> None:
    leg = CallLeg.objects.filter(account=account, external_id=told.external_id).first()
    if leg is not None:
        asking.leave_queue(leg.call_id)


def recording_told(account: ProviderAccount, told: RecordingTold, now: datetime) -> None:
    lock_message(account.pk, f"recording {told.external_id}")
    call = _call_of(account, told)
    if call is None:
        raise NotYet  # what tells of its call may still be on the way
    known = CallRecording.objects.filter(account=account, external_id=told.external_id).first()
    recording = known or CallRecording(account=account, external_id=told.external_id, call=call, due_at=now)
    recording.is_voicemail = recording.is_voicemail or told.is_voicemail
    recording.url = recording.url or told.url[:1000]
    recording.seconds = told.seconds if told.seconds is not None else recording.seconds
    if told.problem and recording.state == MediaState.WAITING:
        recording.state, recording.reason = MediaState.FAILED, told.problem[:300]
    recording.save()
    if recording.is_voicemail and recording.state != MediaState.FAILED:
        asking.leave_voicemail(call.pk)
    if recording.url and recording.state == MediaState.WAITING:
        transaction.on_commit(lambda: hand_over(tasks_voice.fetch_recordings))


def _call_of(account: ProviderAccount, told: RecordingTold) -> Call | None:
    leg = CallLeg.objects.filter(account=account, external_id=told.leg_id).select_related("call").first()
    if leg:
        return leg.call
    return Call.objects.filter(pk=told.call_id, legs__account=account).first() if told.call_id else None
