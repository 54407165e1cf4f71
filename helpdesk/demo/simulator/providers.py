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

from helpdesk.demo.stand_ins.base import Answered, Asked, StandIn
from helpdesk.demo.stand_ins.graph import GraphStandIn
from helpdesk.demo.stand_ins.telegram import Telegram
from helpdesk.demo.stand_ins.twilio import Twilio
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


@cache
def provider(name: str) -> StandIn:
    """One for each process. Their numbers begin where no other process or day began."""
    start = time.time_ns()
    match name:
        case "twilio":
            media = {PHOTO.name: (PHOTO.content_type, PHOTO.content)}
            return Twilio(address=settings.PROVIDER_URLS["twilio"], media=media, count=start)
        case "graph" | "instagram":
            files = {PHOTO.name: (PHOTO.content, PHOTO.content_type)}
            return GraphStandIn(address=settings.PROVIDER_URLS["graph"], files=files, numbers=count(start))
        case "telegram":
            photos = {PHOTO.name: PHOTO.content}
            return Telegram(takes_plain=True, messages=start % 1_000_000_000, updates=start, files=photos)
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
