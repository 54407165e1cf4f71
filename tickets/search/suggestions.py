"""What may be meant while somebody is still typing: a few tickets, customers and views, quickly."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from customers.folding import Folded, fold_name
from customers.models import Organisation
from helpdesk.accounts.models import User
from helpdesk.lib.words import fold
from tickets.models import Ticket
from tickets.queue import VIEWS
from tickets.search.finding import find
from tickets.search.parsing import Query, SearchError, one_line, parse
from tickets.search.people import customers_for, has_trigrams
from tickets.search.rows import Row, rows_of
from tickets.shelf import shelf

TICKETS, CUSTOMERS, ORGANISATIONS, VIEWS_SHOWN = 5, 4, 2, 3
LONGEST = 100


@dataclass(frozen=True)
class Suggestion:
    label: str
    detail: str
    url: str
    icon: str
    group: str


def suggest(text: str, user: User) -> list[dict[str, str]]:
    """Suggestions for the beginning of a search; for one that can't be read, only the way to the results."""
    text = one_line(text)[:LONGEST]
    if not text:
        return []
    everything = Suggestion(
        _("Search for “%(words)s”") % {"words": text},
        "",
        f"/agent/search/?{urlencode({'q': text})}",
        "search",
        _("Search"),
    )
    try:
        query = _unfinished(parse(text, user))
        found = [*_tickets(query, user), *_views(text, user), *_customers(query), *_organisations(query)]
    except SearchError:
        found = []
    return [asdict(suggestion) for suggestion in [*found, everything]]


def _unfinished(query: Query) -> Query:
    """The last word may still go on."""
    if not query.terms or query.terms[-1].is_phrase:
        return query
    last = replace(query.terms[-1], is_prefix=True)
    return replace(query, terms=(*query.terms[:-1], last))


def _tickets(query: Query, user: User) -> list[Suggestion]:
    found: list[Row] = []
    if query.number is not None and query.number < 2**63:
        found = rows_of(Ticket.objects.visible_to(user).filter(pk=query.number).values_list("pk", flat=True))
    if query.terms:
        found += find(replace(query, is_head_only=True), user, size=TICKETS).tickets
    shown = {ticket.pk: ticket for ticket in found}
    return [
        Suggestion(
            ticket.subject or _("No subject"),
            f"#{ticket.pk} · {ticket.who}",
            f"/agent/tickets/{ticket.pk}/",
            "ticket",
            _("Tickets"),
        )
        for ticket in list(shown.values())[:TICKETS]
    ]


def _customers(query: Query) -> list[Suggestion]:
    return [
        Suggestion(
            customer.name,
            customer.known_by,
            f"/customers/{customer.pk}/",
            "user-round",
            _("Customers"),
        )
        for customer in customers_for(query, CUSTOMERS)
    ]


def _organisations(query: Query) -> list[Suggestion]:
    """Every word is somewhere in the name. Filters and phrases ask for tickets."""
    words = [fold_name(word) for term in query.terms for word in term.words]
    is_plain = not query.tree and not any(term.is_phrase or term.is_negative for term in query.terms)
    if not words or not is_plain or not all(map(has_trigrams, words)):
        return []
    found = Organisation.objects.alias(folded=Folded("name"))
    for word in words:
        found = found.filter(folded__contains=word)
    return [
        Suggestion(
            organisation.name,
            ", ".join(organisation.domains[:2]),
            f"/customers/organisations/{organisation.pk}/",
            "building-2",
            _("Organisations"),
        )
        for organisation in found.order_by("name")[:ORGANISATIONS]
    ]


def _views(text: str, user: User) -> list[Suggestion]:
    mine = shelf(user)
    views = [*VIEWS.values(), *mine.mine, *mine.team, *mine.everyone]
    wanted = fold(text)
    found = [view for view in views if wanted in fold(str(view.title))]
    return [
        Suggestion(str(view.title), "", f"/agent/?{urlencode({'view': view.slug})}", view.icon, _("Views"))
        for view in found[:VIEWS_SHOWN]
    ]
