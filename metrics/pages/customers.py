"""Customers and organisations: who writes most, what it takes to help them, and who may be about to leave."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from metrics.pages.drawing import bars_by
from metrics.pages.parts import Block, Cell, Column, Page, Row, Table, columns_of, few_note, rows_of_groups, tile
from metrics.pages.wanted import Wanted
from metrics.questions import Group

STRIP = ("opened", "customer_messages", "reopens", "full_resolution", "csat", "ces")
EFFORT = ("opened", "customer_messages", "replies", "reopens", "full_resolution", "csat")
SIGNALS = ("ratings_bad", "reopens", "sla_breached", "ticket_age")
SHOWN: Final = 15
OPEN_FROM: Final = 3  # tickets at once
REOPENED_FROM: Final = 2
AT_RISK_FROM: Final = 2  # signals


def customers(wanted: Wanted) -> Page:
    over, before = wanted.ask(*STRIP, by=[wanted.grain]), wanted.before(*STRIP)
    return Page(
        tiles=[tile(name, wanted, over, before) for name in STRIP],
        blocks=[
            Block(
                table=_most(wanted, "organization", _("Organisations that write most"), _("Organisation")),
                width="whole",
            ),
            Block(table=_most(wanted, "customer", _("Customers who write most"), _("Customer")), width="whole"),
            Block(table=_at_risk(wanted, "organization", _("Organisations at risk"), _("Organisation"))),
            Block(table=_at_risk(wanted, "customer", _("Customers at risk"), _("Customer"))),
            bars_by(wanted.ask("opened", by=["tier"]), wanted, "tiers", _("Opened, by the customer’s tier"), "opened"),
            bars_by(wanted.ask("opened", by=["language"]), wanted, "languages", _("Opened, by language"), "opened"),
        ],
        notes=over.notes,
    )


def _most(wanted: Wanted, dimension: str, title: str, first: str) -> Table:
    """The most messages first: here an order by size is what is asked for, and it judges nobody."""
    answer = wanted.ask(*EFFORT, by=[dimension])
    named = [group for group in answer.groups if group.key[0]]
    most = sorted(named, key=lambda group: -_value(group, "customer_messages"))[:SHOWN]
    rows = [_linked(row, dimension) for row in rows_of_groups(most, answer, wanted, *EFFORT)]
    return Table(dimension, title, columns_of(*EFFORT), rows, first=first, hint=_("by messages"), note=few_note(rows))


def _linked(row: Row, dimension: str) -> Row:
    page = "customer" if dimension == "customer" else "organisation"
    return replace(row, link=reverse(page, args=[int(row.key[0])]))


def _at_risk(wanted: Wanted, dimension: str, title: str, first: str) -> Table:
    """Whoever shows two signs or more, with the signs in words; most signs first."""
    answer = wanted.ask(*SIGNALS, by=[dimension])
    found = [(group, signs) for group in answer.groups if group.key[0] and len(signs := _signs(group)) >= AT_RISK_FROM]
    found.sort(key=lambda pair: (-len(pair[1]), pair[0].names[0].casefold()))
    rows = [
        _linked(Row(group.names[0], [Cell(", ".join(signs), is_words=True)], group.key), dimension)
        for group, signs in found[:SHOWN]
    ]
    return Table(f"risk-{dimension}", title, [Column(_("Signs"))], rows, first=first, note=_explained())


def _signs(group: Group) -> list[str]:
    bad, reopens, missed = (int(_value(group, name)) for name in SIGNALS[:3])
    open_now = group.figures["ticket_age"].n if "ticket_age" in group.figures else 0
    told: Sequence[tuple[bool, str]] = (
        (bad > 0, ngettext("%(n)s bad rating", "%(n)s bad ratings", bad) % {"n": bad}),
        (open_now >= OPEN_FROM, ngettext("%(n)s open ticket", "%(n)s open tickets", open_now) % {"n": open_now}),
        (reopens >= REOPENED_FROM, ngettext("reopened %(n)s time", "reopened %(n)s times", reopens) % {"n": reopens}),
        (missed > 0, ngettext("%(n)s promise missed", "%(n)s promises missed", missed) % {"n": missed}),
    )
    return [words for is_so, words in told if is_so]


def _explained() -> str:
    words: Mapping[str, int] = {"signs": AT_RISK_FROM, "open": OPEN_FROM, "reopened": REOPENED_FROM}
    return (
        _(
            "At risk: at least %(signs)s of these signs. A bad rating, %(open)s tickets open now, solved tickets "
            "reopened %(reopened)s times, a promise missed in the period."
        )
        % words
    )


def _value(group: Group, name: str) -> float:
    figure = group.figures.get(name)
    return (figure.value if figure else None) or 0
