"""What is asked before a chat: checked here, whatever the page let through, and told to staff on the ticket."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any, Final
from uuid import uuid5

from django.utils import translation
from django.utils.translation import gettext as _

from customers.actors import Actor
from customers.errors import Refused as CustomerRefused
from customers.models import Customer
from customers.record import change_customer
from tickets.chat.addresses import tidy
from tickets.chat.visitors import customer_of
from tickets.models import Asked, Channel, Chat, ChatWidget, Ticket
from tickets.portal.form_answers import checked_answers, told
from tickets.portal.form_fields import TAGS, Kind, Question, questions_of
from tickets.portal.form_messages import with_answers
from tickets.services import Incoming, Refused, add_tags, clean_tag, gesture, receive_message

logger = logging.getLogger(__name__)

LONGEST_NAME: Final = 200


class WrongAnswers(Refused):
    """`by_field` has a sentence for each question (by its key), "name" or "email" that was answered wrongly."""

    def __init__(self, by_field: Mapping[str, str]) -> None:
        field, reason = next(iter(by_field.items()))
        super().__init__(reason, field=field)
        self.by_field = dict(by_field)


def check_answers(widget: ChatWidget, given: Mapping[str, Any] | None) -> dict[str, Any]:
    """The answers as they are kept in `Chat.answers`, by the keys of their questions. Raises `WrongAnswers`.

    What was not asked is dropped; a kind of value that no page of ours sends counts as no answer.
    """
    questions = questions_of(widget)
    given = given if isinstance(given, Mapping) else {}
    answers, problems = checked_answers(questions, {each.key: _typed(each, given.get(each.key)) for each in questions})
    if problems:
        raise WrongAnswers(problems)
    return answers


def check_person(widget: ChatWidget, name: Any, email: Any, *, is_verified: bool = False) -> tuple[str, str]:
    """Name and address as the visitor typed them, tidied; of a verified visitor neither has to be given.

    Raises `WrongAnswers`.
    """
    name, email = (
        " ".join(value.replace("\0", "").split()) if isinstance(value, str) else "" for value in (name, email)
    )
    problems = {}
    if len(name) > LONGEST_NAME:
        problems["name"] = _("This is longer than %(limit)s characters.") % {"limit": LONGEST_NAME}
    elif not name and widget.asks_name == Asked.REQUIRED and not is_verified:
        problems["name"] = _("Please tell us your name.")
    if email:
        try:
            email = tidy(email)
        except Refused as refusal:
            problems["email"] = str(refusal)
    elif widget.asks_email == Asked.REQUIRED and not is_verified:
        problems["email"] = _("Please give your e-mail address.")
    if problems:
        raise WrongAnswers(problems)
    return name, email


def told_answers(widget: ChatWidget, answers: Mapping[str, Any], language: str) -> list[tuple[str, str]]:
    """Each question with its answer, in the words that the visitor saw."""
    with translation.override(language or "en"):
        return told(questions_of(widget), answers, language or "en")


def land_answers(chat: Chat, ticket: Ticket) -> None:
    """Put what was answered before `chat` on its ticket: as a message, once, and where each question says it goes."""
    if not chat.answers:
        return
    customer = customer_of(chat.visitor)
    actor = Actor.of_customer(customer)
    text, html = with_answers("", told_answers(chat.widget, chat.answers, chat.language))
    incoming = Incoming(
        text=text,
        html=html,
        match_rule="chat-verified" if chat.visitor.verified_at else "chat",
        match_evidence={"page": chat.page_url[:300] or chat.widget.name},
        submit_key=uuid5(chat.key, "answers"),
        at=chat.started_at,
    )
    with gesture(ticket, actor=actor, now=chat.started_at):
        receive_message(ticket, incoming, customer=customer, channel=Channel.CHAT, actor=actor)
        sort_by_answers(ticket, chat.widget, chat.answers, customer=customer)


def sort_by_answers(ticket: Ticket, widget: ChatWidget, answers: Mapping[str, Any], *, customer: Customer) -> None:
    """Tags of the ticket and fields of the customer, as the questions say."""
    actor, tags = Actor.of_customer(customer), list[str]()
    for question in questions_of(widget):
        answer = answers.get(question.key)
        if answer is None or not question.goes_to:
            continue
        if question.goes_to == TAGS:
            tags += [question.key] if answer is True else answer if isinstance(answer, list) else [answer]
        else:
            _fill(customer, question, answer, actor)
    if known := [tag for tag in map(clean_tag, tags) if tag]:
        add_tags(ticket, known, actor=actor)


def _fill(customer: Customer, question: Question, answer: Any, actor: Actor) -> None:
    """A field that does not take the answer stays as it is: staff read it on the ticket all the same."""
    labels = {option.value: option.label("en") for option in question.options}
    value = [labels.get(each, each) for each in answer] if isinstance(answer, list) else labels.get(answer, answer)
    try:
        change_customer(customer, {question.goes_to: value}, actor=actor)
    except CustomerRefused as refusal:
        logger.info("an answer before a chat does not fit %s: %s", question.goes_to, refusal)


def _typed(question: Question, value: Any) -> Any:
    """The page sends JSON, or the texts of a form."""
    if question.kind == Kind.TICK:
        return value is True or value in ("on", "yes", "true", "1")
    if question.kind == Kind.SEVERAL:
        options: Sequence[Any] = value if isinstance(value, list) else [value]
        return list(dict.fromkeys(each for each in options if isinstance(each, str) and each))
    if question.kind == Kind.NUMBER and isinstance(value, int | float) and not isinstance(value, bool):
        return str(value)
    return value.replace("\0", "").strip() if isinstance(value, str) else ""
