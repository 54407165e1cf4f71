"""What the wallboard shows, asked straight from rows by their indexes: ten statements, however many tickets there are.

Nothing here is added up ahead, so nothing lags behind but the first-reply time, which is told from the timeline within
seconds (metrics/facts).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import Count, Min, Q, QuerySet

from helpdesk.accounts.models import WITHOUT_TICKETS, Availability, Team, User
from tickets.models import Call, CallDirection, CallState, Chat, ChatState, Status, Ticket
from tickets.models.ticket import UNSOLVED

SOON: Final = timedelta(hours=1)
RINGS_FOR: Final = timedelta(minutes=30)  # then the telephone has forgotten to say that it stopped
CALL_LASTS: Final = timedelta(hours=12)  # likewise
MOST_PEOPLE: Final = 60
MOST_DUE: Final = 5
MOST_TEAMS: Final = 12  # lines that can be read from afar: the busiest of more

TODAY = """
SELECT
  (SELECT count(*) FROM tickets_ticket t WHERE t.created_at >= %(midnight)s AND {ticket}) AS opened,
  (SELECT count(*) FROM metrics_fact t WHERE t.solved_at >= %(midnight)s AND NOT t.is_merged AND {ticket}) AS solved,
  f.n, f.median, r.good, r.bad
FROM
  (SELECT count(*) AS n, percentile_cont(0.5) WITHIN GROUP (ORDER BY t.first_reply) AS median
   FROM metrics_fact t
   WHERE t.first_reply_at >= %(midnight)s AND t.first_reply IS NOT NULL AND NOT t.is_merged AND {ticket}) AS f,
  (SELECT count(*) FILTER (WHERE r.score = 'good') AS good, count(*) FILTER (WHERE r.score = 'bad') AS bad
   FROM tickets_rating r JOIN tickets_ticket t ON t.id = r.ticket_id
   WHERE r.kind = 'csat' AND r.replaced_by_id IS NULL AND r.at >= %(midnight)s AND {ticket}) AS r
"""


@dataclass(frozen=True)
class Scope:
    """Whose numbers: without `hidden` (private teams of others), and of one team where `team` names it."""

    hidden: tuple[int, ...] = ()
    team: int | None = None

    @classmethod
    def of(cls, user: User, team: Team | None = None) -> Scope:
        return cls(tuple(sorted(user.hidden_team_ids)), team.pk if team else None)

    def q(self, field: str) -> Q:
        return Q(**{field: self.team}) if self.team else self.unhidden(field)

    def unhidden(self, field: str) -> Q:
        return ~Q(**{f"{field}__in": self.hidden}) if self.hidden else Q()

    @property
    def sql(self) -> str:
        """The same of a row `t`; parameters `team` and `hidden`."""
        if self.team:
            return "t.team_id = %(team)s"
        return "(t.team_id IS NULL OR t.team_id <> ALL(%(hidden)s))" if self.hidden else "TRUE"


def look(scope: Scope, *, now: datetime, midnight: datetime) -> dict[str, Any]:
    """All of the board, as plain values: it is kept for other boards (metrics/wall/shared.py)."""
    work = _work(scope)
    return {
        "at": now.timestamp(),
        "waiting": sum(row["waiting"] for row in work),
        "waits_since": _stamp(min((row["since"] for row in work if row["since"]), default=None)),
        "unassigned": sum(row["unassigned"] for row in work),
        "teams": _teams(work, scope),
        "chats": _chats(scope),
        "calls": _calls(scope, now),
        "due": _due(scope, now),
        "people": _people(scope, now),
        "today": _today(scope, midnight),
    }


def _work(scope: Scope) -> list[dict[str, Any]]:
    """Of each team and status: how many, for how many a customer waits, and since when the first of them."""
    unsolved = Ticket.objects.filter(scope.q("team"), status__in=UNSOLVED).order_by()
    groups = unsolved.values("team", "status").annotate(
        n=Count("pk"),
        unassigned=Count("pk", filter=Q(assignee=None)),
        waiting=Count("pk", filter=Q(waiting_since__isnull=False)),
        since=Min("waiting_since"),
    )
    return [dict(row) for row in groups]


def _teams(work: list[dict[str, Any]], scope: Scope) -> list[dict[str, Any]]:
    """By name, those without a team last; of many the busiest."""
    names = dict(Team.objects.filter(scope.q("pk")).values_list("pk", "name"))
    found: defaultdict[int | None, dict[str, Any]] = defaultdict(lambda: {"new": 0, "open": 0, "waiting": 0})
    for row in work:
        team = found[row["team"]]
        team["waiting"] += row["waiting"]
        if row["status"] in (Status.NEW, Status.OPEN):
            team[row["status"]] += row["n"]
    busiest: list[int | None] = [*names, *([None] if None in found else [])]
    busiest = sorted(busiest, key=lambda pk: sum(found[pk].values()), reverse=True)[:MOST_TEAMS]
    listed = sorted(busiest, key=lambda pk: (pk is None, names[pk].casefold() if pk else ""))
    return [{"id": pk, "name": names[pk] if pk else "", **found[pk]} for pk in listed]


def _chats(scope: Scope) -> dict[str, Any]:
    live = Chat.objects.filter(scope.q("team"), scope.unhidden("ticket__team"), ~Q(state=ChatState.ENDED))
    waits = Q(state=ChatState.WAITING)
    return _stamped(
        live.aggregate(
            waiting=Count("pk", filter=waits),
            since=Min("queued_at", filter=waits),
            active=Count("pk", filter=Q(state=ChatState.ACTIVE)),
            bot=Count("pk", filter=Q(state=ChatState.BOT)),
        )
    )


def _calls(scope: Scope, now: datetime) -> dict[str, Any]:
    live = _live_calls(now).filter(scope.q("team"), scope.unhidden("ticket__team"))
    rings = Q(state=CallState.RINGING, direction=CallDirection.IN, started_at__gt=now - RINGS_FOR)
    return _stamped(
        live.aggregate(
            waiting=Count("pk", filter=rings),
            since=Min("started_at", filter=rings),
            active=Count("pk", filter=Q(state__in=[CallState.ANSWERED, CallState.HELD])),
        )
    )


def _live_calls(now: datetime) -> QuerySet[Call]:
    return Call.objects.filter(~Q(state=CallState.ENDED), started_at__gt=now - CALL_LASTS)


def _due(scope: Scope, now: datetime) -> dict[str, Any]:
    """Targets that are missed within the hour unless somebody does something, and how many are late already."""
    running = Ticket.objects.filter(scope.q("team"), sla_due_at__lte=now + SOON, status__in=UNSOLVED)
    counts = running.aggregate(soon=Count("pk", filter=Q(sla_due_at__gt=now)), late=Count("pk", Q(sla_due_at__lte=now)))
    first = running.filter(sla_due_at__gt=now).order_by("sla_due_at", "pk")
    rows = first.values_list("pk", "sla_due_at", "sla_metric", "assignee__name")[:MOST_DUE]
    listed = [{"number": pk, "at": _stamp(at), "metric": metric, "who": who} for pk, at, metric, who in rows]
    return {**counts, "first": listed}


def _people(scope: Scope, now: datetime) -> list[dict[str, Any]]:
    """Who is there, and what keeps them: no numbers, since a wall is no place to judge people."""
    people = User.objects.filter(is_active=True).exclude(role__in=WITHOUT_TICKETS)
    people = people.exclude(availability=Availability.OFFLINE)
    if scope.team:
        people = people.filter(teams=scope.team)
    calling = set(_live_calls(now).exclude(state=CallState.RINGING).values_list("agent", flat=True))
    chatting = set(Chat.objects.filter(state=ChatState.ACTIVE).values_list("agent", flat=True))
    return [
        {
            "name": str(user),
            "initials": user.initials,
            "hue": user.hue,
            "state": user.availability,
            "busy": "call" if user.pk in calling else "chat" if user.pk in chatting else "",
        }
        for user in people.order_by("-availability", "name")[:MOST_PEOPLE]  # online before away
    ]


def _today(scope: Scope, midnight: datetime) -> dict[str, Any]:
    with connection.cursor() as cursor:
        facts = {"midnight": midnight, "team": scope.team, "hidden": list(scope.hidden)}
        cursor.execute(TODAY.format(ticket=scope.sql), facts)
        opened, solved, replied, median, good, bad = cursor.fetchone()
    return {"opened": opened, "solved": solved, "replied": replied, "reply": median, "good": good, "bad": bad}


def _stamped(found: dict[str, Any]) -> dict[str, Any]:
    return {**found, "since": _stamp(found["since"])}


def _stamp(moment: datetime | None) -> float | None:
    return moment.timestamp() if moment else None
