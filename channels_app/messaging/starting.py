"""Words that we sign and a customer carries to a messenger, in a link: they tell who comes, and what goes on there.

Whoever brings one is taken for the customer it was given to, so it is shown to nobody else, holds for a while, and
serves one person on each of our accounts: a message that was passed on with the word in it proves nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, timedelta

from channels_app.models import Conversation
from customers.models import Customer, Identity
from helpdesk.lib.signing import MAC_LENGTH, sign, verify
from tickets.chat import life
from tickets.models import Chat, EndedBy, Ticket

LINK_HOLDS = timedelta(days=7)
CHAT_HOLDS = timedelta(days=1)
# Letters, digits and lines below, as Telegram wants them, and at most 64. Short numbers: what is longer is not ours.
WORD = re.compile(
    rf"(?<![A-Za-z0-9_])(?P<chat>c?)(?P<number>[0-9]{{1,15}})_(?P<ends>[0-9]{{1,15}})_(?P<mac>[a-z2-7]{{{MAC_LENGTH}}})"
    r"(?![A-Za-z0-9_])",
    re.ASCII,
)
OF_CUSTOMER, OF_CHAT = "messenger start", "messenger chat"


@dataclass(frozen=True)
class Led:
    """Who was given the word, and the ticket that goes on where they bring it."""

    word: str
    customer: Customer
    ticket: Ticket | None = None
    chat: Chat | None = None


def start_for(customer: Customer, *, now: datetime) -> str:
    """For links on pages that only this customer sees; a week long."""
    ends = int((now + LINK_HOLDS).timestamp())
    return f"{customer.pk}_{ends}_{sign(OF_CUSTOMER, customer.pk, ends)}"


def start_of_chat(chat_id: int, *, now: datetime) -> str:
    """For the visitor of this chat; a day long."""
    ends = int((now + CHAT_HOLDS).timestamp())
    return f"c{chat_id}_{ends}_{sign(OF_CHAT, chat_id, ends)}"


def word_in(text: str) -> str:
    """The first that may be one of ours, where links can only put it into what the person writes."""
    found = WORD.search(text)
    return found[0] if found else ""


def without_word(text: str, word: str) -> str:
    """As a subject says it. The word stands in brackets behind what the link suggests to write."""
    return text.replace(f"({word})", "").replace(word, "") if word else text


def led_by(word: str, conversation: Conversation, *, now: datetime) -> Led | None:
    """What the word proves, said in this conversation; None for any that is not ours, too old, or somebody else's now.

    The conversation is locked, and saved by the caller: it remembers the words that served it.
    """
    match = WORD.fullmatch(word)
    if match is None or int(match["ends"]) < now.timestamp():
        return None
    purpose = OF_CHAT if match["chat"] else OF_CUSTOMER
    if not verify(match["mac"], purpose, match["number"], match["ends"]):
        return None
    number = int(match["number"])
    led = _of_chat(word, number) if match["chat"] else _of_customer(word, number)
    if led is None or _served_another(word, conversation):
        return None
    conversation.facts = {**conversation.facts, "led_by": word}
    return led


def carry_on(led: Led, conversation: Conversation, identity: Identity) -> None:
    """What they began elsewhere goes on here, on the same ticket, once the two are known to be one person."""
    here = Ticket.objects.filter(pk=led.ticket.pk, requester=identity.customer_id) if led.ticket else None
    if here is not None and (ticket := here.first()) and conversation.ticket_id != ticket.pk:
        conversation.ticket = ticket
        conversation.save(update_fields=["ticket"])
        if led.chat:  # its agent goes on there as well, on the ticket
            life.end(led.chat, EndedBy.VISITOR)


def _of_customer(word: str, number: int) -> Led | None:
    customer = Customer.objects.filter(pk=number, merged_into=None, erased_at=None).first()
    return Led(word, customer) if customer else None


def _of_chat(word: str, number: int) -> Led | None:
    chat = Chat.objects.select_related("ticket__requester").filter(pk=number).exclude(ticket=None).first()
    if chat is None or chat.ticket is None or chat.ticket.requester.erased_at:
        return None
    return Led(word, chat.ticket.requester, chat.ticket, chat)


def _served_another(word: str, conversation: Conversation) -> bool:
    served = Conversation.objects.filter(account=conversation.account_id, facts__led_by=word)
    return any(other.facts.get("moved_to") != conversation.pk for other in served.exclude(pk=conversation.pk))
