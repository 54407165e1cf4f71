"""What becomes of one stored mail: a copy of another, set aside with a reason, or on a ticket."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from channels_app.adapters.email.parse import parse_email
from channels_app.adapters.email.parsed import ParsedEmail
from channels_app.addresses import AddressBook
from channels_app.applying import apply
from channels_app.letter import MAX_KEYED_ID
from channels_app.lookup import look_up
from channels_app.models import InboundPayload, PayloadState
from channels_app.threading import Action, Decision, decide
from channels_app.unreadable import settle_placeholder
from customers.actors import SYSTEM
from tickets.services import note_also_received

# Written by hand because it runs for every mail, and each half has its index.
SAME_MAIL = """
    SELECT id, account_id, content_key, mail_id, sender, received_at, state, ticket_id FROM channels_app_inboundpayload
    WHERE (content_key = %(key)s OR (mail_id = %(mail_id)s AND mail_id <> '' AND account_id = %(account)s))
        AND id <> %(pk)s AND state NOT IN ('received', 'duplicate')
    ORDER BY content_key <> %(key)s, id DESC LIMIT 20
"""
NAMELESS_COPY_WITHIN = timedelta(hours=12)


class Unreadable(Exception):
    """The parser could not make sense of the mail."""


def settle(payload: InboundPayload, book: AddressBook, *, now: datetime) -> None:
    """Read the mail, decide what becomes of it and do that; the row ends in another state.

    The caller holds the locks of the row and of its content: see `inbound.LOCK`.
    Raises `Unreadable`, or `Refused` where the rules of tickets forbid it; then the caller rolls back.
    """
    mail = _read(payload)
    earlier = _same_mail(payload)
    if _settle_as_copy(payload, mail, earlier):
        return
    decision = decide(mail, look_up(payload, mail, book, now=now))
    if decision.action in (Action.HOLD, Action.REFUSE):
        _set_aside(payload, decision)
        return
    decision = _with_twin(decision, payload, earlier)
    message = apply(payload, mail, decision, book, now=now)
    settle_placeholder(payload, message.ticket)
    payload.message, payload.ticket = message, message.ticket
    finish(payload, PayloadState.APPLIED, message.match_rule or decision.rule)


def _read(payload: InboundPayload) -> ParsedEmail:
    """Parse the bytes, and note on the row what the intake list shows."""
    raw = bytes(payload.raw)
    if payload.source == "smtp":  # as every mail server does on final delivery (RFC 5321 §4.4)
        raw = b"Return-Path: <" + payload.envelope_from.encode() + b">\r\n" + raw
    mail = parse_email(raw)
    payload.sender = (mail.sender or payload.envelope_from).lower()[:320]
    payload.subject = mail.subject[:300]
    payload.mail_id = mail.message_id[:MAX_KEYED_ID]
    if broken := next((defect for defect in mail.defects if defect.startswith("parser failed")), None):
        raise Unreadable(broken)
    return mail


def _same_mail(payload: InboundPayload) -> list[InboundPayload]:
    """Settled rows with the same content, in whatever inbox, or with the same Message-ID in this one, without bytes."""
    wanted = {"key": payload.content_key, "mail_id": payload.mail_id, "account": payload.account_id, "pk": payload.pk}
    return list(InboundPayload.objects.raw(SAME_MAIL, wanted))


def _settle_as_copy(payload: InboundPayload, mail: ParsedEmail, earlier: list[InboundPayload]) -> bool:
    """A second copy makes no second message. In another of our inboxes, its ticket is seen there too."""
    copies = [row for row in earlier if row.content_key == payload.content_key and _is_copy(payload, mail, row)]
    if not copies:
        return False
    here = next((row for row in copies if row.account_id == payload.account_id), None)
    first = here or next((row for row in copies if row.ticket), copies[0])
    payload.ticket = first.ticket
    if here is None and first.ticket and first.state == PayloadState.APPLIED:
        note_also_received(first.ticket, payload.account.inbox, actor=SYSTEM)
        finish(payload, PayloadState.APPLIED, "also-received", _("The same mail as no. %(pk)s.") % {"pk": first.pk})
    else:
        finish(payload, PayloadState.DUPLICATE, "same-content", _("The same mail as no. %(pk)s.") % {"pk": first.pk})
    return True


def _is_copy(payload: InboundPayload, mail: ParsedEmail, row: InboundPayload) -> bool:
    """Of two mails with the same content. A script that names neither Message-ID nor date may write the same words
    every night: then they are one mail only where the sender is the same and the time is that of a second delivery.
    """
    if mail.message_id or mail.date:
        return True
    return row.sender == payload.sender and abs(payload.received_at - row.received_at) < NAMELESS_COPY_WITHIN


def _with_twin(decision: Decision, payload: InboundPayload, earlier: list[InboundPayload]) -> Decision:
    """Another mail under the same Message-ID is no copy, but worth a word."""
    twin = next((row for row in earlier if row.mail_id == payload.mail_id), None)
    if twin is None:
        return decision
    return replace(decision, evidence={**decision.evidence, "same_message_id_as": str(twin.pk)})


def _set_aside(payload: InboundPayload, decision: Decision) -> None:
    payload.ticket_id = decision.ticket
    state = PayloadState.REFUSED if decision.action == Action.REFUSE else PayloadState.HELD
    finish(payload, state, decision.rule, decision.reason)


def finish(payload: InboundPayload, state: PayloadState, rule: str, reason: str = "") -> None:
    payload.state, payload.rule, payload.reason, payload.leased_until = state, rule, reason, None
    payload.save(
        update_fields=[
            "state", "rule", "reason", "leased_until", "ticket", "message", "sender", "subject", "mail_id",
        ]
    )  # fmt: skip
