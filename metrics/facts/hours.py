"""Whose working hours counted for a ticket, and when: summed interval by interval (rules-sla-metrics §6.2).

That is the ticket's own calendar, else its team's, else the default one. Tickets tell on their timelines when theirs
changed, and calendars keep their versions; teams keep neither, so `HoursOf` keeps what was noticed of them.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from helpdesk.accounts import working_hours
from helpdesk.accounts.models import Team
from metrics.facts.history import History
from metrics.models import HoursOf
from tickets.events import CalendarChanged, TeamChanged
from tickets.sla.clock import micros
from tickets.sla.hours import WorkingHours

EVERYBODY = 0  # whose hours are the default ones
Dated = Sequence[tuple[datetime | None, int | None]]  # what has been since when; the first always
Ledger = Mapping[int, Dated]


def note_hours(*, now: datetime) -> int:
    """Write down whose hours teams go by from `now` on, where that is new; how many rows were added.

    What is seen of a team first counts for all the time before: nobody said otherwise.
    """
    current = _current()
    last = {team: kept[-1][1] for team, kept in read_ledger().items()}
    news = [
        HoursOf(team_id=team, calendar_id=calendar, since=now if team in last else None)
        for team, calendar in current.items()
        if team not in last or last[team] != calendar
    ]
    return len(HoursOf.objects.bulk_create(news))


def _current() -> dict[int, int | None]:
    return {**dict(Team.objects.values_list("pk", "calendar_id")), EVERYBODY: working_hours.book().default_id}


def read_ledger() -> Ledger:
    ledger: dict[int, list[tuple[datetime | None, int | None]]] = defaultdict(list)
    for team, since, calendar in HoursOf.objects.order_by("pk").values_list("team_id", "since", "calendar_id"):
        ledger[team].append((since, calendar))
    return ledger


class HoursThen:
    """Of all tickets, as of one moment: whoever tells many of them reads it once."""

    def __init__(self) -> None:
        self.hours = WorkingHours(working_hours.book())
        unnoted = {team: [(None, calendar)] for team, calendar in _current().items()}
        self.ledger: Ledger = {**unnoted, **read_ledger()}

    def clock_for(self, history: History) -> WorkClock:
        return WorkClock(history.ticket.opened_at, self.pieces_of(history), self.hours)

    def pieces_of(self, history: History) -> list[Piece]:
        """Whose hours from when on; the first has counted always."""
        own, teams = _named(history)
        pieces: list[Piece] = []
        for at in [None, *sorted({*_moments(own), *_moments(teams), *self._changes(teams)})]:
            calendar = _in_force(own, at)
            if calendar is None and (team := _in_force(teams, at)):
                calendar = self._of_team(team, at)
            if calendar is None:
                calendar = self._of_team(EVERYBODY, at)
            if not pieces or pieces[-1].calendar_id != calendar:
                pieces.append(Piece(at, calendar))
        return pieces

    def _of_team(self, team: int, at: datetime | None) -> int | None:
        calendar = _in_force(self.ledger.get(team, ((None, None),)), at)
        return calendar if calendar in self.hours.book.timelines else None

    def _changes(self, teams: Dated) -> Iterator[datetime]:
        for team in {EVERYBODY, *(team for _since, team in teams if team)}:
            yield from _moments(self.ledger.get(team, ()))


def _moments(dated: Dated) -> Iterator[datetime]:
    return (since for since, _value in dated if since)


def _in_force(dated: Dated, at: datetime | None) -> int | None:
    value = dated[0][1]
    for since, later in dated[1:]:
        if at is None or (since and since > at):
            break
        value = later
    return value


def _named(history: History) -> tuple[Dated, Dated]:
    """The calendars that were set for the ticket, and its teams, each since when."""
    own: list[tuple[datetime | None, int | None]] = []
    teams: list[tuple[datetime | None, int | None]] = []
    for line in history.lines:
        dated = own if line.kind == CalendarChanged.kind else teams if line.kind == TeamChanged.kind else None
        if dated is not None:
            if not dated:
                dated.append((None, line.payload["old_id"]))
            dated.append((line.at, line.payload["new_id"]))
    return own or [(None, history.ticket.calendar_id)], teams or [(None, history.ticket.team_id)]


@dataclass(frozen=True, slots=True)
class Piece:
    since: datetime | None
    calendar_id: int | None


class WorkClock:
    """Working time of one ticket, counted from its opening in microseconds; each moment is worked out once."""

    def __init__(self, opened_at: datetime, pieces: Sequence[Piece], hours: WorkingHours) -> None:
        self.opened_at, self.pieces, self.hours = opened_at, pieces, hours
        self._known: dict[datetime, int] = {opened_at: 0}

    def between(self, start: datetime, end: datetime) -> int:
        return self.at(end) - self.at(start)

    def at(self, moment: datetime) -> int:
        """Negative before the opening: what was said elsewhere before has waited, too."""
        known = self._known.get(moment)
        if known is None:
            if moment < self.opened_at:
                known = -self._measured(moment, self.opened_at)
            else:
                known = self._measured(self.opened_at, moment)
            self._known[moment] = known
        return known

    def _measured(self, start: datetime, end: datetime) -> int:
        if len(self.pieces) == 1:
            return self.hours.measure(self.pieces[0].calendar_id, start, end)
        return sum(
            self.hours.measure(piece.calendar_id, since, until) for piece, since, until in self.parts(start, end)
        )

    def parts(self, start: datetime, end: datetime) -> Iterator[tuple[Piece, datetime, datetime]]:
        """[start, end) cut where other hours came into force."""
        sinces = [piece.since for piece in self.pieces[1:] if piece.since]
        for i in range(bisect_right(sinces, start), len(self.pieces)):
            since = max(start, sinces[i - 1]) if i else start
            until = min(end, sinces[i]) if i < len(sinces) else end
            if since >= end:
                return
            if since < until:
                yield self.pieces[i], since, until


def length(start: datetime, end: datetime) -> int:
    """In microseconds of the calendar."""
    return micros(end - start)
