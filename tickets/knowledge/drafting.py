"""An article begun from a ticket: the customer's question, our answer, and nothing that says whose they were."""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from html import escape

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.models import Order
from customers.person import person_of
from helpdesk.accounts.models import User
from helpdesk.lib.html import html_to_text, spell_out_links, text_to_html
from knowledge_base.body import clean_body
from knowledge_base.centres import spoken_in
from knowledge_base.errors import Refused
from knowledge_base.models import Section, Translation
from knowledge_base.writing import create_article
from tickets.events import ArticleBegun
from tickets.knowledge.private_data import Found, Kind, Known, find, replaced, replaced_text
from tickets.models import Message, Ticket, TicketCC
from tickets.services import gesture

MOST_MESSAGES = 40  # of a conversation, to choose from
MOST_CHOSEN = 8
LONGEST_TITLE = 120
LONGEST = 10_000  # characters of a message: what is longer is a log, and no article
MOST_FOUND = 200  # that may be private: a list that nobody reads helps nobody
LONGEST_EXTRA = 2_000
SHORT = 70  # characters of a line that greets or takes leave
_GREETING = re.compile(
    r"(?:hi|hello|hey|dear|good (?:morning|afternoon|evening)|hallo|liebe[rs]?|guten (?:tag|morgen|abend)"
    r"|sehr geehrte[rs]?|moin|bonjour|hola|ciao|buenos d[ií]as)\b",
    re.IGNORECASE,
)
_LEAVE = re.compile(
    r"(?:(?:many |best |kind |warm )?(?:regards|wishes|thanks|greetings)|thank you|thanks|cheers|yours|sincerely"
    r"|all the best|have a (?:nice|good|lovely|great)"
    r"|(?:mit |viele |liebe |beste |herzliche |freundliche[mn]? )*(?:grüße|gruß|dank)"
    r"|vielen dank|danke|cordialement|bien à vous|merci|saludos|gracias"
    r"|(?:mille )?grazie|cordiali|bedankt|groet|obrigad)",
    re.IGNORECASE,
)  # fmt: skip


@dataclass(frozen=True)
class Choice:
    """What of the conversation the article is made of, and what of it stays although it was found.

    `kept` and `extra` are words; `extra` is taken out although nothing of ours found it.
    """

    messages: frozenset[int]
    kept: frozenset[str] = frozenset()
    extra: Sequence[str] = field(default=())


@dataclass(frozen=True)
class Prepared:
    """An article as it would begin. `found`: all that may be private; `out`: what of it is taken out, and more."""

    title: str
    body: str
    found: list[Found]
    out: list[Found]

    @property
    def is_too_much(self) -> bool:
        return len(self.found) > MOST_FOUND


def conversation(ticket: Ticket) -> list[Message]:
    """Public messages by people, oldest first: what an article can be made of."""
    said = ticket.messages.public().filter(is_auto_reply=False, is_automatic=False, erased_at=None).order_by("pk")
    return list(said.select_related("author_user", "author_customer")[:MOST_MESSAGES])


def usual_choice(messages: Sequence[Message]) -> frozenset[int]:
    """The question is the customer's first message, the answer our longest: "You're welcome" answers nothing."""
    question = next((each.pk for each in messages if each.is_from_customer), None)
    answers = [each for each in messages if not each.is_from_customer]
    answer = max(answers, key=lambda each: (len(each.text), each.pk)).pk if answers else None
    return frozenset(number for number in (question, answer) if number)


def prepare(ticket: Ticket, messages: Sequence[Message], choice: Choice, language: str) -> Prepared:
    """Pure but for what our records say of the people: nothing is written."""
    chosen = [each for each in messages if each.pk in choice.messages][:MOST_CHOSEN]
    body = clean_body(_body(chosen, language))
    text = "\n".join([ticket.subject, html_to_text(spell_out_links(body))])
    found = find(text, known_of(ticket, messages))
    out = [each for each in found if each.is_certain or each.words not in choice.kept]
    out += [Found(Kind.OTHER, words) for words in choice.extra]
    if len(found) > MOST_FOUND:
        return Prepared(ticket.subject[:LONGEST_TITLE], "", found, out)
    with translation.override(spoken_in(language)):
        title = replaced_text(ticket.subject, out)[:LONGEST_TITLE]
        return Prepared(title, clean_body(replaced(body, out)), found, out)


@transaction.atomic
def begin_article(
    ticket: Ticket, section: Section, language: str, choice: Choice, *, title: str, asked: Collection[str], by: User
) -> Translation:
    """A draft that `by` owns, its number in the ticket's history.

    `asked` is what they were asked about: raises `Refused` when something was found since, so that nobody lets through
    what they have not seen.
    """
    messages = conversation(ticket)
    prepared = prepare(ticket, messages, choice, language)
    if not any(each.pk in choice.messages for each in messages):
        raise Refused(_("Choose at least one message."), "messages")
    if not title.strip():
        raise Refused(_("An article needs a title."), "title")
    if prepared.is_too_much:
        raise Refused(_("There is too much in it that may be private. Choose other messages."), "messages")
    if {each.words for each in prepared.found} - set(asked):
        raise Refused(_("More was found that may be private. Look through it once more."), "found")
    with translation.override(spoken_in(language)):
        title = replaced_text(title.strip(), prepared.out)
    begun = create_article(section, language, by=by, title=title, body=prepared.body, from_ticket=ticket.pk)
    with gesture(ticket, actor=Actor.agent(by)) as g:
        g.record(ArticleBegun(begun.article_id, language, begun.title))
    return begun


def known_of(ticket: Ticket, messages: Sequence[Message]) -> Known:
    """What our records say of the requester, of those in copy and of whoever wrote."""
    customers = {ticket.requester_id: ticket.requester}
    customers |= {each.author_customer.pk: each.author_customer for each in messages if each.author_customer}
    people = [person_of(customer) for customer in customers.values()]
    names = {name for person in people for name in person.names} | {each.author_name for each in messages}
    orders = Order.objects.filter(customer__in=customers).values_list("number", "external_id", "tracking_number")
    own = {str(value) for each in customers.values() for value in each.custom_fields.values() if _is_telling(value)}
    copies = TicketCC.objects.filter(ticket=ticket).values_list("address", flat=True)
    return Known(
        names=frozenset(names),
        organisations=frozenset(str(each.organisation) for each in customers.values() if each.organisation),
        addresses=frozenset({address for person in people for address in person.telling} | set(copies)),
        orders=frozenset({number for row in orders for number in row if number} | {f"#{ticket.pk}"}),
        others=frozenset(own | {each.location for each in customers.values() if each.location}),
    )


def _is_telling(value: object) -> bool:
    """A choice of a list ("Gold") or a number of two digits would be found in every text."""
    return isinstance(value, str | int) and not isinstance(value, bool) and len(str(value)) >= 5


def _body(chosen: Sequence[Message], language: str) -> str:
    """The question under its heading, then the answer under its own."""
    asked = [_said(each) for each in chosen if each.is_from_customer]
    answered = [_said(each) for each in chosen if not each.is_from_customer]
    with translation.override(spoken_in(language)):
        headings = _("The question"), _("The answer")
    parts = [
        f"<h2>{escape(heading)}</h2>{''.join(words)}"
        for heading, words in zip(headings, (asked, answered), strict=True)
        if any(words)
    ]
    return "".join(parts)


def _said(message: Message) -> str:
    """Its words without greeting and leave; what a customer's mail program made is taken as text."""
    is_ours = message.author_user_id and 0 < len(message.html) <= LONGEST
    return _without_manners(message.html if is_ours else text_to_html(message.text[:LONGEST]))


def _without_manners(html: str) -> str:
    """Short first lines that greet and last lines that take leave."""
    pieces = re.split(r"(?<=</p>)", html)
    while pieces and _is_short(pieces[0]) and _GREETING.match(html_to_text(pieces[0])):
        pieces.pop(0)
    for place in range(len(pieces) - 1, max(-1, len(pieces) - 4), -1):
        if _is_short(pieces[place]) and _LEAVE.match(html_to_text(pieces[place])):
            return "".join(pieces[:place])
    return "".join(pieces)


def _is_short(piece: str) -> bool:
    return piece.lstrip().startswith("<p") and len(html_to_text(piece)) <= SHORT
