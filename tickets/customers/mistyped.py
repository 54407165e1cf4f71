"""Names with a typing mistake in what was asked for.

One mistake leaves the first or the second half of a word as it is, so those who have one of the halves, and all other
words, are looked at and compared letter by letter. Addresses with a mistake are compared by their trigrams.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import reduce
from operator import and_, or_

from django.contrib.postgres.search import TrigramSimilarity
from django.db import connection, transaction
from django.db.models import Q

from customers.folding import Folded, fold_name
from customers.models import Customer, Identity, Organisation
from helpdesk.lib.spelling import distance, swapped
from tickets.customers.patterns import TRIGRAM, has, is_indexed

LOOKED_AT = 1_500
LEAST, SHORT = 4, 6  # letters in which a mistake can be told from another word; that have halves
SIMILAR = 0.6
EMPLOYERS = 10


def nearly(asked: str, words: list[str]) -> Iterator[int]:
    """Ids, the nearest first."""
    if "@" in asked:
        yield from _addresses(asked.lower())
        return
    halves = [reduce(and_, [_half(word), *(has("folded", other) for other in words if other != word)])
              for word in words if len(word) >= LEAST and is_indexed(word)]  # fmt: skip
    if not halves or not all(map(is_indexed, words)):
        return
    yield from (pk for _far, pk in _nearest(Customer, halves, words))
    if employers := _nearest(Organisation, halves, words):
        best = [pk for far, pk in employers if far == employers[0][0]][:EMPLOYERS]
        members = Customer.objects.filter(organisation__in=best).order_by("-pk")
        yield from members.values_list("pk", flat=True)[:LOOKED_AT]


def _nearest(model: type[Customer | Organisation], halves: list[Q], words: list[str]) -> list[tuple[int, int]]:
    """(mistakes, id) of those whose name has them all, the fewest mistakes and the newest first."""
    rows = model._default_manager.alias(folded=Folded("name")).filter(reduce(or_, halves)).order_by()
    near = ((_distance(words, name), pk) for name, pk in rows.values_list("name", "pk")[:LOOKED_AT])
    return sorted(((far, pk) for far, pk in near if far is not None), key=lambda one: (one[0], -one[1]))


def _half(word: str) -> Q:
    """Of a short word hardly anything is left by two letters in each other's place: those are tried by themselves."""
    if len(word) >= SHORT:
        return has("folded", word[: len(word) // 2]) | has("folded", word[len(word) // 2 :])
    tried = [word[:2], word[-TRIGRAM:], *sorted(swapped(word))]
    return reduce(or_, (has("folded", part) for part in tried))


def _distance(words: list[str], name: str) -> int | None:
    """How many mistakes lead from the words to the name; None where there are too many in one of them."""
    parts, far = fold_name(name).split(), 0
    for word in words:
        allowed = 0 if len(word) < LEAST else 1 if len(word) < 6 else 2
        nearest = min((distance(word, part) for part in parts if abs(len(part) - len(word)) <= allowed), default=9)
        if nearest > allowed and not any(part.startswith(word) for part in parts):
            return None
        far += min(nearest, allowed)
    return far


def _addresses(address: str) -> Iterator[int]:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT set_config('pg_trgm.similarity_threshold', %s, true)", [str(SIMILAR)])
        near = Identity.objects.filter(value__trigram_similar=address)
        ordered = near.annotate(like=TrigramSimilarity("value", address)).order_by("-like", "-pk")
        found = list(ordered.values_list("customer_id", flat=True)[:20])
    yield from found
