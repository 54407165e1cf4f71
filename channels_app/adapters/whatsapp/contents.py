"""What one WhatsApp message says: its words, its files, and what else a bubble shows."""

from __future__ import annotations

import json
import mimetypes
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from channels_app.base import MediaRef
from channels_app.shapes import at, count, thing, things, words

MEDIA = ("image", "video", "audio", "document", "sticker")
MOST_ANSWERS = 50  # of a form that was filled in
OURS = frozenset({"flow_token"})  # not the customer's words


@dataclass(frozen=True)
class Said:
    text: str = ""
    files: tuple[MediaRef, ...] = ()
    facts: dict[str, Any] = field(default_factory=dict)


def said_in(message: dict[str, Any]) -> Said | None:
    """None for a type that we don't read."""
    kind = words(message.get("type"))
    if kind == "contacts":  # the one kind that is a list
        return _contacts(things(message.get(kind)))
    body = thing(message.get(kind))
    if kind in MEDIA:
        return Said(words(body.get("caption")), (_file(kind, body),))
    read = READERS.get(kind)
    return read(body) if read else None


def _file(kind: str, body: dict[str, Any]) -> MediaRef:
    content_type = words(body.get("mime_type")).partition(";")[0].strip()
    filename = words(body.get("filename")) or f"{kind}{mimetypes.guess_extension(content_type) or ''}"
    size = count(body.get("file_size")) or None
    return MediaRef({"id": words(body.get("id"))}, filename, content_type, size)


def _text(body: dict[str, Any]) -> Said:
    return Said(words(body.get("body")))


def _button(body: dict[str, Any]) -> Said:
    """A quick reply below a template."""
    return Said(words(body.get("text")), facts=_pressed(body.get("payload")))


def _interactive(body: dict[str, Any]) -> Said | None:
    kind = words(body.get("type"))
    chosen = thing(body.get(kind))
    if kind == "nfm_reply":  # a form that was filled in inside WhatsApp
        return Said("\n".join(filter(None, [words(chosen.get("body")), *_answers(chosen.get("response_json"))])))
    if kind not in ("button_reply", "list_reply"):
        return None
    lines = [words(chosen.get("title")), words(chosen.get("description"))]
    return Said("\n".join(filter(None, lines)), facts=_pressed(chosen.get("id")))


def _answers(response: object) -> list[str]:
    """ "question: answer" for each plain value; nothing for what is no JSON object."""
    try:
        read = thing(json.loads(words(response) or "{}"))
    except (ValueError, RecursionError):
        return []
    told = ((name, _plain(value)) for name, value in read.items() if name not in OURS)
    return [f"{name}: {value}" for name, value in told if value][:MOST_ANSWERS]


def _plain(value: object) -> str:
    if isinstance(value, list):
        return ", ".join(words(one) for one in value if words(one))
    return json.dumps(value) if isinstance(value, bool | float) else words(value)


def _location(body: dict[str, Any]) -> Said | None:
    latitude, longitude = body.get("latitude"), body.get("longitude")
    if not isinstance(latitude, int | float) or not isinstance(longitude, int | float):
        return None
    place: dict[str, Any] = {"latitude": latitude, "longitude": longitude}
    place.update({name: words(body.get(name)) for name in ("name", "address") if words(body.get(name))})
    return Said(facts={"location": place})


def _contacts(cards: list[dict[str, Any]]) -> Said:
    read = [
        {
            "name": words(at(card, "name", "formatted_name")) or words(at(card, "name", "first_name")),
            "phones": [words(one.get("phone")) or words(one.get("wa_id")) for one in things(card.get("phones"))],
            "emails": [words(one.get("email")) for one in things(card.get("emails"))],
        }
        for card in cards
    ]
    return Said(facts={"contacts": read})


def _order(body: dict[str, Any]) -> Said:
    lines = [words(body.get("text"))]
    for item in things(body.get("product_items")):
        price = item.get("item_price")
        lines.append(
            _("%(count)s × %(product)s at %(price)s %(currency)s")
            % {
                "count": words(item.get("quantity")),
                "product": words(item.get("product_retailer_id")),
                "price": price if isinstance(price, int | float) else words(price),
                "currency": words(item.get("currency")),
            }
        )
    return Said("\n".join(filter(None, lines)))


def _unsupported(body: dict[str, Any]) -> Said:
    return Said(_("[A message of a kind that WhatsApp does not hand on. Ask for it in another way.]"))


def _pressed(value: object) -> dict[str, Any]:
    return {"pressed": words(value)} if words(value) else {}


READERS: dict[str, Callable[[dict[str, Any]], Said | None]] = {
    "text": _text,
    "button": _button,
    "interactive": _interactive,
    "location": _location,
    "order": _order,
    "unsupported": _unsupported,
}
