"""One ticket's life: a story is told to one customer, each gesture through the services at its own time."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from random import Random

from customers.actors import SYSTEM, Actor
from customers.identify import identify
from customers.models import Customer, ProvedBy
from helpdesk.accounts.models import Role, User
from helpdesk.demo import files, mails, opinions, pace
from helpdesk.demo.company import Company, Person
from helpdesk.demo.details import Details, first_name
from helpdesk.demo.postal import hand_over
from helpdesk.demo.stories import CUSTOMER, NOTE, REPLY, Step, Story
from helpdesk.lib.html import clean_mail_html, text_to_html
from tickets import attachments, services
from tickets.models import CcState, Channel, Status, Ticket
from tickets.services import Incoming, gesture

CLOSED_AFTER = timedelta(days=28)
NEIGHBOURS = ("Rutger Hoekstra", "Elspeth Marr", "Anselm Krüger", "Paloma Iturbe", "Gwen Tolliver", "Ivar Nygaard")


class Telling:
    """`run` is a generator: it yields when its next gesture is due and makes it once it is resumed."""

    def __init__(self, story: Story, person: Person, company: Company, rng: Random, opened: datetime) -> None:
        self.story, self.person, self.company, self.rng = story, person, company, rng
        self.details = Details(rng, person.customer, person.city, opened)
        self.subject = self.details.fill(story.subject)
        self.team = story.team or ("Billing" if story.inbox == "billing" else "Support")
        self.agent = company.answers_for(self.team, rng)
        self.inbox = company.inboxes[story.inbox]
        self.now = opened
        self.ticket: Ticket

    def run(self) -> Iterator[datetime]:
        yield self.now
        self._open()
        yield from self._triage()
        for position, step in enumerate(self.story.steps[1:], start=1):
            is_last = position == len(self.story.steps) - 1
            due = pace.after(step, self.now, self.rng, follows=self.story.steps[position - 1].kind)
            if due - self.now > CLOSED_AFTER:
                yield from self._close()
            self.now = due
            yield self.now
            self._take(step, is_last)
            if step.kind == REPLY:
                self.now += timedelta(seconds=self.rng.randint(11, 15))
                yield self.now
                self._deliver(step)
        yield from self._finish()

    # The customer

    def _open(self, step: Step | None = None, follow_up_of: Ticket | None = None) -> None:
        step = step or self.story.steps[0]
        with services.opening_ticket(
            self.person.customer, self.subject, inbox=self.inbox, channel=Channel.EMAIL,
            actor=self.from_customer, follow_up_of=follow_up_of, now=self.now,
        ) as self.ticket:  # fmt: skip
            self._receive(step, "reference" if follow_up_of else "new")

    def _receive(self, step: Step, rule: str) -> None:
        customer, address, sign_off = self.person.customer, self.person.address, self.person.sign_off
        if step.says("stranger"):
            address = f"caretaker.{self.rng.choice(('day', 'gate', 'yard'))}@mail.example"
            customer, sign_off = identify("email", address, name=self.rng.choice(NEIGHBOURS)).customer, ""
        text = self.details.fill(step.text)
        if not step.says("auto") and sign_off:
            text += f"\n\n{sign_off}"
        html = ""
        if kind := step.value_of("html"):
            html = clean_mail_html(mails.rich_mail(kind, text, self.details), allow_remote_images=True)
        own_subject = self.subject if rule == "new" else f"Re: {self.subject}"
        incoming = Incoming(
            text=text,
            html=html,
            quoted_html=mails.quoted_quote(self.details) if step.says("quoted") else "",
            subject=self.details.fill(step.value_of("subject")) or own_subject,
            from_address=address,
            to=[self.inbox.address],
            message_id=f"{self.rng.getrandbits(64):016x}@{address.partition('@')[2]}",
            match_rule=rule,
            match_evidence={"sender": address, **({} if rule == "new" else {"standing": self._standing(step)})},
            is_auto_reply=step.says("auto"),
            is_unverified=step.says("stranger"),
            files=[self._file(kind) for kind in step.values_of("attach")],
        )
        actor = Actor.of_customer(customer)
        with gesture(self.ticket, actor=actor, now=self.now):
            services.receive_message(self.ticket, incoming, customer=customer, channel=Channel.EMAIL, actor=actor)
            self._bring_others(step, customer, address, actor)

    def _bring_others(self, step: Step, customer: Customer, address: str, actor: Actor) -> None:
        if step.says("stranger"):
            services.add_cc(self.ticket, customer, address, actor=actor, state=CcState.UNVERIFIED)
        if step.says("cc"):
            name = self.rng.choice(NEIGHBOURS)
            host = self.person.address.partition("@")[2]
            colleague = identify("email", f"{first_name(name).lower()}@{host}", name=name, proved_by=ProvedBy.HEADER)
            services.add_cc(self.ticket, colleague.customer, colleague.value, actor=actor)

    # The staff

    def _triage(self) -> Iterator[datetime]:
        """Somebody looks at the new ticket, sorts it and, more often than not, takes it."""
        self.now = pace.triage(self.now, self.rng)
        yield self.now
        actor = Actor.agent(self.agent)
        with gesture(self.ticket, actor=actor, now=self.now):
            if self.story.type:
                services.change_type(self.ticket, self.story.type, actor=actor)
            if self.story.priority:
                services.change_priority(self.ticket, self.story.priority, actor=actor)
            services.set_tags(self.ticket, self.story.tags, actor=actor)
            if self.team != self.inbox.name:
                services.assign_team(self.ticket, self.company.teams[self.team], actor=actor)
            if self.rng.random() < 0.6:
                services.assign(self.ticket, self.agent, actor=actor)

    def _take(self, step: Step, is_last: bool) -> None:
        if step.kind == CUSTOMER:
            self._hear(step)
            return
        author = self._author(step)
        actor = Actor.agent(author)
        html = text_to_html(self.details.fill(step.text))
        uploads = [attachments.store(self._file(kind), uploaded_by=author).pk for kind in step.values_of("attach")]
        with gesture(self.ticket, actor=actor, now=self.now):
            if step.kind == NOTE:
                services.add_note(self.ticket, html, actor=actor, attachment_ids=uploads)
            else:
                self.sent = services.add_reply(self.ticket, html, actor=actor, attachment_ids=uploads)
                services.change_status(self.ticket, self._status_after(step, is_last), actor=actor)
        self._do_as_told(step, author)

    def _hear(self, step: Step) -> None:
        self.ticket.refresh_from_db()
        if self.ticket.status == Status.CLOSED:
            self._open(step, follow_up_of=self.ticket)
        else:
            self._receive(step, self.rng.choice(("token", "reference")))

    def _status_after(self, step: Step, is_last: bool) -> str:
        if step.says("hold"):
            return Status.HOLD
        if step.says("solve") or (is_last and not step.says("pending")):
            return Status.SOLVED
        return Status.PENDING

    def _do_as_told(self, step: Step, author: User) -> None:
        """What else a step says happens. A light agent may not change tickets: the assignee does it for him."""
        doer = Actor.agent(self.agent if author.role == Role.LIGHT else author)
        with gesture(self.ticket, actor=doer, now=self.now):
            if tags := step.value_of("tag"):
                services.set_tags(self.ticket, [*self._tags(), *tags.split(",")], actor=doer)
            if priority := step.value_of("priority"):
                services.change_priority(self.ticket, priority, actor=doer)
            if step.kind == NOTE and step.says("hold"):
                services.change_status(self.ticket, Status.HOLD, actor=doer)
            if assignee := step.value_of("assign"):
                self.agent = self.company.staff[assignee]
                services.assign(self.ticket, self.agent, actor=doer)
        if step.says("by") or step.says("follow"):
            reader = self._author(step)
            with gesture(self.ticket, actor=Actor.agent(reader), now=self.now):
                services.add_follower(self.ticket, reader, actor=Actor.agent(reader))

    def _deliver(self, step: Step) -> None:
        hand_over(self.sent, "550 5.1.1 no such user" if step.says("bounced") else "", now=self.now)

    def _finish(self) -> Iterator[datetime]:
        """A customer's last word is thanks: the agent solves. What has been solved for long is closed."""
        self.ticket.refresh_from_db()
        if self._ends_unsolved():
            return
        if self.ticket.status != Status.SOLVED:
            self.now = pace.wind_up(self.ticket.status, self.now, self.rng)
            yield self.now
            agent = Actor.agent(self.agent)
            with gesture(self.ticket, actor=agent, now=self.now):
                services.change_status(self.ticket, Status.SOLVED, actor=agent)
        yield from opinions.told(self.ticket, self.now)
        yield from self._close()

    def _close(self) -> Iterator[datetime]:
        """What the nightly task does with tickets that have been solved for long."""
        self.now += CLOSED_AFTER
        yield self.now
        with gesture(self.ticket, actor=SYSTEM, now=self.now):
            services.change_status(self.ticket, Status.CLOSED, actor=SYSTEM)

    def _ends_unsolved(self) -> bool:
        """A mail that could not be delivered waits for an agent; the odd ticket lies in wait for months."""
        return self.story.steps[-1].says("bounced") or (self.ticket.status == Status.HOLD and self.rng.random() < 0.3)

    # Odds and ends

    @property
    def from_customer(self) -> Actor:
        return Actor.of_customer(self.person.customer)

    def _author(self, step: Step) -> User:
        who = step.value_of("by") or step.value_of("follow")
        return self.company.staff[who] if who and step.kind == NOTE else self.agent

    def _tags(self) -> list[str]:
        self.ticket.refresh_from_db(fields=["tags"])
        return list(self.ticket.tags)

    def _standing(self, step: Step) -> str:
        return "stranger" if step.says("stranger") else "participant"

    def _file(self, kind: str) -> attachments.File:
        name = "invoice" if kind == "invoice" else "order"
        return files.make(kind, self.rng, self.now, self.details[name])
