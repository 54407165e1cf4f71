"""Who could take a chat at this moment: who of its team is online and has room, knows what is asked, had it before."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db.models import Count, Max

from tickets.chat.presence import people_online
from tickets.models import (
    Capacity,
    Channel,
    Chat,
    ChatOffer,
    ChatState,
    OfferState,
    RoutingMode,
    Skill,
    TeamRouting,
    WaitReason,
)
from tickets.routing.candidates import LONG_AGO, Choice, Person, Wanted, choose

ASKED_AGAIN_AFTER: Final = timedelta(minutes=2)  # after they declined, or let the time run out
LANGUAGE_PATIENCE: Final = timedelta(seconds=60)  # for somebody with room who speaks the visitor's language

ASKED: Final = "asked"  # whoever would be next is being asked for another chat
CHAT = Channel.CHAT.value
NOT_TAKEN = (OfferState.DECLINED, OfferState.EXPIRED)


@dataclass
class ChatDesk:
    now: datetime
    online: dict[int | None, list[Person]]
    routing: dict[int, TeamRouting]
    languages: frozenset[str]
    asked: set[int] = field(default_factory=set)
    refused: dict[int, set[int]] = field(default_factory=dict)

    @classmethod
    def open(cls, teams: Collection[int | None], now: datetime) -> ChatDesk:
        ids = {team: list(people_online(team).values_list("pk", "name")) for team in teams}
        people = _people({pk: name for rows in ids.values() for pk, name in rows})
        online = {team: [people[pk] for pk, _name in rows] for team, rows in ids.items()}
        routing = {each.team_id: each for each in TeamRouting.objects.filter(team__in=[t for t in teams if t])}
        spoken = Skill.objects.filter(name__startswith="lang:").values_list("name", flat=True)
        asked = set(ChatOffer.objects.filter(state=OfferState.OPEN, user__in=people).values_list("user", flat=True))
        return cls(now, online, routing, frozenset(spoken), asked, _refusals(now))

    def choose(self, chat: Chat) -> Choice:
        """Whoever had it before, else a speaker of its language with room, else by the team's way of handing out.

        Nobody is asked for two at a time: whoever comes first is offered first.
        """
        people = [one for one in self.online[chat.team_id] if one.id not in self.refused.get(chat.pk, ())]
        if self.online[chat.team_id] and not people:
            return Choice(None, waits=WaitReason.AVOIDED)
        has_speakers = bool(self._speakers(chat, people))
        free = [one for one in people if one.id not in self.asked]
        choice = self._choose(chat, free, has_speakers)
        if choice.person is None and len(free) < len(people) and self._choose(chat, people, has_speakers).person:
            return Choice(None, waits=ASKED)
        return choice

    def _choose(self, chat: Chat, people: list[Person], has_speakers: bool) -> Choice:
        if known := self._known(chat, people):
            return Choice(known, [{"why": "known"}, *_room(known)])
        routing = self.routing.get(chat.team_id or 0)
        mode = routing.mode if routing and routing.mode != RoutingMode.MANUAL else RoutingMode.LEAST_LOADED
        wanted = Wanted(CHAT, _skills(chat))
        uses_skills = bool(wanted.skills) and (routing is None or routing.uses_skills)
        if has_speakers:
            choice = choose(wanted, self._speakers(chat, people), mode, uses_skills=uses_skills)
            if choice.person:
                return Choice(choice.person, [*choice.reasons, {"why": "skills", "skills": [_language(chat)]}])
            if chat.queued_at and self.now - chat.queued_at < LANGUAGE_PATIENCE:
                return choice
        return choose(wanted, people, mode, uses_skills=uses_skills)

    def _known(self, chat: Chat, people: list[Person]) -> Person | None:
        had = chat.ticket.assignee_id if chat.ticket else None
        return next((one for one in people if one.id == had and one.has_room(CHAT)), None)

    def _speakers(self, chat: Chat, people: list[Person]) -> list[Person]:
        wanted = _language(chat)
        return [one for one in people if wanted in one.skills] if wanted in self.languages else []

    def give(self, person: Person) -> None:
        self.asked.add(person.id)
        person.load[CHAT] += 1
        person.last_given_at = self.now


def _language(chat: Chat) -> str:
    return f"lang:{chat.language.partition('-')[0]}"


def _skills(chat: Chat) -> frozenset[str]:
    """What the chat asks for, and what rules have asked for on its ticket."""
    return frozenset(chat.skills) | frozenset(chat.ticket.skills if chat.ticket else ())


def _room(person: Person) -> list[dict[str, object]]:
    return [{"why": "room", "channel": CHAT, "had": person.load[CHAT], "most": person.most(CHAT)}]


def _people(names: dict[int, str]) -> dict[int, Person]:
    """Their load is what they have in chats now, and what they are just being asked to take."""
    capacities = Capacity.objects.filter(user__in=names).in_bulk(field_name="user_id")
    talking = Chat.objects.filter(state=ChatState.ACTIVE, agent__in=names).order_by()
    asked = ChatOffer.objects.filter(state=OfferState.OPEN, user__in=names).order_by()
    loads: Counter[int] = Counter()
    loads.update({pk: n for pk, n in talking.values_list("agent").annotate(n=Count("pk")) if pk})
    loads.update(dict(asked.values_list("user").annotate(n=Count("pk"))))
    offered = ChatOffer.objects.filter(user__in=names).order_by()
    last = dict(offered.values_list("user").annotate(last=Max("offered_at")))
    skills: defaultdict[int, set[str]] = defaultdict(set)
    for user, name in Skill.objects.filter(people__in=names).values_list("people", "name"):
        skills[user].add(name)
    return {
        pk: _person(pk, name, capacities.get(pk), loads[pk], skills[pk], last.get(pk)) for pk, name in names.items()
    }


def _person(
    pk: int, name: str, capacity: Capacity | None, load: int, skills: set[str], last: datetime | None
) -> Person:
    most = capacity.per_channel if capacity else {}
    return Person(pk, name, most, Counter({CHAT: load}), frozenset(skills), last or LONG_AGO)


def _refusals(now: datetime) -> dict[int, set[int]]:
    """By chat: who has just not taken it. They are asked again after a while, if it still waits."""
    lately = ChatOffer.objects.filter(state__in=NOT_TAKEN, answered_at__gt=now - ASKED_AGAIN_AFTER)
    refused: defaultdict[int, set[int]] = defaultdict(set)
    for chat, user in lately.filter(chat__state=ChatState.WAITING).values_list("chat", "user"):
        refused[chat].add(user)
    return refused
