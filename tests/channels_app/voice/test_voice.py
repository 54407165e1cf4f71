"""Calls by Twilio, from the first ring to what stands on the timeline."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from random import Random
from time import perf_counter
from xml.etree.ElementTree import fromstring

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.messaging import hearing
from channels_app.models import CallLeg, CallRecording, HookPayload, HookState, LegOf, MediaState, ProviderAccount
from channels_app.setup import accounts
from channels_app.setup.health import health_of
from channels_app.voice import privacy as voice_privacy
from channels_app.voice.connecting import bring_together, hang_up_rest
from channels_app.voice.recordings import fetch_due
from customers.actors import SYSTEM
from customers.identify import identify
from customers.identities import add_identity
from customers.models import Customer, PrivacyJob
from customers.person import person_of
from helpdesk.accounts.models import Availability, User
from helpdesk.demo.stand_ins.base import HookCall
from helpdesk.demo.stand_ins.twilio import refused
from helpdesk.demo.stand_ins.twilio_voice import CALLER, TwilioVoice
from tests.channels_app.voice.conftest import Hear, post
from tickets.calls.settling import settle_call
from tickets.calls.telephone import telephone
from tickets.models import (
    AgentPhone,
    Call,
    CallbackReason,
    CallbackRequest,
    CallDirection,
    CallState,
    Outcome,
    Ticket,
    TicketEvent,
)
from tickets.services import Refused
from tickets.timeline import LINES

pytestmark = pytest.mark.django_db

SID = "CA00000000000000000000000000000001"
NOW = datetime.now(UTC).replace(microsecond=0)


def at(seconds: int) -> datetime:
    return NOW - timedelta(minutes=10) + timedelta(seconds=seconds)


def lines(ticket: Ticket) -> list[str]:
    told = TicketEvent.objects.filter(ticket=ticket, kind__in=LINES).order_by("created_at", "pk")
    return [one.kind for one in told if one.kind.startswith("call")]


class TestTheDoor:
    def test_without_a_right_signature_nothing_happens(self, twilio: TwilioVoice, line: ProviderAccount) -> None:
        assert post(twilio.incoming(SID), signature="bm8=").status_code == 403
        line.refresh_from_db()
        assert line.refused_count == 1 and not Call.objects.exists() and not HookPayload.objects.exists()

    def test_every_call_is_kept_raw(self, twilio: TwilioVoice, hear: Hear, grace_there: User) -> None:
        hear(twilio.incoming(SID))
        kept = HookPayload.objects.get()
        assert b"CallSid=" in bytes(kept.raw)
        hearing.read_now(kept.pk, now=timezone.now())  # again, by the worker: no second call
        kept.refresh_from_db()
        assert kept.state == HookState.APPLIED and Call.objects.count() == 1

    def test_it_answers_within_a_second(self, twilio: TwilioVoice, hear: Hear, grace_there: User) -> None:
        hear(twilio.incoming("CA0"))  # what is read once a process
        began = perf_counter()
        hear(twilio.incoming(SID))
        assert perf_counter() - began < 1

    @pytest.mark.parametrize("path", ["", "status/", "wait/", "queue/", "dial/", "voicemail/", "recording/"])
    def test_whatever_is_missing_no_caller_hears_an_error(
        self, twilio: TwilioVoice, hear: Hear, path: str, grace_there: User
    ) -> None:
        for fields in ({"AccountSid": "AC1"}, {"CallSid": SID}, {"CallSid": SID, "CallStatus": "dreaming"}):
            fromstring(hear(twilio.call(fields, path=path)))
        hearing.drain(now=timezone.now())
        assert not HookPayload.objects.filter(state=HookState.FAILED).exists()


class TestItsSettings:
    def test_the_connection_is_tested(self, twilio: TwilioVoice, line: ProviderAccount) -> None:
        assert accounts.can_probe(line)
        assert accounts.probe(line).is_well
        line.refresh_from_db()
        assert line.facts["comes_to_us"] and line.facts["tells_states"] and line.facts["can_call"]
        line.set_secrets(auth_token="f" * 32)
        line.save()
        assert not accounts.probe(line).is_well
        line.refresh_from_db()
        assert health_of(line).word == "broken"

    def test_a_number_of_somebody_else(self, twilio: TwilioVoice, line: ProviderAccount) -> None:
        line.external_id = "+4930999999"
        line.save()
        assert "no such number" in accounts.probe(line).words

    def test_credentials_refused_at_a_click_stand_on_the_page(
        self, twilio: TwilioVoice, line: ProviderAccount, adas_ticket: Ticket, grace_there: User
    ) -> None:
        line.set_secrets(auth_token="f" * 32)
        line.save()
        with pytest.raises(Refused):
            telephone().call_out(adas_ticket, CALLER, grace_there)
        line.refresh_from_db()
        assert line.problem
        line.set_secrets(auth_token=twilio.token)
        line.save()
        telephone().call_out(adas_ticket, CALLER, grace_there)
        line.refresh_from_db()
        assert not line.problem


class TestACallComes:
    def test_greeting_with_consent_then_the_queue(
        self, twilio: TwilioVoice, hear: Hear, line: ProviderAccount, grace_there: User
    ) -> None:
        line.options["greeting"] = "Tea & Cups <Ltd>"
        line.save()
        said = hear(twilio.incoming(SID))
        assert "Tea &amp; Cups &lt;Ltd&gt;" in said and "This call is recorded" in said
        queue = fromstring(said).find("Enqueue")
        assert queue is not None and queue.attrib["waitUrl"].endswith("/wait/")
        assert queue.attrib["action"].startswith("https://desk.example.org/hooks/twilio-voice/token/queue/")
        call = Call.objects.get()
        assert (call.number, call.state, call.direction) == (CALLER, CallState.RINGING, CallDirection.IN)

    def test_nobody_there_means_voicemail(self, twilio: TwilioVoice, hear: Hear) -> None:
        said = hear(twilio.incoming(SID))
        assert "<Record" in said and "<Enqueue" not in said and "voicemail/" in said

    def test_it_pops_up_for_who_may_take_it(
        self, twilio: TwilioVoice, hear: Hear, grace_there: User, alan: User, client: Client
    ) -> None:
        identify("phone", CALLER, name="Ada Lovelace")
        hear(twilio.incoming(SID))
        client.force_login(grace_there)
        assert "is calling" not in client.get("/agent/calls/dock/").content.decode()  # the greeting is still said
        hear(twilio.waiting(SID))
        assert "Ada Lovelace is calling" in client.get("/agent/calls/dock/").content.decode()
        User.objects.filter(pk=alan.pk).update(availability=Availability.ONLINE)
        client.force_login(alan)  # of another team
        assert "Ada Lovelace" not in client.get("/agent/calls/dock/").content.decode()

    def test_a_voicemail_rings_for_nobody(
        self, twilio: TwilioVoice, hear: Hear, grace_there: User, client: Client
    ) -> None:
        hear(twilio.incoming(SID))
        hear(twilio.waiting(SID, seconds=901))
        hear(twilio.left_queue(SID, "leave"))
        client.force_login(grace_there)
        assert "is calling" not in client.get("/agent/calls/dock/").content.decode()
        answer = client.post(f"/agent/calls/{Call.objects.get().pk}/taking/", follow=True)
        assert "does not ring any more" in answer.content.decode()

    def test_not_now(self, twilio: TwilioVoice, hear: Hear, grace_there: User, client: Client) -> None:
        hear(twilio.incoming(SID))
        hear(twilio.waiting(SID))
        client.force_login(grace_there)
        assert "is calling" in client.get("/agent/calls/dock/").content.decode()
        client.post(f"/agent/calls/{Call.objects.get().pk}/refusal/")
        assert "is calling" not in client.get("/agent/calls/dock/").content.decode()

    def test_hidden_callers_are_never_one(self, twilio: TwilioVoice, hear: Hear) -> None:
        hear(twilio.incoming("CA1", caller="anonymous"))
        hear(twilio.incoming("CA2", caller="+266696687"))
        assert Call.objects.filter(number="").count() == 2 == Customer.objects.count()


class TestWaiting:
    def test_the_place_and_an_honest_wait(self, twilio: TwilioVoice, hear: Hear, grace_there: User) -> None:
        hear(twilio.incoming(SID))
        said = hear(twilio.waiting(SID, position=3))
        assert "You are number 3" in said and "minutes" not in said  # nothing is known yet
        for number in range(3):
            other = f"CA9{number}"
            hear(twilio.incoming(other, caller=f"+4930222222{number}"))
            query = f"leg=agent&call={Call.objects.latest('pk').pk}&user={grace_there.pk}&how=take"
            Call.objects.filter(pk=Call.objects.latest("pk").pk).update(started_at=timezone.now())
            call = Call.objects.latest("pk")
            call.moments.update(at=timezone.now() - timedelta(minutes=4))
            hear(twilio.picked_up(f"CB{number}", query))
        said = hear(twilio.waiting(SID, position=1))
        assert "about 4 minutes" in said
        assert Call.objects.get(legs__external_id=SID).told_seconds == 240
        hear(twilio.waiting(SID, position=1, seconds=100))
        assert Call.objects.get(legs__external_id=SID).told_seconds == 240  # as they heard it first
        assert "minutes" not in hear(twilio.waiting(SID, position=1, seconds=600))  # waited longer than usual

    def test_called_back_by_a_digit(self, twilio: TwilioVoice, hear: Hear, grace_there: User) -> None:
        hear(twilio.incoming(SID))
        said = hear(twilio.waiting(SID))
        assert "press 1" in said and "<Gather" in said
        said = hear(twilio.waiting(SID, Digits="1"))
        assert "We will call you back" in said and "<Leave" in said
        assert "<Hangup" in hear(twilio.left_queue(SID, "leave"))
        hear(twilio.told(SID, "completed", at=timezone.now(), sequence=3))
        call = settle_call(Call.objects.get().pk, now=timezone.now())
        owed = CallbackRequest.objects.get()
        assert (call.outcome, owed.reason, owed.number) == (Outcome.CALLBACK, CallbackReason.ASKED, CALLER)

    def test_hidden_callers_are_not_offered_it(self, twilio: TwilioVoice, hear: Hear, grace_there: User) -> None:
        hear(twilio.incoming(SID, caller="anonymous"))
        assert "press 1" not in hear(twilio.waiting(SID))

    def test_too_long_means_voicemail(self, twilio: TwilioVoice, hear: Hear, grace_there: User) -> None:
        hear(twilio.incoming(SID))
        assert "<Leave" in hear(twilio.waiting(SID, seconds=901))
        assert "<Record" in hear(twilio.left_queue(SID, "leave"))


class TestAnAgentTakesIt:
    def take(self, twilio: TwilioVoice, hear: Hear, grace: User) -> Call:
        hear(twilio.incoming(SID))
        hear(twilio.waiting(SID))
        call = Call.objects.get()
        client = Client()
        client.force_login(grace)
        assert client.post(f"/agent/calls/{call.pk}/taking/")["Location"] == f"/agent/calls/{call.pk}/"
        return call

    def test_their_telephone_rings_then_the_caller_joins(
        self, twilio: TwilioVoice, hear: Hear, grace_there: User
    ) -> None:
        call = self.take(twilio, hear, grace_there)
        (placed,) = twilio.placed
        assert placed["To"] == "+493011111111" and placed["From"] == twilio.number
        said = hear(twilio.picked_up(placed["sid"], placed["query"]))
        conference = fromstring(said).find("Dial/Conference")
        assert conference is not None and conference.text == f"call-{call.pk}"
        assert conference.attrib["record"] == "record-from-start"
        bring_together(CallLeg.objects.get(of=LegOf.AGENT).pk)
        path, form = twilio.changed[0]
        assert path.startswith("Queues/QU") and path.endswith(f"/Members/{SID}.json")
        query = form["Url"].partition("?")[2]
        joined = hear(twilio.call(twilio.request(SID, status="in-progress"), path="dial/", query=query))
        assert f">call-{call.pk}</Conference>" in joined
        call.refresh_from_db()
        assert (call.state, call.agent) == (CallState.ANSWERED, grace_there)

    def test_who_has_hung_up_meanwhile_is_called_back(self, twilio: TwilioVoice, hear: Hear, grace_there: User) -> None:
        call = self.take(twilio, hear, grace_there)
        hear(twilio.told(SID, "completed", at=timezone.now() - timedelta(seconds=2), sequence=2))
        (placed,) = twilio.placed
        hear(twilio.picked_up(placed["sid"], placed["query"]))
        call = settle_call(call.pk, now=timezone.now())
        assert call.outcome == Outcome.MISSED and CallbackRequest.objects.get().reason == CallbackReason.MISSED

    def test_nobody_waits_in_silence_for_a_caller_who_is_not_there(
        self, twilio: TwilioVoice, hear: Hear, grace_there: User
    ) -> None:
        call = self.take(twilio, hear, grace_there)
        (placed,) = twilio.placed
        hear(twilio.picked_up(placed["sid"], placed["query"]))
        twilio.misbehave("Queues/", refused(21220, "Call is not in-progress."))
        bring_together(CallLeg.objects.get(of=LegOf.AGENT).pk)
        assert twilio.changed[-1] == (f"Calls/{placed['sid']}.json", {"Status": "completed"})
        assert settle_call(call.pk, now=timezone.now()).outcome == Outcome.MISSED

    def test_not_picked_up_it_rings_for_all_again(self, twilio: TwilioVoice, hear: Hear, grace_there: User) -> None:
        call = self.take(twilio, hear, grace_there)
        (placed,) = twilio.placed
        hear(twilio.told(placed["sid"], "no-answer", at=timezone.now(), sequence=2, query=placed["query"]))
        call.refresh_from_db()
        assert (call.agent, call.state) == (None, CallState.RINGING)

    def test_a_colleague_was_quicker(
        self, twilio: TwilioVoice, hear: Hear, grace_there: User, radia: User, client: Client
    ) -> None:
        call = self.take(twilio, hear, grace_there)
        client.force_login(radia)
        answer = client.post(f"/agent/calls/{call.pk}/taking/", follow=True)
        assert "Grace Hopper was quicker" in answer.content.decode()

    def test_hold_transfer_end(
        self, twilio: TwilioVoice, hear: Hear, grace_there: User, alan: User, client: Client
    ) -> None:
        call = self.take(twilio, hear, grace_there)
        placed = twilio.placed[0]
        hear(twilio.picked_up(placed["sid"], placed["query"]))
        hear(twilio.conference(call.pk, SID, "participant-join", at=timezone.now()))
        hear(twilio.conference(call.pk, placed["sid"], "participant-join", at=timezone.now(), sequence=2))
        client.force_login(grace_there)
        client.post(f"/agent/calls/{call.pk}/control/", {"do": "hold"})
        path, form = twilio.changed[-1]
        assert path.endswith(f"/Participants/{SID}.json") and form["Hold"] == "true"
        hear(twilio.conference(call.pk, SID, "participant-hold", at=timezone.now(), sequence=3))
        call.refresh_from_db()
        assert call.state == CallState.HELD
        hear(twilio.conference(call.pk, SID, "participant-unhold", at=timezone.now(), sequence=4))
        AgentPhone.objects.create(user=alan, number="+493022222222")
        client.post(f"/agent/calls/{call.pk}/control/", {"do": "transfer", "to": alan.pk})
        second = twilio.placed[1]
        assert second["To"] == "+493022222222"
        hear(twilio.picked_up(second["sid"], second["query"]))
        bring_together(CallLeg.objects.get(external_id=second["sid"]).pk)
        assert ("EndConferenceOnExit", "false") in twilio.changed[-2][1].items()
        call.refresh_from_db()
        assert (call.state, call.agent) == (CallState.ANSWERED, alan)
        hear(twilio.told(SID, "completed", at=timezone.now(), sequence=9))
        hang_up_rest(call.pk)
        assert lines(call.ticket) == [
            "call.started", "call.answered", "call.held", "call.resumed", "call.transferred", "call.ended",
        ]  # fmt: skip

    def test_a_recording_is_paused_for_what_nobody_may_hear_later(
        self, twilio: TwilioVoice, hear: Hear, grace_there: User, client: Client
    ) -> None:
        call = self.take(twilio, hear, grace_there)
        placed = twilio.placed[0]
        hear(twilio.picked_up(placed["sid"], placed["query"]))
        client.force_login(grace_there)
        assert "Pause the recording" not in client.get(f"/agent/calls/{call.pk}/state/").content.decode()
        hear(twilio.conference(call.pk, SID, "participant-join", at=timezone.now()))
        for do, status, offered in (
            ("pause", "paused", "Record again"),
            ("record", "in-progress", "Pause the recording"),
        ):
            client.post(f"/agent/calls/{call.pk}/control/", {"do": do})
            path, form = twilio.changed[-1]
            assert path == f"Conferences/CF{call.pk:032x}/Recordings/Twilio.CURRENT.json" and form["Status"] == status
            assert offered in client.get(f"/agent/calls/{call.pk}/state/").content.decode()
        told = TicketEvent.objects.filter(kind="call.recording_paused").order_by("pk")
        assert [(one.actor_user, one.payload["is_over"]) for one in told] == [(grace_there, False), (grace_there, True)]
        assert (
            "Grace Hopper</bdi> paused the recording"
            in client.get(f"/agent/tickets/{call.ticket_id}/").content.decode()
        )

    def test_written_up_afterwards(self, twilio: TwilioVoice, hear: Hear, grace_there: User, client: Client) -> None:
        call = self.take(twilio, hear, grace_there)
        placed = twilio.placed[0]
        hear(twilio.picked_up(placed["sid"], placed["query"]))
        hear(twilio.told(SID, "completed", at=timezone.now(), sequence=9))
        client.force_login(grace_there)
        assert "Write it up" in client.get("/agent/calls/dock/").content.decode()
        answer = client.post(f"/agent/calls/{call.pk}/write-up/", {"outcome": "resolved", "notes": "Cup replaced."})
        assert answer["Location"] == f"/agent/tickets/{call.ticket_id}/"
        call.refresh_from_db()
        assert call.outcome == Outcome.RESOLVED and call.message and "Cup replaced." in call.message.text
        assert "Write it up" not in client.get("/agent/calls/dock/").content.decode()


class TestCallingOut:
    def test_the_agents_telephone_first(
        self, twilio: TwilioVoice, hear: Hear, grace_there: User, adas_ticket: Ticket, client: Client
    ) -> None:
        client.force_login(grace_there)
        client.post("/agent/calls/out/", {"ticket": adas_ticket.pk, "number": CALLER})
        (first,) = twilio.placed
        assert first["To"] == "+493011111111"
        said = hear(twilio.picked_up(first["sid"], first["query"]))
        assert "Calling Ada Lovelace" in said
        bring_together(CallLeg.objects.get(external_id=first["sid"]).pk)
        second = twilio.placed[1]
        assert second["To"] == CALLER
        assert "This call is recorded" in hear(twilio.picked_up(second["sid"], second["query"]))
        call = Call.objects.get()
        assert (call.state, call.direction, call.agent) == (CallState.ANSWERED, CallDirection.OUT, grace_there)
        assert lines(adas_ticket) == ["call.started", "call.answered"]

    def test_from_a_number_on_the_ticket(
        self, twilio: TwilioVoice, line: ProviderAccount, grace_there: User, adas_ticket: Ticket, client: Client
    ) -> None:
        identify("phone", "+491701230000", name="Somebody else")
        add_identity(adas_ticket.requester, "phone", CALLER, actor=SYSTEM)
        client.force_login(grace_there)
        address = f"/agent/calls/new/?ticket={adas_ticket.pk}&amp;number=%2B491701234567"
        assert address in client.get(f"/agent/tickets/{adas_ticket.pk}/").content.decode()
        page = client.get(address.replace("&amp;", "&")).content.decode()
        assert 'formaction="/agent/calls/out/"' in page
        assert "checked" in page.partition('value="out"')[2].partition(">")[0]
        client.post("/agent/calls/out/", {"about": adas_ticket.pk, "number": CALLER, "who": "Ada", "notes": "x"})
        assert Call.objects.get().ticket == adas_ticket and twilio.placed[0]["To"] == "+493011111111"

    def test_the_agent_did_not_pick_up(
        self, twilio: TwilioVoice, hear: Hear, grace_there: User, adas_ticket: Ticket, client: Client
    ) -> None:
        client.force_login(grace_there)
        client.post("/agent/calls/out/", {"ticket": adas_ticket.pk, "number": CALLER})
        first = twilio.placed[0]
        hear(twilio.told(first["sid"], "no-answer", at=timezone.now(), query=first["query"]))
        assert Call.objects.get().outcome == Outcome.FAILED

    def test_without_a_telephone_it_says_so(
        self, twilio: TwilioVoice, line: ProviderAccount, grace: User, adas_ticket: Ticket, client: Client
    ) -> None:
        client.force_login(grace)
        answer = client.post("/agent/calls/out/", {"ticket": adas_ticket.pk, "number": CALLER}, follow=True)
        assert "Say first at which number calls reach you" in answer.content.decode()
        assert not twilio.placed and not Call.objects.exists()


class TestRecordings:
    def test_a_voicemail_is_a_file_of_their_message(self, twilio: TwilioVoice, hear: Hear) -> None:
        twilio.recordings["RE1"] = b"ID3" + b"\0" * 500
        hear(twilio.incoming(SID))
        assert "We will get back to you" in hear(twilio.voicemail(SID, "RE1"))
        hear(twilio.told(SID, "completed", at=timezone.now(), sequence=5))
        call = settle_call(Call.objects.get().pk, now=timezone.now())
        hear(twilio.recorded(SID, "RE1", query="voicemail=1"))
        assert fetch_due(now=timezone.now()) == 1
        assert call.outcome == Outcome.VOICEMAIL and call.message and call.message.author_customer
        assert call.message.attachments.get().filename.startswith("voicemail-")
        assert CallRecording.objects.get().state == MediaState.STORED
        assert TicketEvent.objects.filter(ticket=call.ticket, kind="call.recorded").count() == 1

    def test_one_that_is_not_there_yet_is_tried_again(self, twilio: TwilioVoice, hear: Hear) -> None:
        hear(twilio.incoming(SID))
        hear(twilio.recorded(SID, "RE2"))
        fetch_due(now=timezone.now())
        recording = CallRecording.objects.get()
        assert recording.state == MediaState.FAILED and recording.reason  # Twilio says 404: it does not have it

    def test_nothing_was_said(self, twilio: TwilioVoice, hear: Hear) -> None:
        hear(twilio.incoming(SID))
        hear(twilio.recorded(SID, "RE3", status="absent", query="voicemail=1"))
        call = Call.objects.get()
        assert call.outcome == Outcome.NONE and CallRecording.objects.get().state == MediaState.FAILED


def a_call(twilio: TwilioVoice, call: Call, grace: User, sid: str) -> list[HookCall]:
    """All that follows the first ring."""
    agent = f"leg=agent&call={call.pk}&user={grace.pk}&how=take"
    return [
        twilio.told(sid, "ringing", at=at(0), sequence=0),
        twilio.told(sid, "in-progress", at=at(1), sequence=1),
        twilio.told(f"CB{sid}", "ringing", at=at(10), sequence=0, query=agent),
        twilio.told(f"CB{sid}", "in-progress", at=at(20), sequence=1, query=agent),
        twilio.conference(call.pk, sid, "participant-hold", at=at(50), sequence=3),
        twilio.conference(call.pk, sid, "participant-unhold", at=at(65), sequence=4),
        twilio.told(f"CB{sid}", "completed", at=at(95), sequence=2, query=agent),
        twilio.told(sid, "completed", at=at(95), sequence=2),
    ]


@pytest.mark.parametrize("seed", range(5))
def test_statuses_out_of_order_and_twice_give_the_same(
    twilio: TwilioVoice, hear: Hear, grace_there: User, seed: int
) -> None:
    told = []
    for number, sid in enumerate(("CAstraight", "CAmixed")):
        hear(twilio.incoming(sid, caller=f"+4930333333{number}"))
        call = Call.objects.latest("pk")
        calls = a_call(twilio, call, grace_there, sid)
        if number:
            luck = Random(seed)
            calls += luck.choices(calls, k=3)
            luck.shuffle(calls)
        for each in calls:
            hear(each)
        call = settle_call(call.pk, now=timezone.now())
        kept = ("seconds_waited", "seconds_talked", "seconds_held", "state", "outcome", "agent_id", "started_at")
        told.append(([getattr(call, name) for name in kept], lines(call.ticket)))
    assert told[0] == told[1]
    assert told[0][0][:3] == [20, 60, 15]


def test_who_is_erased_leaves_no_number(twilio: TwilioVoice, hear: Hear, grace_there: User, radia: User) -> None:
    hear(twilio.incoming(SID))
    hear(twilio.told(SID, "completed", at=timezone.now(), sequence=2))
    call = settle_call(Call.objects.get().pk, now=timezone.now())
    assert call.customer is not None
    person = person_of(call.customer)
    job = PrivacyJob.objects.create(kind="erase", customer_id=call.customer.pk, sealed=person.seal())
    voice_privacy.erase(job)
    call.refresh_from_db()
    assert call.number == "" and CallbackRequest.objects.get().state == "failed"
    assert all(CALLER.encode() not in bytes(payload.raw) for payload in HookPayload.objects.all())


def test_recordings_go_when_their_time_is_over(twilio: TwilioVoice, hear: Hear) -> None:
    twilio.recordings["RE1"] = b"ID3" + b"\0" * 500
    hear(twilio.incoming(SID))
    hear(twilio.voicemail(SID, "RE1"))
    hear(twilio.told(SID, "completed", at=timezone.now(), sequence=5))
    settle_call(Call.objects.get().pk, now=timezone.now())
    hear(twilio.recorded(SID, "RE1", query="voicemail=1"))
    fetch_due(now=timezone.now())
    (kind,) = voice_privacy.KINDS
    old = list(kind.old(timezone.now() + timedelta(days=1)).values_list("pk", flat=True))
    kind.remove(old)
    message = Call.objects.get().message
    assert message and not message.attachments.exists()
