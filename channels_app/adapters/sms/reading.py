"""What Twilio's calls about texts tell."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from mimetypes import guess_extension
from urllib.parse import parse_qs

from django.utils.translation import gettext_lazy as _

from channels_app import twilio
from channels_app.adapters.sms.keywords import consent_told
from channels_app.base import Happening, Hook, MediaRef, MessageIn, Person, ReachChanged, StatusTold, Unhandled
from channels_app.models import PartState, ProviderAccount
from channels_app.twilio_codes import UNREACHABLE, meaning_of

MEDIA = re.compile(r"MediaUrl([0-9]{1,3})", re.ASCII)
OTHER_NETWORKS = re.compile(r"[a-z]+:")  # whatsapp:+49…, rcs:…, messenger:…
NO_NUMBER = _("The sender gave a name or a short number in place of a telephone number: nobody can be answered there.")
# Before it is with the phone's company it is already Twilio's: what we call sent.
STATES = {
    "accepted": PartState.SENT,
    "scheduled": PartState.SENT,
    "queued": PartState.SENT,
    "sending": PartState.SENT,
    "sent": PartState.SENT,
    "delivered": PartState.DELIVERED,
    "read": PartState.READ,
    "undelivered": PartState.FAILED,
    "failed": PartState.FAILED,
    "canceled": PartState.FAILED,
}
EXTENSIONS = {"text/x-vcard": ".vcf", "text/vcard": ".vcf", "audio/amr": ".amr", "audio/mpeg": ".mp3"}


def read(account: ProviderAccount, hook: Hook, *, now: datetime) -> Iterator[Happening]:
    fields = twilio.fields(hook)
    if hook.path == "status":
        yield _status(fields, hook, now)
    elif "MessageStatus" in fields and fields.get("SmsStatus") != "received":
        yield _status(fields, hook, now)  # both addresses of a number were given as one
    elif reason := _why_not_ours(account, fields):
        yield Unhandled(now, reason)
    else:
        yield from _message(fields, now)


def _why_not_ours(account: ProviderAccount, fields: dict[str, str]) -> str:
    if not sid_of(fields) or not fields.get("From"):
        return "a text without MessageSid or From"
    if OTHER_NETWORKS.match(fields["From"]):
        return f"a message by {fields['From'].partition(':')[0]}"
    service = account.option("messaging_service_sid", "")
    if service and fields.get("MessagingServiceSid") == service:
        return ""
    to = fields.get("To", "")
    return f"a text to {to[:40]}" if account.external_id and to and to != account.external_id else ""


def _message(fields: dict[str, str], now: datetime) -> Iterator[Happening]:
    said = consent_told(fields, now=now)
    yield MessageIn(
        now,
        sid_of(fields),
        fields["From"],
        Person(fields["From"], name=fields.get("ProfileName", "")),
        text=fields.get("Body", ""),
        files=_files(fields),
        facts=_facts(fields),
        opens_ticket=said is None or said.only_reverses,
    )
    if said:
        yield said
    if not fields["From"].startswith("+"):
        yield ReachChanged(now, fields["From"], NO_NUMBER)
    elif said and said.is_given:
        yield ReachChanged(now, fields["From"], "")


def sid_of(fields: dict[str, str]) -> str:
    return fields.get("MessageSid") or fields.get("SmsMessageSid") or fields.get("SmsSid") or ""


def _files(fields: dict[str, str]) -> list[MediaRef]:
    """What is there; NumMedia may say something else."""
    numbers = sorted(int(match[1]) for name in fields if (match := MEDIA.fullmatch(name)) and fields[name])
    return [_file(fields[f"MediaUrl{n}"], fields.get(f"MediaContentType{n}", ""), n) for n in dict.fromkeys(numbers)]


def _file(url: str, content_type: str, number: int) -> MediaRef:
    kind = content_type.partition(";")[0].strip().lower()
    extension = EXTENSIONS.get(kind) or guess_extension(kind) or ""
    return MediaRef({"url": url}, f"mms-{number + 1}{extension}", kind)


def _facts(fields: dict[str, str]) -> dict[str, object]:
    try:
        latitude, longitude = float(fields["Latitude"]), float(fields["Longitude"])
    except (KeyError, ValueError):
        return {}
    place = {"latitude": latitude, "longitude": longitude}
    words = {"name": fields.get("Label", ""), "address": fields.get("Address", "")}
    return {"location": {**place, **{name: value for name, value in words.items() if value}}}


def _status(fields: dict[str, str], hook: Hook, now: datetime) -> Happening:
    told = fields.get("MessageStatus") or fields.get("SmsStatus") or ""
    state, code = STATES.get(told), fields.get("ErrorCode", "")
    ours = parse_qs(hook.query).get("part", [""])[-1]
    if state is None or not (sid_of(fields) or ours):
        return Unhandled(now, f"status {told[:40] or '?'}")
    has_failed = state == PartState.FAILED
    return StatusTold(
        now,
        sid_of(fields),
        state,
        client_key=ours,
        code=code if has_failed else "",
        error=_why_failed(told, code, fields.get("ErrorMessage", "")) if has_failed else "",
        is_unreachable=has_failed and code in UNREACHABLE,
    )


def _why_failed(told: str, code: str, said: str) -> str:
    return meaning_of(code or told, said=said)
