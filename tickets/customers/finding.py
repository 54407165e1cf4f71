"""Customers by what somebody types: names, any identity, organisations; phone numbers however they are written.

Each way of finding has an index of its own and is bounded: a common name has more bearers than anybody reads, so the
best of the first few hundred are as good as the best of all. Whether they were merged or erased is asked at the end:
asked before, it would take the planner away from the index. Typing mistakes are looked for when nothing is found.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import reduce
from itertools import islice
from operator import and_, or_

from customers.folding import Folded, fold_name
from customers.models import Customer, Identity, IdentityKind, Organisation
from tickets.conditions.people_words import digits_of
from tickets.customers.mistyped import nearly
from tickets.customers.patterns import TRIGRAM, has, is_indexed, plain
from tickets.search.people import requesters_named

MOST = 200  # that are found for one question
LOOKED_AT = 400  # of one kind, from which the best are taken
EMPLOYERS = 10
LONGEST, MAX_WORDS = 120, 6
LEAST_DIGITS = 4
PHONE = re.compile(r"[\d\s()+./-]+")


def find(text: str, limit: int = MOST) -> list[int]:
    """Ids, the best first; empty for a question without words."""
    asked = " ".join(text.replace("\0", " ").split())[:LONGEST]
    words = list(dict.fromkeys(fold_name(asked).split()))[:MAX_WORDS]
    if not words:
        return []
    return _current(_first(_exactly(asked, words), limit)) or _current(_first(nearly(asked, words), limit))


def _first(found: Iterator[int], limit: int) -> list[int]:
    """No way of finding is gone when those before it gave enough."""
    seen: dict[int, None] = {}
    fresh = (pk for pk in found if pk not in seen)
    for pk in islice(fresh, limit):
        seen[pk] = None
    return list(seen)


def _current(ids: list[int]) -> list[int]:
    there = set(Customer.objects.current().filter(pk__in=ids).values_list("pk", flat=True)) if ids else set()
    return [pk for pk in ids if pk in there]


def _exactly(asked: str, words: list[str]) -> Iterator[int]:
    if PHONE.fullmatch(asked) and len(digits := digits_of(asked)) >= LEAST_DIGITS:
        yield from _known_by(digits)
        return
    if len(words) == 1:
        whole = Identity.objects.filter(kind__in=IdentityKind.values, value__in=_spellings(asked))
        yield from (known := list(whole.order_by("pk").values_list("customer_id", flat=True)))
        if known and "@" in asked:
            return
    is_address = len(words) == 1 and re.search(r"[@\d.]", asked) is not None
    if is_address:
        yield from _known_by(asked)
    yield from _named(words)
    if len(words) == 1 and not is_address:
        yield from _known_by(asked)
    yield from _employed(words)


def _spellings(asked: str) -> set[str]:
    """Addresses are kept in lower case, what other systems call a customer as they call them."""
    return {asked.lower()} if "@" in asked else {asked, asked.lower(), asked.upper()}


def _known_by(part: str) -> Iterable[int]:
    """By an identity that contains the part; one that begins with it comes first."""
    if not is_indexed(part.lower()):
        return []
    rows = Identity.objects.filter(reduce(or_, (has("value", it) for it in _spellings(part)))).order_by()
    known = list(rows.values_list("value", "customer_id")[:LOOKED_AT])
    begin = part.lower()
    return [
        pk for _v, pk in sorted(known, key=lambda row: (not row[0].lower().lstrip("+").startswith(begin), -row[1]))
    ]  # fmt: skip


def _named(words: list[str]) -> Iterable[int]:
    """Every word is somewhere in the name; short ones, which have no trigrams, at the beginning of a word."""
    indexed = [word for word in words if is_indexed(word)]
    if not indexed:
        return _named_elsewhere(words)
    rows = Customer.objects.alias(folded=Folded("name"))
    rows = rows.filter(reduce(and_, (has("folded", word) for word in indexed))).order_by()
    known = [row for row in rows.values_list("name", "pk")[:LOOKED_AT] if plain(row[0], words)]
    return [pk for _name, pk in sorted(known, key=lambda row: (_misses(row[0], words), -row[1]))]


def _named_elsewhere(words: list[str]) -> Iterable[int]:
    """Words of scripts that have no trigrams under some collations: from the search's own index."""
    wanted = [word for word in words if len(word) > 1]
    return requesters_named(wanted[0]) if wanted else []


def _misses(name: str, words: list[str]) -> tuple[int, int, int]:
    """How far a name is from the words: how many of them begin no word of it, how many are none, and its length."""
    parts = fold_name(name).split()
    begun = sum(not any(part.startswith(word) for part in parts) for word in words)
    return begun, sum(word not in parts for word in words), len(parts)


def _employed(words: list[str]) -> Iterable[int]:
    """Some word is the organisation's; the others are too, or are in the customer's name: “anna acme”."""
    employers: dict[int, str] = {}
    for word in words:
        if len(word) >= TRIGRAM and is_indexed(word):
            rows = Organisation.objects.alias(folded=Folded("name")).filter(has("folded", word)).order_by()
            employers |= {pk: fold_name(name) for pk, name in rows.values_list("pk", "name")[:LOOKED_AT]}
    fits = {pk: sum(word in name for word in words) for pk, name in employers.items()}
    best = [pk for pk, fit in fits.items() if fit == max(fits.values())][:EMPLOYERS]
    if not best:
        return []
    rest = {pk: [word for word in words if word not in employers[pk]] for pk in best}
    members = Customer.objects.filter(organisation__in=best).order_by("-pk")
    known = members.values_list("pk", "name", "organisation_id")[: LOOKED_AT * 10]
    return [pk for pk, name, employer in known if plain(name, rest[employer or 0])]
