"""What others wrote on a ticket, without the person who is erased: no quoted history, no name, no sentence of them."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence

from customers.person import Person
from helpdesk.lib.masking import Mask
from tickets.event_words import reword_events
from tickets.models import Draft, DraftRevision, Message, PublicCase, ReplyProposal, RuleTrace, Ticket

LEAST = 12  # letters: what is shorter ("Thank you") is nobody's own
MOST = 4_000  # sentences of one ticket
SENTENCE = re.compile(r"[^\n.!?]+[.!?]*")
Sentences = Mapping[int, Sequence[str]]


def sentences_of(person: Person, numbers: Collection[int]) -> dict[int, list[str]]:
    """By ticket what the person wrote there, line by line and sentence by sentence, before it is taken away."""
    written: dict[int, list[str]] = {}
    messages = Message.objects.filter(ticket__in=numbers, author_customer__in=person.customers)
    for number, text in messages.order_by("pk").values_list("ticket_id", "text"):
        found = [piece.strip() for piece in [*text.split("\n"), *SENTENCE.findall(text)]]
        written.setdefault(number, []).extend(piece for piece in found if len(piece) >= LEAST)
    return {number: list(dict.fromkeys(pieces))[:MOST] for number, pieces in written.items()}


def masks_of(person: Person, sentences: Sentences, number: int) -> Mask:
    """Of one ticket: names and addresses as wholes, sentences wherever they stand."""
    return _Both(person.mask, Mask(sentences.get(number, ())))


class _Both(Mask):
    """Two masks at once: what either finds."""

    def __init__(self, first: Mask, second: Mask) -> None:
        super().__init__(())
        self._masks = (first, second)
        self.words = [*first.words, *second.words]

    def spans(self, text: str) -> list[tuple[int, int]]:
        merged: list[tuple[int, int]] = []
        for start, end in sorted(span for mask in self._masks for span in mask.spans(text)):
            if merged and start <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(merged[-1][1], end)
            else:
                merged.append((start, end))
        return merged


def clean_tickets(person: Person, numbers: Sequence[int], sentences: Sentences) -> None:
    for number in numbers:
        mask = masks_of(person, sentences, number)
        clean_messages(person, number, mask)
        reword_events([number], lambda _kind, payload, mask=mask: mask.json(payload))  # type: ignore[misc]
        _clean_drafts(number, mask)
        _clean_ticket(number, mask)
    RuleTrace.objects.filter(ticket__in=numbers).delete()


def clean_messages(person: Person, number: int, mask: Mask) -> None:
    """Quoted history is cut whole: who knows whose words it repeats."""
    gone = set(person.addresses)
    for message in Message.objects.filter(ticket=number, erased_at=None):
        message.text, message.html = mask.text(message.text), mask.html(message.html)
        message.quoted_text = message.quoted_html = ""
        message.subject = mask.text(message.subject)
        message.match_evidence = mask.json(message.match_evidence)
        message.delivery_detail = mask.text(message.delivery_detail)
        message.reply_to = "" if message.reply_to.lower() in gone else message.reply_to
        for field in ("to", "cc", "bcc"):
            setattr(message, field, [each for each in getattr(message, field) if each.lower() not in gone])
        message.save(
            update_fields=[
                "text", "html", "quoted_text", "quoted_html", "subject", "match_evidence", "delivery_detail",
                "reply_to", "to", "cc", "bcc",
            ]
        )  # fmt: skip
        for file in message.attachments.all():
            if mask.found_in(file.filename):
                file.filename = mask.text(file.filename)
                file.save(update_fields=["filename"])


def _clean_drafts(number: int, mask: Mask) -> None:
    for draft in Draft.objects.filter(ticket=number):
        draft.html, draft.recipients = mask.html(draft.html), mask.json(draft.recipients)
        draft.save(update_fields=["html", "recipients"])
    for proposal in ReplyProposal.objects.filter(ticket=number):
        proposal.html, proposal.why = mask.html(proposal.html), mask.text(proposal.why)[:300]
        proposal.save(update_fields=["html", "why"])
    for case in PublicCase.objects.filter(ticket=number).exclude(reason=""):
        case.reason = mask.text(case.reason)[:300]
        case.save(update_fields=["reason"])
    for revision in DraftRevision.objects.filter(ticket=number):
        revision.html = mask.html(revision.html)
        revision.save(update_fields=["html"])


def _clean_ticket(number: int, mask: Mask) -> None:
    """The preview is what the newest public message says now."""
    ticket = Ticket.objects.only("subject", "preview").get(pk=number)
    newest = Message.objects.public().filter(ticket=number, is_automatic=False).order_by("-created_at", "-pk").first()
    ticket.subject = mask.text(ticket.subject)[:300]
    ticket.preview = " ".join(newest.text[:400].split())[:140] if newest else ""
    ticket.save(update_fields=["subject", "preview"])
