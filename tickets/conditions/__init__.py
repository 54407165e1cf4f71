"""The condition language: one catalogue of fields and operators, read as a `Q` for lists and in memory for rules.

A tree is JSON: `{"all": [...], "any": [...], "none": [...]}` around `{"field", "operator", "value"}`, see
docs/conditions.md.
"""

from tickets.conditions.catalogue import catalogue
from tickets.conditions.checking import check, problems
from tickets.conditions.facts import Facts, facts_of, facts_of_many
from tickets.conditions.field import Field
from tickets.conditions.personal import scope_of
from tickets.conditions.problems import Invalid, Problem
from tickets.conditions.reading import as_q, matches
from tickets.conditions.tree import Tree

__all__ = [
    "Facts",
    "Field",
    "Invalid",
    "Problem",
    "Tree",
    "as_q",
    "catalogue",
    "check",
    "facts_of",
    "facts_of_many",
    "matches",
    "problems",
    "scope_of",
]
