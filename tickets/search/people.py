"""Customers by the words of their names, addresses and organisations."""

from __future__ import annotations

from collections.abc import Iterable

from django.db.models import F, QuerySet

from customers.folding import Folded, fold_name
from customers.models import Customer, Identity
from tickets.models import SearchEntry
from tickets.search.parsing import Query
from tickets.search.vectors import HEAD
from tickets.search.words import words_of

SHOWN = 5
MOST_REQUESTERS = 500
MAX_WORDS = 4  # a longer question is not somebody's name


def customers_named(text: str) -> QuerySet[Customer]:
    """Each word of `text` is somewhere in the customer's name, an address, or the name of their organisation."""
    return _with_all(words_of(text))


def customers_for(query: Query, limit: int = SHOWN) -> list[Customer]:
    """Who the words may mean, newest first. Filters and phrases ask for tickets, and so do many words."""
    words = [word for term in query.terms for word in term.words]
    is_plain = not query.tree and not any(term.is_phrase or term.is_negative for term in query.terms)
    if "customer" not in query.kinds or not is_plain or not 0 < len(words) <= MAX_WORDS:
        return []
    found = _with_all(words).select_related("organisation").prefetch_related("identities")
    return list(found.order_by("-pk")[:limit])


def _with_all(words: Iterable[str]) -> QuerySet[Customer]:
    found = Customer.objects.all()
    words = list(words)
    for word in words:
        found = found.filter(pk__in=_with(word))
    return found if words else found.none()


def _with(word: str) -> QuerySet[Customer, int]:
    """Three questions, each with an index of its own; joined by OR they would have none."""
    part = fold_name(word)
    if len(part) < 3 or not part.isascii():  # has no trigrams, for PostgreSQL in a C locale
        return _requesters_named(word)
    by_name = Customer.objects.alias(folded=Folded("name")).filter(folded__contains=part)
    by_address = Identity.objects.filter(value__contains=part)
    by_employer = Customer.objects.alias(folded=Folded("organisation__name")).filter(folded__contains=part)
    return by_name.values_list("pk", flat=True).union(
        by_address.values_list("customer", flat=True), by_employer.values_list("pk", flat=True)
    )


def _requesters_named(word: str) -> QuerySet[Customer, int]:
    """By the search's own index instead: who wrote the newest tickets with the word in their head."""
    heads = SearchEntry.objects.filter(vector__asks=HEAD + word)
    newest = heads.order_by((F("newest") + 0).desc())  # the bare sum keeps the planner from walking all of them
    ids = set(newest.values_list("ticket__requester", flat=True)[:MOST_REQUESTERS])
    named = Customer.objects.filter(pk__in=ids).alias(folded=Folded("name")).filter(folded__contains=fold_name(word))
    return named.values_list("pk", flat=True)
