"""What an admin saves of an invitation: conditions that can be asked, versions that say something."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from django.utils.translation import gettext as _

HELD_BACK: Final = "none"  # the version that is shown to nobody
MOST_VARIANTS: Final = 4
NUMBERS: Final = frozenset(("seconds", "basket", "visits"))


def problems(conditions: Any, variants: Any, *, language: str) -> dict[str, str]:
    """By field, what keeps it from being used."""
    found = {}
    if not _are_conditions(conditions):
        found["conditions"] = _("These conditions can’t be read.")
    if not isinstance(variants, list) or not 1 <= len(variants) <= MOST_VARIANTS or not all(map(_is_variant, variants)):
        found["variants"] = _("An invitation has one to %(most)s versions, each with a weight.") % {
            "most": MOST_VARIANTS
        }
    elif len({each["key"] for each in variants}) < len(variants):
        found["variants"] = _("Two versions have the same name.")
    elif not any(_says(each, language) for each in variants):
        found["variants"] = _("Say something in at least one version.")
    elif not all(_says(each, language) or each["key"] == HELD_BACK for each in variants):
        found["variants"] = _("Say something in each version, at least in the widget’s first language.")
    return found


def _are_conditions(conditions: Any) -> bool:
    numbers = ("seconds", "basket", "visits")
    return (
        isinstance(conditions, dict)
        and conditions.keys() <= {*numbers, "page", "languages"}
        and all(
            type(conditions.get(name, 0)) in (int, float) and 0 <= conditions.get(name, 0) < 1e9 for name in numbers
        )
        and isinstance(conditions.get("page", ""), str)
        and len(conditions.get("page", "")) <= 200
        and isinstance(conditions.get("languages", []), list)
        and all(isinstance(each, str) and len(each) <= 8 for each in conditions.get("languages", []))
    )


def _is_variant(variant: Any) -> bool:
    return (
        isinstance(variant, dict)
        and isinstance(variant.get("key"), str)
        and 0 < len(variant["key"]) <= 20
        and type(variant.get("weight")) is int
        and 0 < variant["weight"] <= 100
        and isinstance(variant.get("texts", {}), dict)
        and all(isinstance(words, dict) for words in variant.get("texts", {}).values())
        and all(len(str(words.get("text", ""))) <= 300 for words in variant.get("texts", {}).values())
    )


def _says(variant: Mapping[str, Any], language: str) -> bool:
    return bool(str(variant.get("texts", {}).get(language, {}).get("text", "")).strip())


def _is_number(value: Any) -> bool:
    return type(value) in (int, float) and 0 <= value < 1e9
