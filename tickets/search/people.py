"""Customers by the words of their names, addresses and organisations."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

from django.db import connection
from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from customers.folding import Folded, fold_name, folded_sql
from customers.models import Customer, Identity
from helpdesk.lib.words import words_of
from tickets.models import SearchEntry
from tickets.search.parsing import Query
from tickets.search.vectors import HEAD

SHOWN = 5
MOST_REQUESTERS = 500
MAX_WORDS = 4  # a longer question is not somebody's name

# Three questions, each with an index of its own; joined by OR they would have none.
NAMED = """
SELECT id FROM customers_customer WHERE {name} LIKE %s
UNION SELECT customer_id FROM customers_identity WHERE value LIKE %s
UNION SELECT c.id FROM customers_organisation o JOIN customers_customer c ON c.organisation_id = o.id
  WHERE {organisation} LIKE %s
""".format(name=folded_sql("name"), organisation=folded_sql("o.name"))  # noqa: S608 our own columns
LISTED = "SELECT unnest(%s::bigint[]) AS id"
# What is common is soon found among the newest; collecting all "the" of a million names takes a sixth of a second.
NEWEST = """
SELECT id FROM customers_customer WHERE merged_into_id IS NULL AND erased_at IS NULL ORDER BY id DESC LIMIT 2000
"""
# Newest first, and only until there are enough; `OFFSET 0` keeps the planner from walking all customers instead.
FOUND = """
SELECT c.id, c.name,
  coalesce((SELECT value FROM customers_identity i WHERE i.customer_id = c.id ORDER BY i.id LIMIT 1), ''),
  coalesce(o.name, '')
FROM (SELECT id FROM ({named}) named ORDER BY id DESC OFFSET 0) n
CROSS JOIN LATERAL (
  SELECT * FROM customers_customer WHERE id = n.id AND merged_into_id IS NULL AND erased_at IS NULL OFFSET 0
) c LEFT JOIN customers_organisation o ON o.id = c.organisation_id
WHERE {others} ORDER BY n.id DESC LIMIT %s
"""
# One of the words is looked up, and the others are asked of those who have it, until enough are found: "and" is in so
# many names and addresses that collecting all of them takes longer than the rest of the page.
ALSO_NAMED = """({name} LIKE %s OR {organisation} LIKE %s
  OR EXISTS (SELECT FROM customers_identity i WHERE i.customer_id = c.id AND i.value LIKE %s OFFSET 0))
""".format(name=folded_sql("c.name"), organisation=folded_sql("o.name"))
COUNTED = f"(SELECT count(*) FROM ({NAMED.replace('UNION', 'UNION ALL')} LIMIT %s) named)"  # noqa: S608 our own
FEW = 500


class FoundCustomer(NamedTuple):
    pk: int
    name: str
    known_by: str
    organisation: str


def customers_named(text: str) -> QuerySet[Customer]:
    """Each word of `text` is somewhere in the customer's name, an address, or the name of their organisation."""
    return _with_all(words_of(text))


def customers_for(query: Query, limit: int = SHOWN) -> list[FoundCustomer]:
    """Who the words may mean, newest first. Filters and phrases ask for tickets, and so do many words."""
    words = list(dict.fromkeys(word for term in query.terms for word in term.words))
    is_plain = not query.tree and not any(term.is_phrase or term.is_negative for term in query.terms)
    if "customer" not in query.kinds or not is_plain or not 0 < len(words) <= MAX_WORDS:
        return []
    with connection.cursor() as cursor:
        first, is_common = _rarest(cursor, words)
        found = _found(cursor, NEWEST, [], words, limit) if is_common else []
        if len(found) < limit:
            named, others = NAMED if _is_sought(first) else LISTED, [word for word in words if word != first]
            found = _found(cursor, named, _params(first), others, limit)
        return found


def _found(cursor: Any, named: str, params: list[Any], others: Sequence[str], limit: int) -> list[FoundCustomer]:
    """Of those that `named` asks for, the newest that have the other words as well.

    By hand: `_with_all` as a queryset takes longer to compile than to run.
    """
    also = " AND ".join(ALSO_NAMED if _is_sought(word) else "c.id = ANY(%s)" for word in others)
    params = [*params, *(param for word in others for param in _params(word)), limit]
    cursor.execute(FOUND.format(named=named, others=also or "true"), params)
    return [FoundCustomer(pk, name or _("Unnamed customer"), *known) for pk, name, *known in cursor.fetchall()]


def _rarest(cursor: Any, words: Sequence[str]) -> tuple[str, bool]:
    """The word that the fewest customers have, and whether even that is common.

    Of common ones the longest, since counting them would take as long as finding them.
    """
    sought = [word for word in words if _is_sought(word)]
    if not sought:
        return words[0], False
    params = [param for word in sought for param in (*_params(word), FEW + 1)]
    cursor.execute(f"SELECT {', '.join([COUNTED] * len(sought))}", params)
    number, rarest = min(zip(cursor.fetchone(), sought, strict=True))
    return (rarest, False) if number <= FEW else (max(sought, key=len), True)


def _is_sought(word: str) -> bool:
    return has_trigrams(fold_name(word))


def _params(word: str) -> list[Any]:
    return [f"%{_literal(fold_name(word))}%"] * 3 if _is_sought(word) else [list(requesters_named(word))]


def _with_all(words: Iterable[str]) -> QuerySet[Customer]:
    found = Customer.objects.filter(merged_into=None, erased_at=None)
    words = list(words)
    for word in words:
        found = found.filter(pk__in=_with(word))
    return found if words else found.none()


def _literal(part: str) -> str:
    """So that nothing in it stands for anything in LIKE."""
    return part.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def has_trigrams(part: str) -> bool:
    """For PostgreSQL in a C locale."""
    return len(part) >= 3 and part.isascii()


def _with(word: str) -> QuerySet[Customer, int]:
    """Three questions, each with an index of its own; joined by OR they would have none."""
    part = fold_name(word)
    if not has_trigrams(part):
        return requesters_named(word)
    by_name = Customer.objects.alias(folded=Folded("name")).filter(folded__contains=part)
    by_address = Identity.objects.filter(value__contains=part)
    by_employer = Customer.objects.alias(folded=Folded("organisation__name")).filter(folded__contains=part)
    return by_name.values_list("pk", flat=True).union(
        by_address.values_list("customer", flat=True), by_employer.values_list("pk", flat=True)
    )


def requesters_named(word: str) -> QuerySet[Customer, int]:
    """By the search's own index instead: who wrote the newest tickets with the word in their head."""
    heads = SearchEntry.objects.filter(vector__asks=HEAD + word)
    newest = heads.order_by((F("newest") + 0).desc())  # the bare sum keeps the planner from walking all of them
    ids = set(newest.values_list("ticket__requester", flat=True)[:MOST_REQUESTERS])
    named = Customer.objects.filter(pk__in=ids).alias(folded=Folded("name")).filter(folded__contains=fold_name(word))
    return named.values_list("pk", flat=True)
