"""What customers said of one person's work: ratings, and words of thanks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from helpdesk.accounts.models import User
from metrics.intervals import wilson
from metrics.models import Moment, MomentKind
from tickets.models import Message, MessageKind, Rating, Score, Status, SurveyKind, Ticket

LOOKED_BACK: Final = timedelta(days=42)
MOST_RATINGS: Final = 20
MOST_THANKS: Final = 6
ASKED: Final = 300  # tickets with an answer of theirs, the newest first, whose messages are read
LONGEST_THANKS: Final = 300  # characters: who writes more has something to say, and thanks out of politeness
SHOWN: Final = 280  # of what was said
FEW: Final = 30
# A letter that asks for something thanks too: only short ones that ask nothing and complain of nothing are praise.
THANKS: Final = (
    r"\m(thanks|thank you|thank u|thx|many thanks|danke|dankesch[oö]n|vielen dank|herzlichen dank|merci|gracias|grazie"
    r"|bedankt|obrigad[oa]|tack|dzi[eę]kuj[eę])\M"
)
COMPLAINTS: Final = (
    r"\m(but|however|never|not|didn|doesn|still|unfortunately|error|problem|wrong|broken|refund|complaint"
    r"|aber|leider|nicht|kein|keine|noch|fehler|kaputt|defekt|falsch|reklamation)\M"
)


@dataclass(frozen=True)
class Praise:
    """`words` of a customer on ticket `number`. `by` is empty where the customer is not known any more."""

    words: str
    by: str
    at: datetime
    number: int


@dataclass(frozen=True)
class Votes:
    """Of the last six weeks, of those that count. `score` is per cent; of few votes `low` and `high` say more."""

    good: int = 0
    bad: int = 0

    @property
    def n(self) -> int:
        return self.good + self.bad

    @property
    def score(self) -> float | None:
        return 100 * self.good / self.n if self.n else None

    @property
    def is_few(self) -> bool:
        return self.n < FEW

    @property
    def low(self) -> float:
        return wilson(self.good, self.n)[0]

    @property
    def high(self) -> float:
        return wilson(self.good, self.n)[1]


def ratings_of(user: User, *, now: datetime) -> tuple[Votes, list[Rating]]:
    """How many, and those with words, the newest first. They belong to whom the customer had then (§6.6)."""
    counted = Rating.objects.filter(
        kind=SurveyKind.CSAT, replaced_by=None, assignee=user, at__gte=now - LOOKED_BACK, at__lte=now
    )
    scores = list(counted.values_list("score", flat=True))
    written = counted.exclude(comment="").select_related("customer").order_by("-at", "-pk")
    return Votes(scores.count(Score.GOOD), scores.count(Score.BAD)), list(written[:MOST_RATINGS])


def praise_of(user: User, ratings: Sequence[Rating], *, now: datetime) -> list[Praise]:
    """Good comments and thanks, the newest first. Of each ticket one."""
    told = [
        Praise(_short(each.comment), str(each.customer or ""), each.at, each.ticket_id)
        for each in ratings
        if each.score == Score.GOOD
    ]
    found = {each.number: each for each in sorted([*thanks_to(user, now=now), *told], key=lambda each: each.at)}
    return sorted(found.values(), key=lambda each: each.at, reverse=True)[:MOST_THANKS]


def thanks_to(user: User, *, now: datetime) -> list[Praise]:
    """Short messages of customers with a word of thanks, after this person's answer on a ticket that is solved now."""
    replied = Moment.objects.filter(user_id=user.pk, at__gte=now - LOOKED_BACK, kind=MomentKind.REPLIED)
    first_answers: dict[int, datetime] = {}
    for number, at in replied.order_by("-at").values_list("ticket", "at")[: 2 * ASKED]:
        first_answers[number] = at  # the oldest of those read stays
    helped = Ticket.objects.visible_to(user).filter(status__in=[Status.SOLVED, Status.CLOSED])
    visible = helped.filter(pk__in=list(first_answers)[:ASKED])
    said = Message.objects.filter(
        ticket__in=visible, kind=MessageKind.PUBLIC, author_role="", is_auto_reply=False, erased_at=None,
        created_at__gte=now - LOOKED_BACK, text__iregex=THANKS,
    )  # fmt: skip
    kind = said.exclude(text__contains="?").exclude(text__iregex=COMPLAINTS)
    rows = kind.order_by("-created_at").values_list(
        "text", "author_name", "created_at", "ticket"
    )[:ASKED]  # fmt: skip
    return [
        Praise(_short(text), name, at, number)
        for text, name, at, number in rows
        if len(text) <= LONGEST_THANKS and at > first_answers[number]
    ]


def _short(text: str) -> str:
    words = " ".join(text.split())
    return words if len(words) <= SHOWN else f"{words[: SHOWN - 1].rstrip()}…"
