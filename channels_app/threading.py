"""What becomes of a mail: which ticket it belongs to and why, or why it is held. Pure decisions over looked-up facts.

A subject never decides. What does, strongest first: the signed token in the address, the Message-IDs that we issued
or stored, the signed mark that our messages end with, and, only from a participant whom our own mail server has
authenticated, the number in the subject.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from django.utils.translation import gettext as _

from channels_app.adapters.email.parsed import ParsedEmail
from channels_app.adapters.email.tokens import issued_message_pk
from customers.identify import are_colleagues


class Action(StrEnum):
    OPEN = "open"
    APPEND = "append"
    HOLD = "hold"
    REFUSE = "refuse"
    AGENT_REPLY = "agent_reply"
    AGENT_NOTE = "agent_note"
    FORWARD = "forward"


class Standing(StrEnum):
    """What the sender is to the ticket."""

    PARTICIPANT = "participant"
    MEMBER = "member"  # of the requester's organisation, whose members share their tickets
    COLLEAGUE = "colleague"
    STRANGER = "stranger"


@dataclass(frozen=True)
class TicketFacts:
    """Who takes part in a ticket, by lower-case addresses."""

    number: int
    requester: frozenset[str] = frozenset()
    in_copy: frozenset[str] = frozenset()
    members: frozenset[str] = frozenset()  # of those who were asked about: who shares the requester's tickets

    def standing_of(self, sender: str) -> Standing:
        if sender in self.requester or sender in self.in_copy:
            return Standing.PARTICIPANT
        if sender in self.members:
            return Standing.MEMBER
        if any(are_colleagues(sender, address) for address in self.requester):
            return Standing.COLLEAGUE
        return Standing.STRANGER


@dataclass(frozen=True)
class Link:
    """One thing in the mail that points at a ticket."""

    rule: str  # token, personal-token, reference, stored-id, mark or number
    ticket: TicketFacts
    evidence: Mapping[str, str]


@dataclass(frozen=True)
class Facts:
    """All that is known about the mail's surroundings; `links` come strongest first."""

    instance: str
    links: Sequence[Link] = ()
    sender_is_ours: bool = False
    sender_is_agent: bool = False
    is_authentic: bool = False
    answers_public_message: bool = False  # In-Reply-To names a public message, not a note
    answered: int = 0  # the message that In-Reply-To names, or that our mail to staff told of
    forwarded_sender: str = ""


@dataclass(frozen=True)
class Decision:
    action: Action
    rule: str
    reason: str = ""
    ticket: int | None = None
    standing: Standing = Standing.PARTICIPANT
    evidence: Mapping[str, str] = field(default_factory=dict)
    answered: int = 0


def decide(mail: ParsedEmail, facts: Facts) -> Decision:
    """The one answer to "what becomes of this mail", whoever sent it."""
    if held := _machine_mail(mail, facts):
        return held
    if facts.sender_is_agent:
        return _agents_mail(mail, facts)
    return _customers_mail(mail, facts)


def _machine_mail(mail: ParsedEmail, facts: Facts) -> Decision | None:
    """Loops, bounces and mail without a usable sender never reach a ticket."""
    if is_loop(mail, facts.instance):
        return Decision(Action.REFUSE, "loop", _("This automatic mail is our own, come back."))
    if mail.is_complaint:
        return Decision(Action.HOLD, "complaint", _("A spam complaint from a mail provider."))
    if mail.is_bounce or mail.is_delay:
        return Decision(Action.HOLD, "bounce", _("A report that a mail could not be delivered."))
    if not mail.sender or len(mail.sender) > 254:
        return Decision(Action.HOLD, "no-sender", _("The mail has no sender's address that could be answered."))
    if facts.sender_is_ours:
        return Decision(Action.HOLD, "own-address", _("The sender's address is one of our own inboxes."))
    return None


def is_loop(mail: ParsedEmail, instance: str) -> bool:
    """Our loop header, or an automatic mail under a Message-ID that we have signed."""
    if instance in mail.loop_ids:
        return True
    is_automatic = mail.auto_submitted not in ("", "no")
    return is_automatic and issued_message_pk(mail.message_id) is not None


def _agents_mail(mail: ParsedEmail, facts: Facts) -> Decision:
    """An agent's From header is never believed: only a personal token and our mail server's word are."""
    if mail.is_auto_reply:
        return Decision(Action.HOLD, "auto-reply", _("An automatic answer of an agent's mailbox."))
    link = next((link for link in facts.links if link.rule != "number"), None)
    if link is None:
        if facts.forwarded_sender and facts.is_authentic:
            evidence = {"sender": mail.sender, "forwarded": facts.forwarded_sender}
            return Decision(Action.FORWARD, "forward", evidence=evidence)
        return Decision(Action.OPEN, "new", evidence={"sender": mail.sender})
    if link.rule != "personal-token" or not facts.is_authentic:
        return Decision(
            Action.HOLD,
            "possible-spoof",
            _("The mail says it is from an agent and answers ticket #%(number)s, but nothing proves the agent.")
            % {"number": link.ticket.number},
            ticket=link.ticket.number,
        )
    as_reply = facts.answers_public_message and not asks_for_note(mail.reply_text)
    action = Action.AGENT_REPLY if as_reply else Action.AGENT_NOTE
    return Decision(action, link.rule, ticket=link.ticket.number, evidence=link.evidence, answered=facts.answered)


def asks_for_note(text: str) -> bool:
    """The first line says #note."""
    return text.lstrip().lower().startswith("#note")


def _customers_mail(mail: ParsedEmail, facts: Facts) -> Decision:
    sender = mail.sender.lower()
    link = next((link for link in facts.links if _is_good_for(link, sender, facts)), None)
    if link:
        standing = link.ticket.standing_of(sender)
        evidence = {**link.evidence, "sender": sender, "standing": standing.value}
        return Decision(Action.APPEND, link.rule, ticket=link.ticket.number, standing=standing, evidence=evidence)
    if mail.is_auto_reply:
        return Decision(Action.HOLD, "auto-reply", _("An automatic answer that belongs to no ticket."))
    return Decision(Action.OPEN, "new", evidence={"sender": sender})


def _is_good_for(link: Link, sender: str, facts: Facts) -> bool:
    """Anybody can write a number into a subject: it counts only where the sender is proved and takes part."""
    if link.rule == "personal-token":
        return False
    if link.rule == "number":
        return facts.is_authentic and link.ticket.standing_of(sender) in (Standing.PARTICIPANT, Standing.MEMBER)
    return True
