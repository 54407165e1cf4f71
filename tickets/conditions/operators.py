"""The comparisons there are, what they are called, and which is another's opposite."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

LABELS: Mapping[str, str | Promise] = {
    "is": _("is"),
    "is_not": _("is not"),
    "less_than": _("is less than"),
    "less_than_equal": _("is at most"),
    "greater_than": _("is greater than"),
    "greater_than_equal": _("is at least"),
    "includes": _("is one of"),
    "not_includes": _("is none of"),
    "present": _("is there"),
    "not_present": _("is missing"),
    "within_previous_n_days": _("was within the last … days"),
    "is_business_hours": _("is, in working hours,"),
    "less_than_business_hours": _("is less than, in working hours,"),
    "greater_than_business_hours": _("is greater than, in working hours,"),
    "changed": _("changed"),
    "not_changed": _("did not change"),
    "value": _("changed to"),
    "not_value": _("did not change to"),
    "value_previous": _("changed from"),
    "not_value_previous": _("did not change from"),
}

# A kind only has to know the positive one. What is not Grace's includes what is nobody's.
OPPOSITES: Mapping[str, str] = {"is_not": "is", "not_includes": "includes", "not_present": "present"}
ORDER = ("less_than", "less_than_equal", "greater_than", "greater_than_equal")


@dataclass(frozen=True)
class Operator:
    """`widget` is what its value is chosen with: none, choice, choices, words, text, number or date."""

    key: str
    label: str | Promise
    widget: str


def positive(operator: str) -> tuple[str, bool]:
    """The operator that a kind knows, and whether its answer has to be turned round."""
    return OPPOSITES.get(operator, operator), operator in OPPOSITES
