"""What agents have Twilio's telephone do: ring, hold, pass on, hang up. What came of it Twilio tells our hooks.

A call is a conference named after it: the customer and the agent are called into it, so each can be held, and agents
come and go while the customer stays.
"""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from channels_app import twilio
from channels_app.base import LockedOut, SendError
from channels_app.models import CallLeg, LegOf, ProviderAccount, ProviderKind
from channels_app.voice.addresses import hook_url
from customers.consent import may_contact
from customers.models.consent import ContactChannel, Purpose
from helpdesk.accounts.models import User
from tickets.calls.course import Moment
from tickets.calls.life import NewCall, begin_call, tell
from tickets.calls.telephone import PAUSED, RECORDS
from tickets.models import AgentPhone, Call, CallDirection, MomentKind, Outcome, Ticket
from tickets.services import Refused

RING_SECONDS = 25
EVENTS = ("initiated", "ringing", "answered", "completed")


class VoiceTelephone:
    def can_control(self, call: Call) -> bool:
        return _twilio_legs(call).exists()

    def can_call_out(self) -> bool:
        return _account_for_calls() is not None

    def ring_agent(self, call: Call, user: User) -> None:
        leg = _customers_leg(call)
        ring(leg.account, call, user, how="take")

    def call_out(self, ticket: Ticket, number: str, user: User) -> Call:
        account = _account_for_calls()
        if account is None:
            raise Refused(_("No telephone number of ours can call: connect one in the settings of channels."))
        if not may_contact(ticket.requester, ContactChannel.PHONE, Purpose.SUPPORT):
            raise Refused(_("This customer does not want to be called."))
        _phone_of(user)
        started = Moment(MomentKind.STARTED, timezone.now(), "started", agent_id=user.pk)
        new = NewCall(ticket.inbox, CallDirection.OUT, number, our_number=account.external_id)
        call = begin_call(new, started, ticket=ticket, by=user)
        try:
            ring(account, call, user, how="out")
        except Refused:
            tell(call.pk, Moment(MomentKind.ENDED, timezone.now(), "not rung", outcome=Outcome.FAILED))
            raise
        return call

    def hold(self, call: Call, *, is_held: bool) -> None:
        leg = _customers_leg(call)
        conference = leg.facts.get("conference", "")
        if not conference:
            raise Refused(_("The call is not connected yet."))
        form = [("Hold", "true" if is_held else "false")]
        if is_held:
            form.append(("HoldUrl", hook_url(leg.account, "wait", call=call.pk, hold=1)))
        ask(leg.account, f"Conferences/{conference}/Participants/{leg.external_id}.json", form)

    def recording_of(self, call: Call) -> str:
        leg = _twilio_legs(call).filter(of=LegOf.CUSTOMER).order_by("-pk").first()
        if leg is None or not leg.account.option("record") or not leg.facts.get("conference"):
            return ""
        return PAUSED if leg.facts.get("recording_paused") else RECORDS

    def pause_recording(self, call: Call, *, is_paused: bool) -> None:
        """What is left out is silence, so that the recording is as long as the call."""
        leg = _customers_leg(call)
        if not self.recording_of(call):
            raise Refused(_("This call is not recorded."))
        form = [("Status", "paused"), ("PauseBehavior", "silence")] if is_paused else [("Status", "in-progress")]
        ask(leg.account, f"Conferences/{leg.facts['conference']}/Recordings/Twilio.CURRENT.json", form)
        with transaction.atomic():
            leg = CallLeg.objects.select_for_update().get(pk=leg.pk)
            leg.facts = {**leg.facts, "recording_paused": is_paused}
            leg.save(update_fields=["facts"])

    def transfer(self, call: Call, to: User) -> None:
        ring(_customers_leg(call).account, call, to, how="transfer")

    def hang_up(self, call: Call) -> None:
        for leg in _twilio_legs(call):
            ask(leg.account, f"Calls/{leg.external_id}.json", [("Status", "completed")])


telephone = VoiceTelephone()


def ring(account: ProviderAccount, call: Call, user: User, *, how: str) -> CallLeg:
    """Call the agent's telephone; `how` it comes to that: take, out, transfer. Raises `Refused`."""
    return place_call(account, call, _phone_of(user), of=LegOf.AGENT, user=user, how=how)


def place_call(
    account: ProviderAccount, call: Call, number: str, *, of: str, user: User | None = None, how: str = ""
) -> CallLeg:
    """Have Twilio call `number` for this call. Raises `Refused`."""
    asked = {"leg": str(of), "call": call.pk, "user": user.pk if user else "", "how": how}
    form = [
        ("To", number),
        ("From", account.external_id),
        ("Url", hook_url(account, "dial", **asked)),
        ("StatusCallback", hook_url(account, "status", **asked)),
        *(("StatusCallbackEvent", event) for event in EVENTS),
        ("Timeout", str(RING_SECONDS if of == LegOf.AGENT else 60)),
    ]
    sid = str(ask(account, "Calls.json", form).get("sid") or "")
    if not sid:
        raise Refused(_("Twilio did not say how it calls this call."))
    with transaction.atomic():
        leg, _made = CallLeg.objects.get_or_create(
            account=account, external_id=sid, defaults={"call": call, "of": of, "user": user}
        )
    return leg


def ask(account: ProviderAccount, path: str, form: list[tuple[str, str]]) -> dict[str, object]:
    """Raises `Refused` in words for the agent. Credentials that Twilio refuses stand on the account's page as well."""
    try:
        answered = twilio.request(account, "POST", path, form)
    except LockedOut as error:
        _remember(account, error.words)
        raise Refused(error.words) from error
    except SendError as error:
        raise Refused(error.words) from error
    if account.problem:
        _remember(account, "")
    return answered


def _remember(account: ProviderAccount, problem: str) -> None:
    account.problem, account.problem_at = problem[:500], timezone.now() if problem else None
    account.save(update_fields=["problem", "problem_at"])


def _account_for_calls() -> ProviderAccount | None:
    voice = ProviderAccount.objects.filter(kind=ProviderKind.TWILIO_VOICE, is_active=True).exclude(external_id="")
    return voice.order_by("pk").first()


def _twilio_legs(call: Call) -> QuerySet[CallLeg]:
    return CallLeg.objects.select_related("account").filter(
        call=call, account__kind=ProviderKind.TWILIO_VOICE, account__is_active=True
    )


def _customers_leg(call: Call) -> CallLeg:
    leg = _twilio_legs(call).filter(of=LegOf.CUSTOMER).order_by("-pk").first()
    if leg is None:
        raise Refused(_("This call can't be controlled from here."))
    return leg


def _phone_of(user: User) -> str:
    number = AgentPhone.objects.filter(user=user).values_list("number", flat=True).first()
    if not number:
        raise Refused(_("Say first at which number calls reach you: Phone → My phone."))
    return number
