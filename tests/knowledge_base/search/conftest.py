"""A small help centre in English and German, written through the services."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from knowledge_base.models import AudienceKind, Category, HelpCentre, Section, Translation
from knowledge_base.publishing import publish
from knowledge_base.writing import begin_translation, create_article, save_draft

Write = Callable[..., Translation]


@pytest.fixture
def centre(db: None) -> HelpCentre:
    return HelpCentre.objects.create(name="Gears", languages=["en", "de", "fr", "es", "ja"], default_language="en")


@pytest.fixture
def section(centre: HelpCentre) -> Section:
    return section_of(centre, "Orders", "Returns")


def section_of(
    centre: HelpCentre, category: str, name: str, audience: str = AudienceKind.PUBLIC, **more: object
) -> Section:
    above = Category.objects.create(centre=centre, texts={"en": {"name": category}})
    return Section.objects.create(category=above, texts={"en": {"name": name}}, audience=audience, **more)


@pytest.fixture
def write(section: Section) -> Write:
    """An article that readers can find: `write("Title", "words", language="de")`."""

    def written(
        title: str,
        body: str = "",
        *,
        language: str = "en",
        summary: str = "",
        labels: tuple[str, ...] = (),
        within: Section | None = None,
    ) -> Translation:
        html = body if body.startswith("<") else f"<p>{body}</p>"
        draft = create_article(within or section, language, by=None, title=title, summary=summary, body=html)
        draft.article.labels = list(labels)
        draft.article.save()
        return publish(draft, by=None)

    return written


def translate(source: Translation, language: str, title: str, body: str) -> Translation:
    draft = begin_translation(source.article, language, by=None)
    return publish(save_draft(draft, version=0, title=title, summary="", body=f"<p>{body}</p>", by=None), by=None)
