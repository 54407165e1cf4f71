"""Setting up chat widgets. Whatever is refused changes nothing."""

from __future__ import annotations

import re
from typing import Any, Final
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext as _

from customers.errors import Refused as CustomerRefused
from customers.phones import e164
from tickets.models import ChatWidget
from tickets.services import Refused

MOST_ORIGINS: Final = 50
LOCAL: Final = ("localhost", "127.0.0.1")
LABEL: Final = re.compile(r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?")


def origin_from(text: str) -> str:
    """A site as browsers name it: scheme, host and port. `https://*.shop.example` is every host below shop.example.

    Raises `Refused` for anything else: a path would be ignored, and one site too many may show the chat as its own.
    """
    given = text.strip().lower()
    try:
        parts = urlsplit(given if "://" in given else f"https://{given}")
        port = parts.port
        host = _host(parts.hostname or "")
    except ValueError as error:
        raise Refused(
            _("“%(site)s” is no site. Write it like https://shop.example.") % {"site": text.strip()[:80]},
            field="origins",
        ) from error
    if parts.path.strip("/") or parts.query or parts.fragment or parts.username:
        reason = _("“%(site)s” has more than a site: leave out what stands behind the host.")
        raise Refused(reason % {"site": text.strip()[:80]}, field="origins")
    if parts.scheme != "https" and not (parts.scheme == "http" and _is_local(host)):
        reason = _("“%(site)s” has to be https: what visitors write could be read on the way.")
        raise Refused(reason % {"site": text.strip()[:80]}, field="origins")
    usual = {"https": 443, "http": 80}[parts.scheme]
    return f"{parts.scheme}://{host}" + (f":{port}" if port and port != usual else "")


def _host(host: str) -> str:
    """In the letters of the DNS. Raises ValueError; a star stands for whole labels at the front only."""
    star = host.startswith("*.")
    plain = host.removeprefix("*.").encode("idna").decode() if not host.isascii() else host.removeprefix("*.")
    labels = plain.split(".")
    if len(plain) > 190 or not all(LABEL.fullmatch(label) for label in labels):
        raise ValueError("no host")
    if (star or not _is_local(plain)) and len(labels) < 2:
        raise ValueError("not everything below a top level")
    return f"*.{plain}" if star else plain


def _is_local(host: str) -> bool:
    return host in LOCAL or host.endswith(".localhost")


def origins_from(text: str) -> list[str]:
    """One a line, each once, in the order in which they were written."""
    lines = (line for line in re.split(r"[\s,]+", text) if line)
    origins = list(dict.fromkeys(origin_from(line) for line in lines))
    if len(origins) > MOST_ORIGINS:
        raise Refused(_("At most %(count)s sites.") % {"count": MOST_ORIGINS}, field="origins")
    return origins


def whatsapp_number(text: str) -> str:
    """With its country, or empty. Raises `Refused`."""
    if not text.strip():
        return ""
    try:
        return e164(text)
    except CustomerRefused as refusal:
        raise Refused(str(refusal), field="whatsapp") from refusal


@transaction.atomic
def save_widget(widget: ChatWidget | None, values: dict[str, Any]) -> ChatWidget:
    """`values` are columns, but `origins` and `whatsapp` as they were typed. Raises `Refused` with the field."""
    widget = ChatWidget.objects.select_for_update().get(pk=widget.pk) if widget else ChatWidget()
    values = {
        **values,
        "origins": origins_from(values["origins"]),
        "whatsapp": whatsapp_number(values["whatsapp"]),
    }
    if not values["languages"]:
        raise Refused(_("Choose one language at least."), field="languages")
    for name, value in values.items():
        setattr(widget, name, value)
    widget.save()
    return widget


@transaction.atomic
def delete_widget(widget: ChatWidget) -> None:
    """One that was never used. Chats keep the door they came through: such a widget can be switched off."""
    locked = ChatWidget.objects.select_for_update().get(pk=widget.pk)
    if locked.chats.exists():
        raise Refused(_("There are chats that came by it. Switch it off instead."))
    locked.delete()
