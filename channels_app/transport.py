"""Handing one mail to whatever mail backend is configured, and what each recipient's server said to it.

This is the only door for mail: whoever sends passes the consent of those it goes to, asked at the last moment.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, TypedDict

from anymail.backends.base import AnymailBaseBackend
from anymail.exceptions import AnymailAPIError, AnymailError, AnymailRecipientsRefused
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.translation import gettext as _

from channels_app.mail_backend import NotSent, OutcomeUnknown
from channels_app.stored_mail import TO_STAFF, StoredMail
from customers.consent import refusing
from customers.models import ContactChannel

UNTRIED_LEASE_SECONDS = 900
MISCONFIGURED = (ImproperlyConfigured, ImportError)
UNDELIVERABLE = {"invalid", "rejected", "failed"}  # what a provider says of an address


class Refusal(TypedDict):
    """Why a recipient has no mail; trying again makes no sense when it is `final`."""

    answer: str
    final: bool


@dataclass(frozen=True)
class Result:
    """Who is not in `refused` has the mail; if `is_unknown`, those with no final answer may have it."""

    answer: str = ""
    refused: Mapping[str, Refusal] = field(default_factory=dict)
    is_unknown: bool = False


def backend_name() -> str:
    return settings.EMAIL_BACKEND


def lease_seconds() -> int:
    """How long a worker may be busy sending before it counts as lost."""
    try:
        return int(getattr(get_connection(), "lease_seconds", UNTRIED_LEASE_SECONDS))
    except MISCONFIGURED:
        return UNTRIED_LEASE_SECONDS  # `send` will say so


def has_sent(mail_id: str) -> bool | None:
    """Whether the mail went out, where the backend can prove it; None where nobody knows."""
    try:
        ask = getattr(get_connection(), "has_sent", None)
    except MISCONFIGURED:
        return None
    return ask(mail_id) if ask else None


def send(mail: StoredMail) -> Result:
    """One try, to those who allow it. Never raises for what servers and networks do: that is the `Result`'s affair."""
    unwilling = _unwilling(mail)
    mail.to = [address for address in mail.to if address not in unwilling]
    result = _hand_over(mail)
    return replace(result, refused={**result.refused, **unwilling})


def _unwilling(mail: StoredMail) -> dict[str, Refusal]:
    if mail.purpose == TO_STAFF:
        return {}
    answer = _("Not sent: they do not want to be written to by e-mail for this.")
    return {to: Refusal(answer=answer, final=True) for to in refusing(mail.to, ContactChannel.EMAIL, mail.purpose)}


def _hand_over(mail: StoredMail) -> Result:
    if not mail.to:
        return Result()
    try:
        connection: Any = get_connection()
        if isinstance(connection, AnymailBaseBackend):
            return _send_by_provider(connection, mail)
        connection.send_messages([mail])
    except (NotSent, *MISCONFIGURED) as error:  # once an admin has repaired it, all of it goes out by itself
        return Result(str(error), _refusals(mail, str(error), final=False))
    except (OutcomeUnknown, OSError) as error:  # a backend that is not ours does not say how far it got
        return Result(str(error), _refusals(mail, str(error), final=False), is_unknown=True)
    return Result(mail.answer, {address: _judged(answer) for address, answer in mail.refused.items()})


def _refusals(mail: StoredMail, answer: str, *, final: bool) -> dict[str, Refusal]:
    """Everybody, with what the server had said of them before or `answer`."""
    known = {address: _judged(said) for address, said in mail.refused.items()}
    return {address: known.get(address, Refusal(answer=answer, final=final)) for address in mail.to}


def _judged(answer: str) -> Refusal:
    """5xx is final (RFC 5321 §4.2.1)."""
    return Refusal(answer=answer, final=answer.startswith("5"))


def _send_by_provider(connection: Any, mail: StoredMail) -> Result:
    parts = mail.in_parts()
    try:
        connection.send_messages([parts])
    except AnymailRecipientsRefused:
        return Result("", _refused_by_provider(parts))
    except AnymailAPIError as error:
        return _judged_by_status(mail, error)
    except AnymailError as error:  # raised before anything is sent
        return Result(str(error), _refusals(mail, str(error), final=True))
    return Result(_provider_id(parts), _refused_by_provider(parts))


def _judged_by_status(mail: StoredMail, error: AnymailAPIError) -> Result:
    """The provider's HTTP status decides; without one the connection broke, at a point nobody knows."""
    status = error.status_code
    if status is None or status >= 500:
        return Result(str(error), _refusals(mail, str(error), final=False), is_unknown=True)
    return Result(str(error), _refusals(mail, str(error), final=status not in (401, 403, 408, 425, 429)))


def _refused_by_provider(parts: EmailMultiAlternatives) -> dict[str, Refusal]:
    recipients = parts.anymail_status.recipients  # type: ignore[attr-defined]  # anymail adds it
    return {
        address: Refusal(answer=f"{status.status} ({settings.EMAIL_BACKEND})", final=True)
        for address, status in recipients.items()
        if status.status in UNDELIVERABLE
    }


def _provider_id(parts: EmailMultiAlternatives) -> str:
    return str(parts.anymail_status.message_id)  # type: ignore[attr-defined]  # anymail adds it
