"""Mail's part of privacy: what came in and what went out loses its bytes when a person is erased or words redacted.

Bytes are never rewritten: a mail that was changed is no longer what somebody sent, and its words may stand in it in
base64. They are removed, and the row says when and why.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from email import message_from_bytes, policy

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from channels_app.adapters.email.parse import parse_email
from channels_app.models import Delivery, DeliveryAttempt, InboundPayload, Notice, OutboxState, PayloadState
from customers.models import PrivacyJob
from customers.person import Person, person_in
from helpdesk.lib.html import html_to_text
from helpdesk.lib.masking import Mask
from tickets.customers.others_words import masks_of
from tickets.models import DeliveryState, Message, Ticket

CHUNK = 200
ERASED = "erased"  # the rule of a mail that nobody can read again
WAITING = (OutboxState.QUEUED, OutboxState.DEFERRED)
UNREAD = (PayloadState.HELD, PayloadState.FAILED)


def count_mail(person: Person) -> list[tuple[str, int]]:
    return [(_("Mails as they came in"), from_them(person).exclude(raw=b"").count())]


def erase_tickets(
    person: Person,
    *,
    own: Collection[int],
    tickets: Sequence[int],
    messages: Collection[int],
    sentences: Mapping[int, Sequence[str]],
) -> None:
    """Of `settings.ERASURE_OF_TICKETS`: mail in and out of these tickets."""
    theirs = InboundPayload.objects.filter(Q(ticket__in=own) | Q(message__in=messages))
    _empty(theirs.filter(Q(message__in=messages) | Q(message=None)))
    here = Q(ticket__in=tickets) | Q(message__ticket__in=tickets)  # a message that was moved leaves its mail behind
    quoting = InboundPayload.objects.filter(here).exclude(raw=b"")
    drop_bytes(quoting, _("Its source was removed: it may quote a person who was erased."))
    for payload in InboundPayload.objects.filter(ticket__in=tickets).exclude(subject="").only("subject", "ticket_id"):
        masked = masks_of(person, sentences, payload.ticket_id or 0).text(payload.subject)
        if masked != payload.subject:
            InboundPayload.objects.filter(pk=payload.pk).update(subject=masked[:300])
    _erase_deliveries(person, tickets, messages)


def drop_bytes(payloads: QuerySet[InboundPayload], reason: str) -> int:
    """What waited for somebody to read it can't be read any more."""
    rows = InboundPayload.objects.filter(pk__in=list(payloads.values_list("pk", flat=True)))
    rows.filter(state__in=UNREAD).update(state=PayloadState.REFUSED)
    return rows.update(raw=b"", reason=reason)


def _empty(payloads: QuerySet[InboundPayload]) -> None:
    """The row stays with its size, times and state, and with the digest by which a copy is told."""
    payloads.filter(state__in=UNREAD).update(state=PayloadState.REFUSED)
    payloads.update(
        raw=b"", sender="", envelope_from="", envelope_to=[], subject="", mail_id="", rule=ERASED,
        reason=_("The person was erased."),
    )  # fmt: skip


def _erase_deliveries(person: Person, tickets: Sequence[int], messages: Collection[int]) -> None:
    gone = set(person.addresses)
    of_tickets = Delivery.objects.filter(message__ticket__in=tickets)
    _cancel(of_tickets.filter(message__in=messages, state__in=WAITING))
    of_tickets.filter(message__in=messages).update(envelope_to=[], last_error="")
    of_tickets.update(raw=None)
    for delivery in of_tickets.exclude(message__in=messages).defer("raw"):
        kept = [address for address in delivery.envelope_to if address.lower() not in gone]
        if kept != delivery.envelope_to:
            Delivery.objects.filter(pk=delivery.pk).update(envelope_to=kept)
            if not kept:
                _cancel(Delivery.objects.filter(pk=delivery.pk, state__in=WAITING))
    attempts = DeliveryAttempt.objects.filter(delivery__message__ticket__in=tickets)
    attempts.filter(delivery__message__in=messages).update(answer="", refused={})
    for attempt in attempts.exclude(delivery__message__in=messages):
        attempt.answer, attempt.refused = person.mask.text(attempt.answer), person.mask.json(attempt.refused)
        attempt.save(update_fields=["answer", "refused"])


def _cancel(deliveries: QuerySet[Delivery]) -> None:
    """What was still to be sent to somebody who is erased is not sent."""
    messages = list(deliveries.values_list("message_id", flat=True))
    deliveries.update(state=OutboxState.CANCELLED)
    Message.objects.filter(pk__in=messages).update(delivery_state=DeliveryState.CANCELLED)


def erase_mail(job: PrivacyJob) -> int | None:
    """Step: their mail that is on no ticket: held, refused, copies."""
    person, barrier = person_in(job), job.plan["barriers"]["channels_app_inboundpayload"]
    rows = from_them(person).filter(pk__gt=job.cursor, pk__lte=barrier).exclude(state=PayloadState.RECEIVED)
    found = list(rows.order_by("pk").values_list("pk", flat=True)[:CHUNK])
    _empty(InboundPayload.objects.filter(pk__in=found))
    if not job.cursor:
        _drop_notices(person.mask)
    return found[-1] if found else None


def from_them(person: Person) -> QuerySet[InboundPayload]:
    return InboundPayload.objects.filter(Q(sender__in=person.addresses) | Q(envelope_from__in=person.addresses))


def _drop_notices(mask: Mask) -> None:
    """Mails to staff that tell of the person and were not sent yet: they are not sent."""
    for notice in Notice.objects.exclude(raw=None):
        if mask.found_in(words_in(bytes(notice.raw or b""))):
            Notice.objects.filter(pk=notice.pk).update(raw=None)


def words_in(raw: bytes) -> str:
    """The texts of a mail, decoded, its headers among them."""
    mail = message_from_bytes(raw, policy=policy.default)
    texts = [f"{name}: {value}" for name, value in mail.items()]
    for part in mail.walk():
        if part.get_content_maintype() == "text":
            texts.append(str(part.get_content()))
    return "\n".join(texts)


def _read(payload: InboundPayload) -> str:
    """What a mail says, whoever has made it."""
    mail = parse_email(bytes(payload.raw))
    return "\n".join([mail.subject, mail.text, html_to_text(mail.html)])


def redact(ticket: Ticket, mask: Mask, *, messages: Collection[int]) -> None:
    """Of `settings.REDACTION_REACHES`: `messages` are those that had the words. What waits is written anew."""
    came = InboundPayload.objects.filter(message__in=messages)
    copies = InboundPayload.objects.filter(content_key__in=list(came.values_list("content_key", flat=True)))
    reason = _("Its source was removed: words in it were redacted.")
    drop_bytes((came | copies).exclude(raw=b""), reason)
    here = InboundPayload.objects.filter(Q(ticket=ticket) | Q(message__ticket=ticket))
    unread = here.filter(message=None).exclude(raw=b"") if mask else here.none()
    repeating = [payload.pk for payload in unread.iterator(2) if mask.found_in(_read(payload))]
    drop_bytes(InboundPayload.objects.filter(pk__in=repeating), reason)
    for payload in here.defer("raw"):
        if payload.subject and mask.found_in(payload.subject):
            InboundPayload.objects.filter(pk=payload.pk).update(subject=mask.text(payload.subject)[:300])
    Delivery.objects.filter(message__ticket=ticket, message__gte=min(messages)).update(raw=None)
    for notice in Notice.objects.exclude(raw=None):
        if mask.found_in(words_in(bytes(notice.raw or b""))):
            Notice.objects.filter(pk=notice.pk).update(raw=None)
