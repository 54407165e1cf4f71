"""A help centre of the tests: one that speaks English and German, with a section for everybody and one for staff."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from helpdesk.accounts.models import User
from knowledge_base.models import Article, AudienceKind, Category, HelpCentre, Section, Translation
from knowledge_base.publishing import publish
from knowledge_base.writing import begin_translation, create_article, save_draft


@dataclass
class Shelf:
    """`public` and `internal` are its sections."""

    centre: HelpCentre
    public: Section
    internal: Section

    def put(
        self,
        title: str,
        body: str = "<p>Words.</p>",
        *,
        by: User | None = None,
        section: Section | None = None,
        language: str = "en",
    ) -> Translation:
        """A published article."""
        return publish(create_article(section or self.public, language, by=by, title=title, body=body), by=by)

    def translate(self, article: Article, language: str, title: str, body: str = "<p>Worte.</p>") -> Translation:
        begun = begin_translation(article, language, by=None)
        return publish(save_draft(begun, version=0, title=title, summary="", body=body, by=None), by=None)


@pytest.fixture
def shelf(db: None) -> Shelf:
    centre = HelpCentre.objects.create(name="Engines", languages=["en", "de"], default_language="en")
    category = Category.objects.create(centre=centre, texts={"en": {"name": "Machines"}})
    public = Section.objects.create(category=category, texts={"en": {"name": "Care"}, "de": {"name": "Pflege"}})
    internal = Section.objects.create(
        category=category, texts={"en": {"name": "For us"}}, audience=AudienceKind.STAFF, position=1
    )
    return Shelf(centre, public, internal)
