"""What a search can be narrowed to, and which of it would leave something."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlencode

from helpdesk.lib.typed import whole_number
from knowledge_base.audience import Reader
from knowledge_base.models import Section, name_in
from knowledge_base.search.finding import Found

SHOWN: Final = 8


@dataclass(frozen=True)
class Facet:
    """A category or section in which some of the hits lie."""

    kind: str  # as in the address
    number: int
    name: str
    count: int
    is_chosen: bool = False


@dataclass(frozen=True)
class Filters:
    category: int | None = None
    section: int | None = None
    label: str = ""
    everywhere: bool = False
    search: int | None = None  # the row in the log that this narrows

    @property
    def is_any(self) -> bool:
        return any((self.category is not None, self.section is not None, self.label, self.everywhere))

    def asked(self) -> dict[str, Any]:
        """As `find` takes them."""
        return {
            "category": self.category, "section": self.section, "label": self.label, "everywhere": self.everywhere,
        }  # fmt: skip

    def query(self, words: str, *, facet: Facet | None = None, after: str = "") -> str:
        """The same search as an address, with `facet` chosen, or no longer."""
        wanted: dict[str, object] = {"q": words}
        if self.label:
            wanted["label"] = self.label
        if self.everywhere:
            wanted["in"] = "all"
        if facet is None:
            wanted |= {"category": self.category, "section": self.section, "after": after}
        elif not facet.is_chosen:
            wanted[facet.kind] = facet.number
        return urlencode({name: value for name, value in wanted.items() if value not in (None, "")})

    def facets(self, found: Found, reader: Reader, language: str) -> list[Facet]:
        """Sections, or categories where the hits lie in many; what is chosen comes first, to be taken back."""
        numbers = set(found.sections) | ({self.section} if self.section is not None else set())
        sections = Section.objects.filter(reader.may_read(), pk__in=numbers).select_related("category")
        by_number = {section.pk: section for section in sections}
        if self.section in by_number:
            one = by_number[self.section]
            return [Facet("section", one.pk, name_in(one.texts, language), found.count, is_chosen=True)]
        categories = {section.category_id: section.category for section in sections}
        chosen = [
            Facet("category", number, name_in(category.texts, language), found.count, is_chosen=True)
            for number, category in categories.items()
            if number == self.category
        ]
        if len(categories) > 1:
            return [
                Facet("category", number, name_in(categories[number].texts, language), count)
                for number, count in found.categories.items()
                if number in categories
            ][:SHOWN]
        narrower = [
            Facet("section", number, name_in(by_number[number].texts, language), count)
            for number, count in found.sections.items()
            if number in by_number
        ]
        return chosen + (narrower[:SHOWN] if len(narrower) > 1 else [])


def filters_of(given: Mapping[str, str]) -> Filters:
    """What makes no sense is no filter."""
    return Filters(
        category=whole_number(given.get("category", "")),
        section=whole_number(given.get("section", "")),
        label=given.get("label", "").replace("\x00", "")[:80],
        everywhere=given.get("in") == "all",
        search=whole_number(given.get("s", "")),
    )
