"""What people decide of a term: not interesting, or something for the feedback board."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

from django.db import transaction

from customers.errors import Refused
from helpdesk.accounts.models import User
from metrics.models import VoiceChoice, VoiceRun, VoiceTerm
from metrics.voice.showing import Shown, has_term, messages_with
from tickets.insights.board import LONGEST, create_topic, share_feedback
from tickets.knowledge.private_data import Known, find
from tickets.models import Excerpt, Message, Ticket, Topic

MOST_EXCERPTS: Final = 12
LOOKED_AT: Final = 60  # tickets, to find so many sentences that anybody may read
# A full stop inside an address ends no sentence: half an address would be taken for none.
_SENTENCE: Final = re.compile(r"\S[^\n]*?(?:[.!?]+(?=\s|$)|$)", re.MULTILINE)


def hide(term: VoiceTerm, *, by: User, now: datetime) -> None:
    """Not interesting, in this run and in all that follow."""
    VoiceChoice.objects.update_or_create(
        kind=term.kind, term=term.term, defaults={"shown": term.shown, "hidden_at": now, "hidden_by": by}
    )


def show_again(term: VoiceTerm) -> None:
    VoiceChoice.objects.filter(kind=term.kind, term=term.term).update(hidden_at=None, hidden_by=None)


@transaction.atomic
def put_on_board(each: Shown, run: VoiceRun, *, by: User) -> tuple[Topic, int]:
    """A topic with what customers said, and how many were put there. A second press adds who is new.

    All of the company reads the board: tickets of private teams stay away from it, and so do sentences with addresses
    or numbers in them. Raises `Refused` where nothing is left that anybody may read.
    """
    term = each.term
    newest = each.tickets[:LOOKED_AT]
    of_private_teams = Ticket.objects.filter(pk__in=newest, team__is_private=True)
    secret = set(of_private_teams.values_list("pk", flat=True))
    numbers = [pk for pk in newest if pk not in secret]
    messages = messages_with(term, numbers, run)
    topic = each.topic or create_topic(term.shown[:120], by=by)
    already = set(Excerpt.objects.filter(topic=topic).values_list("message_id", flat=True))
    shared = _share(topic, term, [messages[pk] for pk in numbers if pk in messages], already, by)
    if not shared and not topic.excerpts.exists():
        raise Refused("")
    VoiceChoice.objects.update_or_create(kind=term.kind, term=term.term, defaults={"shown": term.shown, "topic": topic})
    return topic, shared


def _share(topic: Topic, term: VoiceTerm, messages: list[Message], already: set[int], by: User) -> int:
    """Of each customer one sentence."""
    heard: set[int] = set()
    for message in messages:
        customer = message.author_customer or message.ticket.requester
        words = telling_sentence(term, message.text)
        if not words or customer.pk in heard or message.pk in already or len(heard) >= MOST_EXCERPTS:
            continue
        if customer.merged_into_id or customer.erased_at:
            continue
        share_feedback(topic, customer, words, by=by, message=message)
        heard.add(customer.pk)
    return len(heard)


def telling_sentence(term: VoiceTerm, text: str) -> str:
    """The first sentence with the term that names nobody's address or number; of a tag the first of the message."""
    for sentence in _SENTENCE.findall(text):
        words = " ".join(sentence.split())
        is_about = term.kind == "tag" or has_term(term, words)
        if is_about and 10 <= len(words) <= LONGEST and not find(words, Known()):
            return words
    return ""
