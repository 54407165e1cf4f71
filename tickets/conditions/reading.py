"""A tree as a `Q` for lists, and as a match in memory for rules. A property test holds the two equal."""

from __future__ import annotations

from datetime import datetime
from functools import reduce
from operator import and_, or_

from django.db.models import Q

from helpdesk.accounts.models import User
from tickets.conditions.asking import Asking
from tickets.conditions.catalogue import Fields
from tickets.conditions.facts import Facts
from tickets.conditions.scopes import LIST
from tickets.conditions.sources import EVERYTHING, NOTHING
from tickets.conditions.tree import Condition, Group, Node, Tree, parse


def as_q(tree: Tree, *, user: User | None, now: datetime, scope: str = LIST, fields: Fields | None = None) -> Q:
    """For querysets of tickets, of customers in the scope of theirs. No condition joins many rows, so none comes twice.

    Raises `Invalid`.
    """
    return _q(parse(tree, scope, fields), Asking(user, now))


def matches(tree: Tree, facts: Facts, *, user: User | None, now: datetime) -> bool:
    """The same question asked of what `facts_of` has loaded; touches no database. Raises `Invalid`."""
    return _holds(parse(tree), facts, Asking(user, now))


def holds(group: Group, facts: Facts, asking: Asking) -> bool:
    """`matches` for a tree that was read before, for those who ask it of many tickets or at many moments."""
    return _holds(group, facts, asking)


def _q(node: Node, asking: Asking, *, holds: bool = True) -> Q:
    """Negation is carried down to the conditions (De Morgan): a `NOT` around a group would hide it from indexes."""
    if isinstance(node, Condition):
        return node.field.q(node.operator, node.value, asking, holds=holds)
    every = [_q(child, asking, holds=holds) for child in node.all]
    every += [_q(child, asking, holds=not holds) for child in node.none]
    some = [_q(child, asking, holds=holds) for child in node.any]
    if holds:
        return reduce(and_, [*every, *([reduce(or_, some)] if some else [])] or [EVERYTHING])
    return reduce(or_, [*every, *([reduce(and_, some)] if some else [])] or [NOTHING])


def _holds(node: Node, facts: Facts, asking: Asking) -> bool:
    if isinstance(node, Condition):
        return node.field.test(facts.values(node.field), node.operator, node.value, asking)
    return (
        all(_holds(child, facts, asking) for child in node.all)
        and (not node.any or any(_holds(child, facts, asking) for child in node.any))
        and not any(_holds(child, facts, asking) for child in node.none)
    )
