"""Bringing the lines of a call together and apart, once Twilio has said that somebody picked up or hung up."""

from __future__ import annotations

import logging
from datetime import timedelta

from django.utils import timezone

from channels_app.base import Rejected
from channels_app.models import CallLeg, LegOf, ProviderKind
from channels_app.voice.addresses import hook_url
from channels_app.voice.telephone import ask, place_call
from tickets.calls.course import Moment
from tickets.calls.life import tell
from tickets.models import Call, CallDirection, MomentKind, Outcome
from tickets.services import Refused

logger = logging.getLogger(__name__)


def bring_together(leg_id: int) -> None:
    """The agent of this leg waits in the call's conference: the other side comes to them. Once."""
    leg = CallLeg.objects.select_related("account", "call", "user").get(pk=leg_id)
    call, account = leg.call, leg.account
    theirs = CallLeg.objects.filter(call=call, account=account, of=LegOf.CUSTOMER).order_by("-pk").first()
    if account.kind != ProviderKind.TWILIO_VOICE:
        return
    if not call.is_live:  # too late
        hang_up_rest(call.pk)
        return
    try:
        if call.direction == CallDirection.OUT and theirs is None:
            place_call(account, call, call.number, of=LegOf.CUSTOMER)
        elif theirs is not None and not theirs.facts.get("conference") and not theirs.facts.get("called_in"):
            _call_in(theirs)
        else:
            _let_others_go(leg)
    except Refused as refusal:
        logger.warning("call %s could not be connected: %s", call.pk, refusal)
        if isinstance(refusal.__cause__, Rejected) and (theirs is None or not theirs.facts.get("conference")):
            _gone(call)


def _call_in(theirs: CallLeg) -> None:
    """From the queue into the conference. Whoever has hung up meanwhile is not there any more, as Twilio says."""
    theirs.facts = {**theirs.facts, "called_in": True}
    theirs.save(update_fields=["facts"])
    url = hook_url(theirs.account, "dial", leg=LegOf.CUSTOMER.value, call=theirs.call_id)
    if queue := theirs.facts.get("queue"):
        path = f"Queues/{queue}/Members/{theirs.external_id}.json"
    else:
        path = f"Calls/{theirs.external_id}.json"
    try:
        ask(theirs.account, path, [("Url", url), ("Method", "POST")])
    except Refused:
        theirs.facts = {name: fact for name, fact in theirs.facts.items() if name != "called_in"}
        theirs.save(update_fields=["facts"])
        raise


def _gone(call: Call) -> None:
    """Whoever called has hung up, and nobody told us; or can't be called. Nobody waits in silence for them."""
    calls_out = call.direction == CallDirection.OUT
    outcome = Outcome.FAILED if calls_out else Outcome.NO_ANSWER
    moments = call.moments.filter(kind=MomentKind.ANSWERED).order_by("at")
    answered_at = None if calls_out else moments.values_list("at", flat=True).first()
    # they had gone before anybody picked up
    at = answered_at - timedelta(seconds=1) if answered_at else timezone.now()
    tell(call.pk, Moment(MomentKind.ENDED, at, "ended", outcome=outcome))
    hang_up_rest(call.pk)


def _let_others_go(leg: CallLeg) -> None:
    """A colleague has taken over: whoever had it before leaves, and the call goes on without them."""
    for other in CallLeg.objects.filter(call=leg.call, account=leg.account, of=LegOf.AGENT).exclude(pk=leg.pk):
        conference = other.facts.get("conference")
        if conference and not other.facts.get("let_go"):
            other.facts = {**other.facts, "let_go": True}
            other.save(update_fields=["facts"])
            ask(
                leg.account,
                f"Conferences/{conference}/Participants/{other.external_id}.json",
                [("EndConferenceOnExit", "false")],
            )
            ask(leg.account, f"Calls/{other.external_id}.json", [("Status", "completed")])


def hang_up_rest(call_id: int) -> None:
    """The agents' lines of a call that is over. One that is over itself is refused by Twilio, which is as good."""
    for leg in CallLeg.objects.select_related("account").filter(
        call=call_id, of=LegOf.AGENT, account__kind=ProviderKind.TWILIO_VOICE
    ):
        if leg.facts.get("over"):
            continue
        try:
            ask(leg.account, f"Calls/{leg.external_id}.json", [("Status", "completed")])
        except Refused as refusal:
            logger.info("line %s could not be ended: %s", leg.external_id, refusal)
