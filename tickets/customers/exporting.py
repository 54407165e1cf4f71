"""The tickets' part of a person's archive: one file for each ticket, with its messages, events and files."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from customers.blanking import pointing_at
from customers.exporting import Part, part_of, person_exported, read, row_of
from customers.models import Customer, PrivacyJob
from customers.person import Person
from tickets.attachments import safe_filename
from tickets.customers.wordless import KNOWN
from tickets.models import Message, MessageKind, Ticket, TicketEvent

CHUNK = 50
# How messages are stored and found, of no interest to whom they are about.
NOT_TOLD = ("submit_key", "match_rule", "match_evidence", "needs_frame", "has_remote_images", "cause_depth")
INTERNAL = ("note.added", "note.changed", "rule.told", "rule.fired", "rule.failed", "rule.notifies", "rules.stopped")


def export_tickets(job: PrivacyJob) -> int | None:
    """Step: the next tickets on which the person wrote, was in copy, or for whom they were opened."""
    person = person_exported(job)
    theirs = _tickets_of(person)
    if not job.cursor:
        job.done, job.total = 0, theirs.count()
    tickets = list(theirs.filter(pk__gt=job.cursor).order_by("pk")[:CHUNK])
    if not tickets:
        return None
    with part_of(job, f"tickets-{tickets[0].pk}") as part:
        for ticket in tickets:
            _export(ticket, person, part, with_notes=bool(job.options.get("notes")))
    own = [(ticket.pk, ticket.subject if ticket.requester_id in person.customers else "") for ticket in tickets]
    job.plan["tickets"] = [*job.plan.get("tickets", []), *own]
    job.done += len(tickets)
    return int(tickets[-1].pk)


def _tickets_of(person: Person) -> Any:
    written = Message.objects.filter(author_customer__in=person.customers).values("ticket")
    whose = Q(requester__in=person.customers) | Q(ccs__customer__in=person.customers) | Q(pk__in=written)
    return Ticket.objects.filter(whose).distinct()


def _export(ticket: Ticket, person: Person, part: Part, *, with_notes: bool) -> None:
    """Of tickets of others only what the person wrote themselves: the rest is about somebody else."""
    is_own = ticket.requester_id in person.customers
    messages = Message.objects.filter(ticket=ticket).order_by("pk").prefetch_related("attachments")
    if not is_own:
        messages = messages.filter(author_customer__in=person.customers)
    elif not with_notes:
        messages = messages.exclude(kind=MessageKind.NOTE)
    told = [_message(message, person, part) for message in messages]
    data: dict[str, Any] = {"number": ticket.pk, "is_own": is_own, "messages": told}
    if is_own:
        events = TicketEvent.objects.filter(ticket=ticket).order_by("pk")
        events = events if with_notes else events.exclude(kind__in=INTERNAL)
        but = ("preview", "sla_calendar_id", "last_event_id")
        data |= {"ticket": row_of(ticket, but=but), "events": [row_of(event) for event in events]}
    part.json(f"tickets/{ticket.pk}", data, count=1)
    part.count("messages", len(told))
    title = ticket.subject if is_own else ""
    part.page(f"tickets/{ticket.pk}", "customers/privacy/archive_ticket.html", {**data, "title": title})


def _message(message: Message, person: Person, part: Part) -> dict[str, Any]:
    """Who was in blind copy nobody else is told (RFC 5322 §3.6.3), this person neither."""
    blind = [address for address in message.bcc if address.lower() in person.addresses]
    if blind != message.bcc:
        message.bcc, message.delivery_detail = blind, ""
    files = []
    for file in message.attachments.all():
        name = f"files/{message.ticket_id}/{file.pk}-{safe_filename(file.filename)}"
        files.append({"filename": file.filename, "size": file.size, "content_type": file.content_type, "in": name})
        if file.file.name and file.file.storage.exists(file.file.name):
            part.bytes(name, read(file.file.name))
            part.count("files", 1)
    return {**row_of(message, but=NOT_TOLD), "is_internal": message.is_note, "files": files}


def export_rest(job: PrivacyJob) -> None:
    """Step: rows of tickets and of what is above them that point at the customer, those of later features included."""
    person = person_exported(job)
    with part_of(job, "rest") as part:
        for model, field in pointing_at(Customer, but=KNOWN):
            if model._meta.app_label != "customers":
                rows = model._default_manager.filter(**{f"{field}__in": person.customers}).order_by("pk")
                part.json(model._meta.model_name or field, [row_of(row) for row in rows])
