"""The stand-ins of providers at addresses of our own, for the demo: what an agent sends arrives there."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import cache
from io import BytesIO
from itertools import count

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from PIL import Image, ImageDraw

from channels_app.models import ProviderAccount, ProviderKind
from channels_app.voice.addresses import hook_url
from helpdesk.demo.simulator.exchange import Exchange
from helpdesk.demo.stand_ins.base import Answered, Asked, StandIn
from helpdesk.demo.stand_ins.graph import GraphStandIn
from helpdesk.demo.stand_ins.telegram import Telegram
from helpdesk.demo.stand_ins.twilio import refused
from helpdesk.demo.stand_ins.twilio_voice import TwilioVoice
from helpdesk.demo.stand_ins.x import X


@dataclass(frozen=True)
class Photo:
    name: str
    content_type: str
    content: bytes


def _drawn() -> bytes:
    """A garden at dusk, roughly."""
    picture = Image.new("RGB", (480, 320), "#2f4858")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 210, 480, 320), fill="#3f7d4e")
    draw.ellipse((340, 40, 410, 110), fill="#f2c14e")
    draw.rectangle((150, 130, 200, 250), fill="#d9d4c5")
    draw.line((175, 130, 175, 80), fill="#d9d4c5", width=4)
    written = BytesIO()
    picture.save(written, "JPEG", quality=80)
    return written.getvalue()


PHOTO = Photo("800000000000001", "image/jpeg", _drawn())


# Twelve seconds of nothing, as MPEG-2 layer III of 8 kbit/s: each frame is a header and no sound.
SILENCE = (b"\xff\xf3\x10\xc4" + bytes(22)) * 460


class DemoTwilio(TwilioVoice):
    """Its calls go on: telephones are picked up, and what came of it reaches our hooks."""

    @property
    def exchange(self) -> Exchange:
        voice = ProviderAccount.objects.filter(kind=ProviderKind.TWILIO_VOICE, options__account_sid=self.account)
        return Exchange(voice.order_by("pk")[0])

    def behave(self, asked: Asked) -> Answered:
        if asked.method == "GET" and "/Recordings/" in asked.bare_path and self.is_known(asked):
            return Answered(200, SILENCE, "audio/mpeg")
        return super().behave(asked)

    def numbers(self, asked: Asked) -> Answered:
        """Set up rightly: at the addresses of whichever accounts have it."""
        row = {"phone_number": self.number, "capabilities": {"voice": True, "sms": True, "mms": True, "fax": False}}
        for account in ProviderAccount.objects.filter(options__account_sid=self.account, external_id=self.number):
            if account.kind == ProviderKind.TWILIO_VOICE:
                row |= {"voice_url": hook_url(account), "status_callback": hook_url(account, "status")}
            else:
                row |= {"sms_url": hook_url(account)}
        wanted = asked.query.get("PhoneNumber", self.number)
        return Answered.of({"incoming_phone_numbers": [row] if wanted == self.number else [], "page": 0})

    def place(self, form: dict[str, str]) -> Answered:
        line = self.exchange.place(form)
        return Answered.of({"sid": line.sid, "status": "queued", "to": line.number, "from": form.get("From")}, 201)

    def change(self, path: str, form: dict[str, str]) -> Answered:
        if not self.exchange.change(path, form):
            return refused(21220, "Call is not in-progress. Cannot redirect.")
        return Answered.of({"sid": path.rpartition("/")[2].removesuffix(".json")})


class DemoTelegram(Telegram):
    """Each web process has one, and all know the same hook: that of the account which has the bot."""

    def answer(self, asked: Asked) -> Answered:
        token = asked.bare_path.split("/")[1].removeprefix("bot")
        bot = ProviderAccount.objects.filter(kind=ProviderKind.TELEGRAM, external_id=token.partition(":")[0]).first()
        if bot is not None and bot.option("way", "webhook") == "webhook":
            self.webhook = {"url": hook_url(bot), **self.webhook}
        return super().answer(asked)


@cache
def provider(name: str) -> StandIn:
    """One for each process. Their numbers begin where no other process or day began."""
    start = time.time_ns()
    match name:
        case "twilio":
            media = {PHOTO.name: (PHOTO.content_type, PHOTO.content)}
            return DemoTwilio(address=settings.PROVIDER_URLS["twilio"], media=media, count=start)
        case "graph" | "instagram":
            files = {PHOTO.name: (PHOTO.content, PHOTO.content_type)}
            return GraphStandIn(address=settings.PROVIDER_URLS["graph"], files=files, numbers=count(start))
        case "telegram":
            photos = {PHOTO.name: PHOTO.content}
            return DemoTelegram(takes_plain=True, messages=start % 1_000_000_000, updates=start, files=photos)
        case "x":
            return X(ids=count(start))
        case "network":
            return Network()
    raise Http404


class Network(StandIn):
    """Any other network: it takes everything."""

    def behave(self, asked: Asked) -> Answered:
        return Answered.of({"id": f"n{time.time_ns()}"})


@csrf_exempt
def answer(request: HttpRequest, provider_name: str, path: str) -> HttpResponse:
    """As the provider would. There is none but in a demo."""
    if not settings.DEMO:
        raise Http404
    query = request.META.get("QUERY_STRING", "")
    asked = Asked(
        request.method or "GET",
        f"/{path}" + (f"?{query}" if query else ""),
        {name.lower(): value for name, value in request.headers.items()},
        request.body,
    )
    answered = provider(provider_name).answer(asked)
    provider(provider_name).calls.clear()  # a demo runs for weeks
    return HttpResponse(
        answered.body,
        status=answered.status,
        content_type=answered.content_type,
        headers=dict(answered.headers),
    )
