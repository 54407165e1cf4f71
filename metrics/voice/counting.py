"""The count: which terms rose in the last seven days against the eight weeks before.

Two readings. The first takes all terms of the seven days and keeps those that enough customers used. The second reads
the weeks before and counts only these, so memory stays small whatever the number of tickets. The unit of both is one
ticket in one week.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from helpdesk.accounts.models import User
from helpdesk.lib.words import words_of
from metrics.models import TermKind
from metrics.voice.reading import Said, how_many, said
from metrics.voice.scoring import FEWEST_CUSTOMERS, FEWEST_TICKETS, rises
from metrics.voice.words import Term, Vocabulary, stop_words, terms_of, wanted_in

WEEK: Final = timedelta(days=7)
WEEKS: Final = 8  # before
MOST_RECENT: Final = 20_000  # tickets of the seven days that are read; of more one in so many
MOST_BEFORE: Final = 60_000
MOST_TERMS: Final = 80  # that are kept
MOST_TICKETS: Final = 300  # of a term that are kept, the newest first
INSIDE: Final = 0.8  # of a word's tickets, in which it stands in one rising pair: the pair says it

Teams = Counter[int]


@dataclass
class Recent:
    """What the seven days hold of one term."""

    tickets: dict[int, int] = field(default_factory=dict)  # ticket → team, 0 none; in reading order
    customers: set[int] = field(default_factory=set)
    languages: Counter[str] = field(default_factory=Counter)


@dataclass(frozen=True)
class Risen:
    kind: str
    term: str
    shown: str
    language: str
    score: float
    customers: int
    weeks: Mapping[int, list[int]]  # by team, 0 none: the oldest week first, the seven days last
    tickets: list[int]


@dataclass(frozen=True)
class Count:
    tickets: int
    before: int  # tickets in weeks
    every: int
    terms: list[Risen]


def count(until: datetime) -> Count:
    vocabulary, recent_since = Vocabulary(), until - WEEK
    since = recent_since - WEEKS * WEEK
    thinned = max(1, -(-how_many(recent_since, most=50 * MOST_RECENT) // MOST_RECENT))
    found, totals = _recent(recent_since, until, vocabulary, thinned)
    kept = _kept(found, vocabulary)
    every = max(1, -(-how_many(since, most=50 * MOST_BEFORE) // MOST_BEFORE))
    before, totals_before = _before(since, recent_since, kept, vocabulary, every)
    risen = []
    of, of_before = totals.total(), sum(week.total() for week in totals_before)
    for term, recent in kept.items():
        weeks = before.get(term, [Counter() for _ in range(WEEKS)])
        score = rises(len(recent.tickets), of, sum(week.total() for week in weeks), of_before)
        if score:
            risen.append(_risen(term, recent, weeks, score, vocabulary, every))
    shown = sorted(_without_inner(risen), key=lambda each: each.score, reverse=True)[:MOST_TERMS]
    return Count(of, of_before, every, shown)


def _by_ticket(pieces: Iterable[list[Said]]) -> Iterable[list[Said]]:
    for piece in pieces:
        tickets: defaultdict[int, list[Said]] = defaultdict(list)
        for each in piece:
            tickets[each.ticket].append(each)
        yield from tickets.values()


def _recent(since: datetime, until: datetime, vocabulary: Vocabulary, every: int) -> tuple[dict[Term, Recent], Teams]:
    found: defaultdict[Term, Recent] = defaultdict(Recent)
    totals: Teams = Counter()
    for messages in _by_ticket(said(since, until, every=every)):
        ticket, team = messages[0].ticket, messages[0].team or 0
        totals[team] += 1
        terms: set[Term] = {(TermKind.TAG.value, tag) for tag in messages[0].tags}
        for each in messages:
            terms |= terms_of(f"{each.subject}\n{each.text}", vocabulary)
        people = {each.customer for each in messages if each.customer}
        language = next((each.language for each in messages if each.language), "")
        for term in terms:
            recent = found[term]
            recent.tickets[ticket] = team
            recent.customers |= people
            recent.languages[language] += 1
    return found, totals


def _kept(found: Mapping[Term, Recent], vocabulary: Vocabulary) -> dict[Term, Recent]:
    """What enough tickets and customers have, without words that stand everywhere."""
    often = {
        term: recent
        for term, recent in found.items()
        if len(recent.tickets) >= FEWEST_TICKETS and len(recent.customers) >= FEWEST_CUSTOMERS
    }
    languages = {language for recent in often.values() for language in recent.languages if language}
    stopped = stop_words(often, vocabulary, languages) | _names_of_staff()
    return {
        (kind, words): recent
        for (kind, words), recent in often.items()
        if kind == TermKind.TAG or not stopped.intersection(words.split())
    }


def _names_of_staff() -> set[str]:
    """Customers greet whoever answers them: a new colleague is no subject."""
    return {word for name in User.objects.values_list("name", flat=True) for word in words_of(name)}


def _before(
    since: datetime, until: datetime, wanted: Collection[Term], vocabulary: Vocabulary, every: int
) -> tuple[dict[Term, list[Teams]], list[Teams]]:
    words = {term for kind, term in wanted if kind == TermKind.WORD}
    pairs = {term for kind, term in wanted if kind == TermKind.PAIR}
    tags = {term for kind, term in wanted if kind == TermKind.TAG}
    found: defaultdict[Term, list[Teams]] = defaultdict(lambda: [Counter() for _ in range(WEEKS)])
    totals: list[Teams] = [Counter() for _ in range(WEEKS)]
    for messages in _by_ticket(said(since, until, every=every)):
        weeks: defaultdict[int, set[Term]] = defaultdict(set)
        for each in messages:
            week = min(WEEKS - 1, int((each.at - since) / WEEK))
            weeks[week] |= wanted_in(f"{each.subject}\n{each.text}", words, pairs, vocabulary)
            weeks[week] |= {(TermKind.TAG.value, tag) for tag in each.tags if tag in tags}
        team = messages[0].team or 0
        for week, terms in weeks.items():
            totals[week][team] += 1
            for term in terms:
                found[term][week][team] += 1
    return found, totals


def _risen(term: Term, recent: Recent, weeks: list[Teams], score: float, vocabulary: Vocabulary, every: int) -> Risen:
    """Weeks of which only one ticket in `every` was read are counted up to all of them."""
    kind, words = term
    now = Counter(recent.tickets.values())
    teams = {team for week in weeks for team in week} | set(now)
    by_team = {team: [*(week[team] * every for week in weeks), now[team]] for team in teams}
    language = recent.languages.most_common(1)[0][0] if recent.languages else ""
    shown = words if kind == TermKind.TAG else vocabulary.shown(words)
    return Risen(
        kind, words, shown, language, score, len(recent.customers), by_team, list(recent.tickets)[:MOST_TICKETS]
    )


def _without_inner(risen: list[Risen]) -> list[Risen]:
    """Of "app", "crash" and "app crash" the pair alone, where the words rise because of it."""
    inner: set[str] = set()
    words = {each.term: set(each.tickets) for each in risen if each.kind == TermKind.WORD}
    for pair in risen:
        if pair.kind == TermKind.PAIR:
            tickets = set(pair.tickets)
            for word in pair.term.split():
                its = words.get(word)
                if its and len(tickets & its) >= INSIDE * len(its):
                    inner.add(word)
    return [each for each in risen if each.kind != TermKind.WORD or each.term not in inner]
