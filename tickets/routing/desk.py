"""Who is there: the people of some teams who are online, what they have and can take, and whether it is open."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from django.db.models import Count

from helpdesk.accounts.models import WITHOUT_TICKETS, Availability, User
from helpdesk.accounts.working_hours import Book, Timeline, book
from tickets.models import Capacity, Skill, TeamRouting, Ticket, WaitingTicket
from tickets.routing.candidates import LONG_AGO, Person

WORK = ("new", "open")


def worked_as(channel: str) -> str:
    """What a chat has left behind is answered by mail, and counts as one: who talks with whom is known elsewhere."""
    return "email" if channel == "chat" else channel


@dataclass
class Desk:
    now: datetime
    routing: Mapping[int, TeamRouting]
    online: Mapping[int, list[Person]]
    members: Mapping[int, set[int]]
    languages: frozenset[str]
    hours: Book
    last_turn: datetime | None = None
    _open: dict[int, bool] = field(default_factory=dict)

    @classmethod
    def open(cls, teams: Sequence[int], now: datetime) -> Desk:
        takers = User.objects.filter(teams__in=teams, is_active=True).exclude(role__in=WITHOUT_TICKETS)
        rows = list(takers.values_list("teams", "pk", "name", "availability"))
        people = _people({pk: name for _team, pk, name, state in rows if state == Availability.ONLINE})
        online: defaultdict[int, list[Person]] = defaultdict(list)
        members: defaultdict[int, set[int]] = defaultdict(set)
        for team, pk, _name, _state in rows:
            members[team].add(pk)
            if pk in people:
                online[team].append(people[pk])
        routing = {each.team_id: each for each in TeamRouting.objects.filter(team__in=teams)}
        spoken = Skill.objects.filter(name__startswith="lang:").values_list("name", flat=True)
        return cls(now, routing, online, members, frozenset(spoken), book())

    def people_of(self, team: int) -> list[Person]:
        return self.online.get(team, [])

    def has_others(self, team: int, user: int | None) -> bool:
        return bool(self.members.get(team, set()) - {user})

    def skills_for(self, ticket: Ticket) -> frozenset[str]:
        """What it asks for, and its customer's language where there is a skill for it ("lang:de")."""
        language = f"lang:{ticket.language}"
        return frozenset(ticket.skills) | (self.languages & {language})

    def hours_of(self, row: WaitingTicket) -> Timeline | None:
        return self.hours.first_of(row.ticket.calendar_id, row.team.calendar_id)

    def is_open(self, row: WaitingTicket) -> bool:
        hours = self.hours_of(row)
        if hours is None:
            return True
        if hours.calendar_id not in self._open:
            self._open[hours.calendar_id] = hours.is_open(self.now)
        return self._open[hours.calendar_id]

    def give(self, person: Person, channel: str) -> None:
        """From here on they have one more, and their turn is over: nobody's was later, whatever the clock says."""
        if self.last_turn is None:
            self.last_turn = max(one.last_given_at for people in self.online.values() for one in people)
        self.last_turn = max(self.last_turn, self.now) + timedelta(microseconds=1)
        person.load[channel] += 1
        person.last_given_at = self.last_turn


def _people(names: Mapping[int, str]) -> dict[int, Person]:
    capacities = Capacity.objects.filter(user__in=names).in_bulk(field_name="user_id") if names else {}
    loads: defaultdict[int, Counter[str]] = defaultdict(Counter)
    open_now = Ticket.objects.filter(assignee__in=names, status__in=WORK).order_by()
    for user, channel, count in open_now.values_list("assignee", "channel").annotate(n=Count("pk")):
        loads[user or 0][worked_as(channel)] += count
    skills: defaultdict[int, set[str]] = defaultdict(set)
    for user, name in Skill.objects.filter(people__in=names).values_list("people", "name"):
        skills[user].add(name)
    people: dict[int, Person] = {}
    for pk, name in names.items():
        capacity = capacities.get(pk)
        people[pk] = Person(
            pk, name, capacity.per_channel if capacity else {}, loads[pk], frozenset(skills[pk]),
            (capacity and capacity.last_given_at) or LONG_AGO,
        )  # fmt: skip
    return people
