"""What callers and agents hear at each turn of a call. Reads what is known of the call; changes nothing but to keep the
wait that was announced, to be held against the real one.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from channels_app.adapters.voice.reading import Told
from channels_app.adapters.voice.twiml import Twiml
from channels_app.base import HookAnswer
from channels_app.models import CallLeg, LegOf, ProviderAccount
from channels_app.voice.addresses import hook_url
from tickets.calls import asking, desk
from tickets.models import Call, CallDirection, Outcome

LONGEST_VOICEMAIL = "180"
MUSIC = "https://com.twilio.music.classical.s3.amazonaws.com/BusyStrings.mp3"
CONFERENCE_EVENTS = "start end join leave hold"


class Speaker:
    """One answer: to `path` of the account's hook, with what Twilio told."""

    def __init__(self, account: ProviderAccount, told: Told) -> None:
        self.account, self.told = account, told
        self.language = str(account.option("language") or "en-GB")
        self.xml = Twiml(self.language, str(account.option("voice") or ""))

    def answer(self, path: str) -> HookAnswer:
        with override(self.language.partition("-")[0]):
            match path:
                case "":
                    self.greet()
                case "wait":
                    self.wait()
                case "queue":
                    self.after_queue()
                case "dial":
                    self.dial()
                case "voicemail":
                    self.after_voicemail()
        return self.xml.answer()

    # -- the caller -------------------------------------------------------------------------------------------

    def greet(self) -> None:
        """Who we are and that it is recorded; then the queue, or outside hours and with nobody there voicemail."""
        if self.told.is_outgoing:
            return
        self.xml.say(self.words("greeting", _("Hello! You have reached our support.")))
        if not desk.is_open(self.account.inbox.team, now=self.told.now):
            self.xml.say(self.words("closed_words", _("We are not here at the moment.")))
            self.voicemail()
            return
        self.consent()
        queue = f"onethread-{self.account.pk}"
        self.xml.add("Enqueue", queue, action=self.url("queue"), waitUrl=self.url("wait"))

    def consent(self) -> None:
        if self.account.option("record"):
            self.xml.say(self.words("recording_words", _("This call is recorded, so that we can help you better.")))

    def wait(self) -> None:
        """Asked again each time it ends: where they stand, how long it takes, the way out of it."""
        if self.told.asked.get("hold"):
            self.music()
            return
        call = self.call()
        if self.told.text("Digits"):
            self.promise(call)
            return
        if self.waited > 60 * int(self.account.option("max_wait_minutes") or 15):
            self.xml.add("Leave")
            return
        may_ask = call is not None and call.number.startswith("+") and not self.account.option("no_callbacks")
        gather = None
        if may_ask:
            gather = self.xml.add("Gather", input="dtmf", numDigits="1", timeout="3", action=self.url("wait"))
        self.xml.say(self.position(call), inside=gather)
        if may_ask:
            self.xml.say(_("To be called back instead of waiting, press 1."), inside=gather)
        self.music()

    @property
    def waited(self) -> int:
        said = self.told.text("QueueTime")
        return int(said) if said.isdecimal() and len(said) < 8 else 0

    def position(self, call: Call | None) -> str:
        """Only what is so: the place, and a time where calls of today tell one."""
        said = self.told.text("QueuePosition")
        place = int(said) if said.isdecimal() and 0 < len(said) < 5 else desk.position(call)
        words = _("You are number %(place)s in the queue.") % {"place": place} if place else ""
        usual = desk.usual_wait(self.account.inbox, now=self.told.now)
        if usual is None or usual <= self.waited:
            return words
        minutes = max(1, round((usual - self.waited) / 60))
        if call is not None:
            asking.wait_told(call.pk, self.waited + 60 * minutes)
        if minutes == 1:
            wait = _("It will take about a minute.")
        else:
            wait = _("It will take about %(minutes)s minutes.") % {"minutes": minutes}
        return f"{words} {wait}"

    def music(self) -> None:
        self.xml.add("Play", str(self.account.option("music_url") or MUSIC))

    def promise(self, call: Call | None) -> None:
        if call is not None and call.outcome == Outcome.CALLBACK:
            self.xml.say(_("Thank you. We will call you back at the number that you are calling from. Goodbye."))
        self.xml.add("Leave")

    def after_queue(self) -> None:
        """They left it: to be called back, or nobody came. Pulled out by an agent, they hear the agent's document."""
        match self.told.text("QueueResult"):
            case "leave" | "queue-full" | "error" | "system-error":
                call = self.call()
                if call is not None and call.outcome == Outcome.CALLBACK:
                    self.xml.add("Hangup")
                    return
                self.xml.say(self.words("busy_words", _("All of us are still talking with others.")))
                self.voicemail()
            case _:
                pass

    def voicemail(self) -> None:
        self.xml.say(self.words("voicemail_words", _("Please leave a message after the tone. It is recorded.")))
        self.xml.add(
            "Record",
            action=self.url("voicemail"),
            maxLength=LONGEST_VOICEMAIL,
            timeout="5",
            finishOnKey="#",
            playBeep="true",
            transcribe="false",
            recordingStatusCallback=self.url("recording", voicemail=1),
            recordingStatusCallbackEvent="completed absent",
        )
        self.xml.say(_("We heard nothing. Goodbye."))
        self.xml.add("Hangup")

    def after_voicemail(self) -> None:
        self.xml.say(_("Thank you. We will get back to you. Goodbye."))
        self.xml.add("Hangup")

    # -- the conference ---------------------------------------------------------------------------------------

    def dial(self) -> None:
        """Into the call's conference; asked again with DialCallStatus once that is over."""
        if status := self.told.text("DialCallStatus"):
            self.after_dial(status)
            return
        call = self.asked_call()
        if call is None:
            self.xml.add("Hangup")
            return
        if self.told.of == LegOf.AGENT:
            self.xml.say(self.whisper(call))
        elif call.direction == CallDirection.OUT:
            self.consent()
        self.conference(call)

    def after_dial(self, status: str) -> None:
        """A caller whom nobody answered is not left without a word."""
        if self.told.of == LegOf.CUSTOMER and not self.told.is_outgoing and status in ("busy", "no-answer", "failed"):
            self.xml.say(self.words("busy_words", _("All of us are still talking with others.")))
            self.voicemail()
        else:
            self.xml.add("Hangup")

    def whisper(self, call: Call) -> str:
        who = str(call.ticket.requester)
        if call.direction == CallDirection.OUT:
            return _("Calling %(name)s.") % {"name": who}
        return _("A call from %(name)s.") % {"name": who}

    def conference(self, call: Call) -> None:
        action = self.url("dial", leg=self.told.of, call=call.pk, end=1)
        dial = self.xml.add("Dial", action=action)
        recorded = bool(self.account.option("record"))
        self.xml.add(
            "Conference",
            f"call-{call.pk}",
            inside=dial,
            beep="false",
            startConferenceOnEnter="true",
            endConferenceOnExit="true",
            record="record-from-start" if recorded else "",
            recordingStatusCallback=self.url("recording", call=call.pk) if recorded else "",
            recordingStatusCallbackEvent="completed absent" if recorded else "",
            statusCallback=self.url("status", call=call.pk),
            statusCallbackEvent=CONFERENCE_EVENTS,
        )

    # -- what is known ----------------------------------------------------------------------------------------

    def url(self, path: str, **asked: object) -> str:
        return hook_url(self.account, path, **asked)

    def words(self, option: str, usual: str) -> str:
        return str(self.account.option(option) or usual)

    def call(self) -> Call | None:
        leg = CallLeg.objects.filter(account=self.account, external_id=self.told.sid).select_related("call").first()
        return leg.call if leg else None

    def asked_call(self) -> Call | None:
        pk = self.told.call_id
        own = Call.objects.select_related("ticket__requester").filter(inbox=self.account.inbox_id)
        return own.filter(pk=pk).first() if pk else None


def speak(account: ProviderAccount, path: str, told: Told) -> HookAnswer:
    return Speaker(account, told).answer(path)


def apologise(account: ProviderAccount) -> HookAnswer:
    """Whatever broke: nobody hears a machine's error."""
    told = Told({}, {}, datetime.now(tz=timezone.get_default_timezone()))
    speaker = Speaker(account, told)
    speaker.voicemail()
    return speaker.xml.answer()
