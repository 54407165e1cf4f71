"""A person with rare words everywhere, put there through the real services, and a look into every place afterwards."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import timedelta
from email import message_from_bytes
from email.message import Message as Mail
from pathlib import Path
from typing import Any
from uuid import uuid4

from django.conf import settings
from django.db import connection
from django.utils import timezone

from channels_app import inbound, notices, sending
from channels_app.models import Delivery, InboundPayload, Notice
from customers.actors import SYSTEM, Actor
from customers.models import Customer, ImportantDate
from customers.privacy_jobs import run_job
from customers.sweeping import keys, tables
from helpdesk.accounts.models import User
from helpdesk.integrations.webhooks import endpoints
from helpdesk.integrations.webhooks.sending import send_waiting
from tests.channels_app.letters import letter, store
from tickets import bulk, services
from tickets.attachments import upload
from tickets.automation.actions import check_actions
from tickets.events import ProposalDeclined, PublicCaseSorted, TakenToPrivate
from tickets.models import Inbox, Message, PublicCase, ReplyProposal, SavedSearch, Ticket, UnusedFile
from tickets.search import upkeep
from tickets.unused_files import delete_unused

ADDRESS = "zelphora.quindle@vexmoor.example"
NAME = "Zelphora Quindle"
# Each stands in one place only, so that a failure says which place was forgotten.
WORDS = {
    place: f"xq{place}zv"
    for place in (
        "subject mailbody mailquote filename filebytes reply note draft revision uploaded oldsubject follow later "
        "recordnotes location pronoun tagless label fieldvalue mailtwo heldbody sharedbody bulkreason ruletext "
        "proposed declined sortedfor topublic"
    ).split()
}
SENTENCE = f"The {WORDS['sharedbody']} stands behind the red door of the old mill."


def seed(support: Inbox, grace: User, radia: User, url: str, other: Customer) -> Customer:
    """Mail in and out, notes, drafts, files, webhooks, searches, notices; on their own tickets and on another's."""
    endpoints.create_endpoint(radia, name="All", url=url, kinds=["message.received", "reply.added", "note.added"])
    _mail(support, _with_file())
    ticket = Ticket.objects.get()
    agent = Actor.agent(grace)
    services.assign(ticket, grace, actor=Actor.agent(radia))
    services.add_reply(ticket, f"<p>Hello {NAME}, {WORDS['reply']} is fine.</p>", actor=agent)
    services.add_note(ticket, f"<p>{NAME} called about {WORDS['note']}</p>", actor=agent)
    services.change_subject(ticket, f"{WORDS['oldsubject']} again", actor=agent)
    told = f"{WORDS['ruletext']} of {NAME}"
    services.tell_staff(ticket, [grace.pk], to="assignee", subject="Look", text=told, actor=SYSTEM)
    file = upload(grace, f"{WORDS['uploaded']}.txt", WORDS["uploaded"].encode())
    services.save_draft(ticket, "reply", f"<p>{WORDS['revision']}</p>", user=grace, version=0)
    version = services.save_draft(ticket, "note", f"<p>{WORDS['follow']}</p>", user=grace, version=0).version
    services.save_draft(
        ticket, "note", f"<p>{WORDS['draft']}</p>", user=grace, version=version, keeps_old=True,
        attachment_ids=[file.pk],
    )  # fmt: skip
    _in_public(ticket, grace)
    _answered_with_quote(support, ticket)
    later = timezone.now() + timedelta(days=1)
    services.add_reply(ticket, f"<p>{WORDS['later']}</p>", actor=agent, send_at=later)
    _shared(support, other, agent)
    _elsewhere(support, ticket, grace)
    customer = Customer.objects.get(identities__value=ADDRESS)
    _record(customer)
    _work_off()
    return customer


def _with_file() -> bytes:
    head = (
        f"From: {NAME} <{ADDRESS}>\r\nTo: support@onethread.test\r\nSubject: {WORDS['subject']} please\r\n"
        f"Message-ID: <first@vexmoor.example>\r\nContent-Type: multipart/mixed; boundary=cut\r\n\r\n--cut\r\n"
        f"Content-Type: text/plain; charset=utf-8\r\n\r\n{WORDS['mailbody']} rattles, says {NAME}.\r\n\r\n"
        f"On Monday somebody wrote:\r\n> {WORDS['mailquote']}\r\n\r\n--cut\r\n"
        f'Content-Type: text/plain; name="{WORDS["filename"]}.txt"\r\n'
        f'Content-Disposition: attachment; filename="{WORDS["filename"]}.txt"\r\n\r\n'
        f"{WORDS['filebytes']}\r\n--cut--\r\n"
    )
    return head.encode()


def _mail(support: Inbox, raw: bytes, sender: str = ADDRESS) -> None:
    store(raw, support, sender=sender)
    inbound.drain()


def _in_public(ticket: Ticket, grace: User) -> None:
    """What colleagues proposed and said of it, where it began in public."""
    PublicCase.objects.create(ticket=ticket, reason=f"{WORDS['sortedfor']} of {NAME}")
    ReplyProposal.objects.create(
        ticket=ticket, author=grace, html=f"<p>{WORDS['proposed']} for {NAME}</p>", route="x", why=WORDS["declined"]
    )
    with services.gesture(ticket, actor=Actor.agent(grace)) as g:
        g.record(PublicCaseSorted("new", "support", WORDS["sortedfor"]))
        g.record(TakenToPrivate(1, f"{WORDS['topublic']} {NAME}"))
        g.record(ProposalDeclined(1, grace.pk, str(grace), WORDS["declined"]))


def _answered_with_quote(support: Inbox, ticket: Ticket) -> None:
    first = Message.objects.filter(ticket=ticket, author_role="agent", kind="public").get()
    send(first)
    mail_id = Delivery.objects.get(message=first).mail_id
    raw = letter(f"{WORDS['mailtwo']}, thanks.\n{NAME}", sender=f"{NAME} <{ADDRESS}>", In_Reply_To=f"<{mail_id}>")
    _mail(support, raw)


def send(message: Message) -> None:
    Delivery.objects.filter(message=message).update(due_at=timezone.now() - timedelta(minutes=1))
    assert sending.deliver(Delivery.objects.get(message=message).pk)


def _shared(support: Inbox, other: Customer, agent: Actor) -> None:
    """Another's ticket: the person is in copy, writes a sentence, and the others quote it."""
    address = other.identities.get().value
    _mail(support, letter("Can we meet?", sender=f"Other <{address}>", subject="The mill", Cc=ADDRESS), sender=address)
    ticket = Ticket.objects.get(subject="The mill")
    reply = services.add_reply(ticket, "<p>Which door?</p>", actor=agent)
    send(reply)
    mail_id = Delivery.objects.get(message=reply).mail_id
    _mail(support, letter(SENTENCE, sender=f"{NAME} <{ADDRESS}>", In_Reply_To=f"<{mail_id}>"))
    ticket.refresh_from_db()
    quoting = f"<p>Dear {NAME}, you wrote: <b>{SENTENCE[:20]}</b>{SENTENCE[20:]} Write to {ADDRESS}.</p>"
    send(services.add_reply(ticket, quoting, actor=agent))
    back = f"Agreed.\n\nOn Monday {NAME} <{ADDRESS}> wrote:\n> {SENTENCE[:30]}\n> {SENTENCE[30:].strip()}"
    _mail(support, letter(back, sender=f"Other <{address}>", In_Reply_To=f"<{mail_id}>"), sender=address)
    services.add_note(ticket, f"<p>{NAME} ({ADDRESS}) said: {SENTENCE}</p>", actor=agent)
    services.save_draft(ticket, "reply", f"<p>{NAME}: {SENTENCE}</p>", user=agent.user, version=0)  # type: ignore[arg-type]
    PublicCase.objects.create(ticket=ticket, reason=f"{NAME} again")
    proposed = f"<p>{NAME}: {SENTENCE}</p>"
    ReplyProposal.objects.create(ticket=ticket, author=agent.user, html=proposed, why=NAME, route="x")  # type: ignore[misc]


def _elsewhere(support: Inbox, ticket: Ticket, grace: User) -> None:
    """Held mail, a search, and a bulk edit that was refused."""
    held = letter(WORDS["heldbody"], sender=f"{NAME} <{ADDRESS}>", Auto_Submitted="auto-replied", subject="Away")
    _mail(support, held)
    SavedSearch.objects.create(user=grace, query=f"from:{ADDRESS}")
    wanted = check_actions([{"field": "comment_value", "value": "Seen."}])
    job = bulk.start_job(grace, wanted, submit_key=uuid4(), tickets=[ticket.pk], now=timezone.now())
    assert not bulk.run_job(job.pk)
    job.items.update(reason=f"{WORDS['bulkreason']} {NAME}")


def _record(customer: Customer) -> None:
    ImportantDate.objects.create(customer=customer, label=WORDS["label"], day="1990-01-01")
    Customer.objects.filter(pk=customer.pk).update(
        notes=WORDS["recordnotes"], location=WORDS["location"], pronouns=WORDS["pronoun"], tags=[WORDS["tagless"]],
        custom_fields={"plan": WORDS["fieldvalue"]},
    )  # fmt: skip


def _work_off() -> None:
    """Everything that processes would do in the meantime."""
    upkeep.learn_words()
    send_waiting()
    notices.gather(now=timezone.now() + timedelta(days=2))


def erase_all(job_pk: int) -> None:
    assert not run_job(job_pk, seconds=600)
    delete_unused()
    assert not UnusedFile.objects.exists()


def found(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Where in the database, mails decoded, and in the storage any of the words still stands."""
    yield from _in_tables(words)
    yield from _in_mails(words)
    for path in Path(settings.MEDIA_ROOT).rglob("*"):
        if path.is_file() and any(word.lower().encode() in path.read_bytes().lower() for word in words):
            yield "storage", path.name


def _in_tables(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    everything = {name: [column.name for column in columns] for name, columns in tables().items()}
    everything |= {"tickets_searchentry": ["vector"], "django_session": ["session_data"]}
    assert len(everything) > 50
    assert keys()
    patterns = [f"%{form}%" for word in words for form in (word.lower(), word.lower().encode().hex())]
    with connection.cursor() as cursor:
        for table, columns in everything.items():
            tests = [f'lower("{column}"::text) LIKE ANY(%s)' for column in columns]
            values = ", ".join(f'lower("{column}"::text)' for column in columns)
            cursor.execute(
                f'SELECT {values} FROM "{table}" WHERE {" OR ".join(tests)}',
                [patterns] * len(columns),
            )
            for row in cursor.fetchall():
                for column, value in zip(columns, row, strict=True):
                    for word in words:
                        if value and (word.lower() in value or word.lower().encode().hex() in value):
                            yield f"{table}.{column}", word


def _in_mails(words: Sequence[str]) -> Iterator[tuple[str, str]]:
    for model in (InboundPayload, Delivery, Notice):
        for row in model._default_manager.exclude(raw=None):
            text = decoded_bytes(row)
            for word in words:
                if word.lower() in text.lower():
                    yield f"{model.__name__} {row.pk}", word


def decoded_bytes(row: InboundPayload | Delivery | Notice) -> str:
    return _decoded(message_from_bytes(bytes(row.raw or b"")))


def _decoded(mail: Mail) -> str:
    parts: list[Any] = [part.get_payload(decode=True) or b"" for part in mail.walk()]
    return "\n".join([str(mail.items()), *(part.decode("utf-8", "replace") for part in parts)])
