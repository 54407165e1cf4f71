"""The demo company's chat: a widget for its shop, and a few conversations that were had there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

from django.db.models import F

from customers.actors import Actor
from helpdesk.accounts.calendar_changes import create_calendar
from helpdesk.accounts.models import User
from helpdesk.demo.company import Company
from helpdesk.demo.stand_ins.graph import GraphStandIn
from tickets.chat import life, log
from tickets.chat.offline import leave_message
from tickets.chat.rating import rate_chat
from tickets.chat.settling import settle
from tickets.chat.starting import start
from tickets.models import Asked, Chat, ChatMail, ChatVisitor, ChatWidget, EndedBy, Said, Status
from tickets.portal.form_fields import TAGS
from tickets.services import change_status, gesture

NAMESPACE: Final = UUID("6f6b0c1e-3d57-4a53-9c57-64656d6f6368")  # the demo's line ids: the same each time
SHOP: Final = "https://shop.marshwren.example"
TEXTS: Final = {
    "en": {
        "title": "Marshwren",
        "greeting": "Hello! Ask us anything about weather stations, watering and orders.",
        "placeholder": "Write a message",
        "offline": "We are out in the garden. Leave us a message, and we answer by e-mail.",
    },
    "de": {
        "title": "Marshwren",
        "greeting": "Hallo! Fragen Sie uns alles über Wetterstationen, Bewässerung und Bestellungen.",
        "placeholder": "Nachricht schreiben",
        "offline": "Wir sind gerade im Garten. Schreiben Sie uns, wir antworten per E-Mail.",
    },
}
TOPIC: Final = {
    "key": "topic",
    "kind": "choice",
    "texts": {"en": {"label": "What is it about?"}, "de": {"label": "Worum geht es?"}},
    "options": [
        {"value": "order", "texts": {"en": {"label": "An order"}, "de": {"label": "Eine Bestellung"}}},
        {"value": "device", "texts": {"en": {"label": "A device"}, "de": {"label": "Ein Gerät"}}},
        {"value": "other", "texts": {"en": {"label": "Something else"}, "de": {"label": "Etwas anderes"}}},
    ],
    "is_required": False,
    "shown_when": None,
    "goes_to": TAGS,
}


@dataclass(frozen=True)
class Talk:
    """`lines`: seconds after the one before, whose (V the visitor's, A the agent's), words."""

    name: str
    ago: timedelta
    agent: str
    language: str
    page: str
    lines: tuple[tuple[int, str, str], ...]
    email: str = ""  # typed by somebody whom nobody knows; else a customer who had signed in on the site
    visitor: str = ""
    topic: str = ""
    score: str = ""
    comment: str = ""
    ended_by: str = EndedBy.VISITOR


TALKS: Final = (
    Talk(
        "clamp", timedelta(days=6, hours=3), "callum", "en", f"{SHOP}/checkout", (
            (0, "V", "Hi, does the Heron come with a clamp for a round pole?"),
            (41, "A", "Hello! It comes with one for poles of 30 to 40 mm."),
            (16, "A", "For anything thicker there is the roof clamp, RC-48, up to 60 mm."),
            (52, "V", "Mine is 48, so the RC-48 it is"),
            (24, "A", "Exactly that one. I have put it into your basket, you only have to confirm."),
            (38, "V", "Perfect, thank you"),
            (11, "A", "You are welcome. Enjoy the weather!"),
        ), topic="device", score="good", comment="Answered before I had found the size table.",
    ),
    Talk(
        "ventil", timedelta(days=2, hours=5), "agent", "de", f"{SHOP}/de/dipper", (
            (0, "V", "Mein Dipper öffnet Ventil 3 nicht mehr"),
            (9, "V", "Die anderen gehen"),
            (58, "A", "Guten Tag! Blinkt die Leuchte an Ventil 3, wenn Sie es von Hand öffnen?"),
            (95, "V", "Ja, dreimal kurz"),
            (44, "A", "Dann bekommt die Spule keinen Strom. Eine neue ist unterwegs, die Anleitung kommt per E-Mail."),
            (31, "V", "Super, bitte an die Adresse oben"),
        ), email="wiebke.harms@posteo.example", visitor="Wiebke Harms", topic="device", ended_by=EndedBy.AGENT,
    ),
)  # fmt: skip
LEFT: Final = (timedelta(hours=14), "Ottoline Frayn", "ottoline@frayn.example",
    "Does the Almanac subscription cover two stations?\nOne is in the garden, one on the allotment.")  # fmt: skip


def open_widget(company: Company) -> ChatWidget:
    """Open day and night: whoever looks at the demo may do so in the evening."""
    always = create_calendar("Chat: day and night", time_zone="Europe/Berlin", week=[(0, 7 * 1440)])
    return ChatWidget.objects.create(
        key="marshwren", name="Marshwren shop", inbox=company.inboxes["support"], team=company.teams["Support"],
        calendar=always, languages=["en", "de"], texts=TEXTS, origins=[SHOP, "http://localhost:3000"],
        asks_name=Asked.OPTIONAL, asks_email=Asked.OPTIONAL, fields=[TOPIC], watches_visitors=True,
        whatsapp=f"+{GraphStandIn().display_phone_number}",
    )  # fmt: skip


class ChatTelling:
    """As a Telling: `run` yields when its next gesture is due and makes it once it is resumed."""

    def __init__(self, talk: Talk, company: Company, *, now: datetime) -> None:
        self.talk, self.company, self.now = talk, company, now - talk.ago
        self.agent: User = company.staff[talk.agent]

    def run(self) -> Iterator[datetime]:
        yield self.now
        chat = self._begin()
        self.now += timedelta(seconds=25)
        yield self.now
        life.accept(chat, self.agent, now=self.now)
        for number, (pause, whose, words) in enumerate(self.talk.lines[1:], start=1):
            self.now += timedelta(seconds=pause)
            yield self.now
            self._say(chat, number, whose, words)
        self.now += timedelta(seconds=40)
        yield self.now
        yield from self._finish(chat)

    def _begin(self) -> Chat:
        talk, widget = self.talk, ChatWidget.objects.get(key="marshwren")
        known = None if talk.email else self.company.people["home"][0].customer
        visitor = ChatVisitor.objects.create(
            id=uuid5(NAMESPACE, talk.name), widget=widget, customer=known, verified_at=self.now if known else None,
            claimed_name=talk.visitor, claimed_email=talk.email, language=talk.language, page_url=talk.page,
            first_seen_at=self.now - timedelta(minutes=4), last_seen_at=self.now,
        )  # fmt: skip
        answers = {"topic": talk.topic} if talk.topic else {}
        chat, _line = start(
            visitor, talk.lines[0][2], client_id=uuid5(visitor.pk, "0"), answers=answers, page_url=talk.page,
            language=talk.language, now=self.now,
        )  # fmt: skip
        settle(chat)
        return chat

    def _say(self, chat: Chat, number: int, whose: str, words: str) -> None:
        key = uuid5(chat.visitor_id, str(number))
        if whose == "A":
            log.say(chat, Said.AGENT, words, client_id=key, author=self.agent, name=self.agent.name, now=self.now)
        else:
            log.say(chat, Said.VISITOR, words, client_id=key, name=self.talk.visitor, now=self.now)
        settle(chat)

    def _finish(self, chat: Chat) -> Iterator[datetime]:
        by_agent = self.talk.ended_by == EndedBy.AGENT
        Chat.objects.filter(pk=chat.pk).update(visitor_seen_seq=F("last_seq"), agent_seen_seq=F("last_seq"))
        chat = life.end(chat, self.talk.ended_by, user=self.agent if by_agent else None, now=self.now)
        if self.talk.score:
            self.now += timedelta(seconds=30)
            yield self.now
            rating = rate_chat(chat, self.talk.score, self.talk.comment, now=self.now)
            self.now += timedelta(seconds=50)
            yield self.now
            with gesture(rating.ticket, actor=Actor.agent(self.agent), now=self.now):
                change_status(rating.ticket, Status.SOLVED, actor=Actor.agent(self.agent))


class LeftTelling:
    """Words left while nobody was there."""

    def __init__(self, *, now: datetime) -> None:
        ago, self.name, self.email, self.words = LEFT
        self.now = now - ago

    def run(self) -> Iterator[datetime]:
        yield self.now
        widget = ChatWidget.objects.get(key="marshwren")
        visitor = ChatVisitor.objects.create(
            id=uuid5(NAMESPACE, self.name), widget=widget, language="en", page_url=f"{SHOP}/almanac",
            first_seen_at=self.now, last_seen_at=self.now,
        )  # fmt: skip
        leave_message(
            visitor, self.words, client_id=uuid5(visitor.pk, "0"), name=self.name, email=self.email,
            language="en", now=self.now,
        )  # fmt: skip
        ChatMail.objects.update(due_at=None)  # it went out then


def chat_tellings(company: Company, *, now: datetime) -> Iterator[ChatTelling | LeftTelling]:
    open_widget(company)
    for talk in TALKS:
        yield ChatTelling(talk, company, now=now)
    yield LeftTelling(now=now)
