"""What the demo company's customers ask for, on its board; and a customer who wrote from a second address."""

from __future__ import annotations

import re
from datetime import datetime

from customers.actors import Actor
from customers.duplicates import look_for_duplicates
from customers.identify import identify
from customers.models import IdentityKind, ProvedBy
from customers.notes import leave_note
from helpdesk.demo.company import Company
from tickets.insights.board import change_topic, create_topic, share_feedback
from tickets.models import Message, MessageKind, TopicStatus

# Topic, tags, status, and by which words it is recognised.
ASKED = (
    ("A dark mode for the app", "app", TopicStatus.PLANNED, "dark mode"),
    ("Copy a watering schedule to other valves", "app, valves", TopicStatus.OPEN, "copy a schedule"),
    ("Prefer our own station to the forecast", "weather", TopicStatus.OPEN, "preferred the station"),
    ("Enter one’s own calibration", "sensors, lab", TopicStatus.DONE, "our own calibration"),
)
MOST = 6  # excerpts of a topic


def gather_feedback(company: Company, *, now: datetime) -> None:
    """Through the services, so that the timelines tell of it."""
    for title, tags, status, words in ASKED:
        said = Message.objects.filter(kind=MessageKind.PUBLIC, author_role="", text__icontains=words)
        if not said.exists():
            continue
        topic = create_topic(title, by=company.staff["agent"], tags_in=tags)
        for message in said.select_related("author_customer").order_by("-pk")[:MOST]:
            if message.author_customer and (sentence := _sentence_with(words, message.text)):
                share_feedback(topic, message.author_customer, sentence, by=company.staff["agent"], message=message)
        change_topic(topic, status=status, owner=company.staff["sales"], now=now)


def write_from_two_addresses(company: Company) -> None:
    """The same name before the @ of another provider: the records are suggested as one person."""
    person = company.people["home"][0]
    local = person.address.partition("@")[0]
    identify(
        IdentityKind.EMAIL, f"{local}@postbox.example", name=person.customer.name, proved_by=ProvedBy.RECEIVED_MAIL
    )
    leave_note(
        person.customer,
        "Met at the garden fair: has a second greenhouse since.",
        actor=Actor.agent(company.staff["sales"]),
    )
    while look_for_duplicates():
        pass


def _sentence_with(words: str, text: str) -> str:
    found = re.search(rf"[^.?!\n]*{re.escape(words)}[^.?!\n]*[.?!]?", text, re.IGNORECASE)
    return found[0].strip() if found else ""
