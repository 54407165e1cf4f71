"""The facts that `threading.decide` asks for: what the mail points at, and who its sender is."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Exists, OuterRef, Q

from channels_app.adapters.email.parsed import ParsedEmail
from channels_app.adapters.email.tokens import (
    agent_participant,
    claim_in_address,
    claim_in_text,
    instance_id,
    issued_message_pk,
    noticed_message_pk,
)
from channels_app.addresses import AddressBook
from channels_app.authentication import is_authentic
from channels_app.forwarded import original_sender
from channels_app.models import InboundPayload
from channels_app.threading import Facts, Link, TicketFacts
from customers.models import Identity
from tickets.models import CcState, Message, Ticket, TicketCC

MAX_REFERENCES = 40  # the newest; mail programs drop the middle of a long list, never its end
NUMBER_COUNTS_FOR = timedelta(days=90)
_NUMBER = re.compile(r"\[#(\d{1,12})\]")


@dataclass(frozen=True)
class _Pointer:
    """A ticket number with what proves it, before anybody has looked whether the ticket exists."""

    rule: str
    number: int
    evidence: dict[str, str]


def look_up(payload: InboundPayload, mail: ParsedEmail, book: AddressBook, *, now: datetime) -> Facts:
    """Facts about `mail` as it arrived in `payload`'s account. At most two queries, none for a mail out of the blue."""
    agent = book.agent(mail.sender)
    inbox_id = payload.account.inbox_id
    answered = _answered_messages(mail, inbox_id)
    pointers = [
        *_tokens(payload, mail, book, agent.pk if agent else None),
        *_references(mail, answered),
        *_marks(mail, book),
        *_numbers(mail),
    ]
    first = next((message for message in answered if _is_answered_by(mail, message)), None)
    return Facts(
        instance=instance_id(),
        links=_existing(pointers, mail.sender.lower(), now),
        sender_is_ours=book.is_ours(mail.sender),
        sender_is_agent=agent is not None,
        is_authentic=is_authentic(mail.sender, mail.authentication_results, payload.account.authserv_id),
        answers_public_message=first is not None and not first.is_note,
        answered=first.pk if first else 0,
        forwarded_sender=original_sender(mail).address if agent else "",
    )


def _tokens(payload: InboundPayload, mail: ParsedEmail, book: AddressBook, agent_id: int | None) -> Iterator[_Pointer]:
    recipients = [*payload.envelope_to, *mail.delivered_to, *mail.to, *mail.cc]
    for address in dict.fromkeys(str(recipient).lower() for recipient in recipients):
        claim, account = claim_in_address(address), book.account_of(address)
        if claim is None or account is None:
            continue
        if claim.is_valid(account.inbox_id):
            yield _Pointer("token", claim.number, {"address": address})
        elif agent_id and claim.is_valid(account.inbox_id, agent_participant(agent_id)):
            yield _Pointer("personal-token", claim.number, {"address": address})


def _answered_messages(mail: ParsedEmail, inbox_id: int) -> list[Message]:
    """The messages that In-Reply-To and References name: issued by us, or stored from this very inbox."""
    ids = _named_ids(mail)
    if not ids:
        return []
    noticed = noticed_message_pk(mail.in_reply_to)
    issued = [pk for pk in (*map(issued_message_pk, ids), noticed) if pk]
    named = Q(pk__in=issued) | Q(message_id__in=ids, ticket__inbox_id=inbox_id)
    return list(Message.objects.filter(named).only("pk", "ticket_id", "kind", "message_id"))


def _named_ids(mail: ParsedEmail) -> list[str]:
    """In-Reply-To, then References from the newest to the oldest."""
    ids = dict.fromkeys([mail.in_reply_to, *reversed(mail.references)])
    return [mail_id for mail_id in ids if mail_id][:MAX_REFERENCES]


def _references(mail: ParsedEmail, answered: list[Message]) -> Iterator[_Pointer]:
    for mail_id in _named_ids(mail):
        for message in answered:
            if _is_id_of(mail_id, message):
                rule = "reference" if issued_message_pk(mail_id) else "stored-id"
                yield _Pointer(rule, message.ticket_id, {"message_id": mail_id})


def _is_id_of(mail_id: str, message: Message) -> bool:
    return bool(mail_id) and (message.message_id == mail_id or issued_message_pk(mail_id) == message.pk)


def _is_answered_by(mail: ParsedEmail, message: Message) -> bool:
    """In-Reply-To names the message, or our mail to staff that told of it."""
    return _is_id_of(mail.in_reply_to, message) or noticed_message_pk(mail.in_reply_to) == message.pk


def _marks(mail: ParsedEmail, book: AddressBook) -> Iterator[_Pointer]:
    claim = claim_in_text(mail.quoted_text) or claim_in_text(mail.quoted_html) or claim_in_text(mail.text)
    if claim and any(claim.is_valid(inbox_id) for inbox_id in {a.inbox_id for a in book.accounts.values()}):
        yield _Pointer("mark", claim.number, {"mark": f"ref:t.{claim.number}.{claim.mac}"})


def _numbers(mail: ParsedEmail) -> Iterator[_Pointer]:
    if match := _NUMBER.search(mail.subject):
        yield _Pointer("number", int(match[1]), {"subject": mail.subject[:300]})


def _existing(pointers: list[_Pointer], sender: str, now: datetime) -> list[Link]:
    if not pointers:
        return []
    tickets = {ticket.pk: ticket for ticket in _with_participants({pointer.number for pointer in pointers}, sender)}
    return [
        Link(pointer.rule, _facts_of(ticket, sender), pointer.evidence)
        for pointer in pointers
        if (ticket := tickets.get(pointer.number))
        and (pointer.rule != "number" or ticket.updated_at > now - NUMBER_COUNTS_FOR)
    ]


def _with_participants(numbers: Iterable[int], sender: str) -> Iterable[Ticket]:
    addresses = Identity.objects.filter(customer_id=OuterRef("requester_id"), kind="email").values("value")
    in_copy = TicketCC.objects.filter(ticket_id=OuterRef("pk"), state=CcState.CC).values("address")
    members = Identity.objects.filter(
        kind="email", value=sender, customer__organisation=OuterRef("requester__organisation"),
        customer__organisation__shares_tickets=True,
    )  # fmt: skip
    found = Ticket.objects.filter(pk__in=numbers).only("pk", "updated_at")
    return found.annotate(
        requester_addresses=ArraySubquery(addresses), copied_addresses=ArraySubquery(in_copy), shares=Exists(members)
    )


def _facts_of(ticket: Ticket, sender: str) -> TicketFacts:
    requester: list[str] = getattr(ticket, "requester_addresses")  # noqa: B009  annotated above
    in_copy: list[str] = getattr(ticket, "copied_addresses")  # noqa: B009
    shares: bool = getattr(ticket, "shares")  # noqa: B009
    members = frozenset({sender}) if shares else frozenset[str]()
    return TicketFacts(ticket.pk, frozenset(requester), frozenset(address.lower() for address in in_copy), members)
