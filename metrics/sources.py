"""The rows that measures count, as one person may see them and as the conditions of a question let them through."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import CharField, Model, Q, QuerySet, TextField
from django.db.models.expressions import Combinable
from django.utils import timezone

from helpdesk.accounts.models import Role, User
from metrics.measure import Measure, Source
from metrics.models import BacklogDay, Fact, Moment, MomentKind
from metrics.questions import Question
from tickets.conditions import as_q
from tickets.models import Call, Chat, Rating, SurveyInvitation, Ticket

# What facts say as tickets do: conditions that name nothing else need not look at the tickets.
ALSO_IN_FACTS = frozenset({"status", "priority", "type", "channel", "inbox_id", "team_id", "assignee_id", "pk"})
IN_SNAPSHOTS = frozenset({"status", "priority", "type", "channel", "inbox_id", "pk"})


class NotInSnapshots(Exception):
    """The backlog of past days can't be told by that: its snapshots hold no such thing."""


@dataclass(frozen=True)
class Rows:
    """`ticket` is the way to the ticket, `""` for tickets themselves."""

    model: type[Model]
    ticket: str = "ticket"
    when: Q | None = None  # of all its measures

    def path(self, name: str) -> str:
        """From a row to something of its ticket."""
        return f"{self.ticket}__{name}" if self.ticket else name


SOURCES: Mapping[Source, Rows] = {
    Source.FACT: Rows(Fact),
    # Every kind there is: named, so that the index by kind and time finds a span of time.
    Source.MOMENT: Rows(Moment, when=Q(kind__in=MomentKind.values)),
    Source.RATING: Rows(Rating, when=Q(replaced_by__isnull=True)),
    Source.INVITATION: Rows(SurveyInvitation, when=Q(sent_at__isnull=False)),
    Source.CHAT: Rows(Chat, when=Q(ticket__isnull=False)),
    Source.CALL: Rows(Call),
    Source.UNSOLVED: Rows(Ticket, ticket="", when=Q(status__in=["new", "open", "pending", "hold"])),
    Source.BACKLOG: Rows(BacklogDay, ticket=""),
}


def rows_of(source: Source, question: Question) -> QuerySet[Any]:
    """What `question.user` may see of them and its conditions let through, of any day. Raises `conditions.Invalid`."""
    rows = SOURCES[source]
    found: QuerySet[Any] = rows.model._default_manager.all()
    if rows.when is not None:
        found = found.filter(rows.when)
    return _that_hold(_seen_by(found, source, question.user), source, question)


def kinds_of(measures: Iterable[Measure]) -> set[str]:
    """Of moments: those that the measures count."""
    named = {value for one in measures if one.where is not None for value in _values(one.where, "kind")}
    return named or set(MomentKind.values)


def _values(node: Any, column: str) -> Iterator[str]:
    for child in node.children:
        if isinstance(child, Q):
            yield from _values(child, column)
        elif child[0] == column:
            yield str(child[1])


def _seen_by(found: QuerySet[Any], source: Source, user: User) -> QuerySet[Any]:
    """As `Ticket.objects.visible_to` says it, of each row's ticket as it is now."""
    if not user.is_active or user.role == Role.COMPANY:
        return found.none()
    if not (hidden := user.hidden_team_ids):
        return found
    if source in (Source.FACT, Source.UNSOLVED, Source.BACKLOG):
        return found.exclude(team_id__in=hidden)
    return found.exclude(ticket__team_id__in=hidden)


def _that_hold(found: QuerySet[Any], source: Source, question: Question) -> QuerySet[Any]:
    if not question.conditions:
        return found
    holds = as_q(dict(question.conditions), user=question.user, now=timezone.now())
    named = {path.partition("__")[0] for path in _paths(holds)}
    if source is Source.BACKLOG:
        if not named <= IN_SNAPSHOTS:
            raise NotInSnapshots
        return found.filter(holds)
    if source is Source.UNSOLVED:
        return found.filter(holds)
    if named <= ALSO_IN_FACTS:
        if source is Source.FACT:
            return found.filter(holds)
        return found.filter(ticket_id__in=Fact.objects.filter(holds).values("pk"))
    return found.filter(ticket_id__in=Ticket.objects.filter(holds).values("pk"))


def of_key(rows: QuerySet[Any], name: str, value: Combinable | None, key: str) -> QuerySet[Any]:
    """Those of them whose `value`, carried as `name`, has that key; "" is none. None at all where there is no value."""
    if value is None:
        return rows.none()
    rows = rows.annotate(**{name: value})
    if key:
        return rows.filter(**{name: key})
    is_text = isinstance(rows.query.annotations[name].output_field, CharField | TextField)
    return rows.filter(Q(**{f"{name}__isnull": True}) | (Q(**{name: ""}) if is_text else Q()))


def _paths(node: Any) -> Iterator[str]:
    """The names of the columns that a condition reads; "?" for what is more than a column."""
    if isinstance(node, tuple):
        yield node[0]
    elif isinstance(node, Q):
        for child in node.children:
            yield from _paths(child)
    else:
        yield "?"
