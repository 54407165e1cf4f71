"""A help centre of a seed shop in English and German, and browsers that read in it."""

from __future__ import annotations

from typing import NamedTuple

import pytest
from django.test import Client
from django.utils import timezone

from customers.models import Customer, IdentityKind
from helpdesk.accounts.models import User
from knowledge_base.models import AudienceKind, Category, HelpCentre, Section, Translation
from knowledge_base.publishing import publish
from knowledge_base.writing import begin_translation, create_article, save_draft
from tests.kept import forget_kept
from tickets.portal.sessions import IDENTITY, SIGNED_IN_AT

BROWSER = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.fixture(autouse=True)
def no_pages_of_another_test() -> None:
    """What a test publishes is rolled back, but not what is kept of it in Valkey."""
    forget_kept("help")


@pytest.fixture
def centre(db: None) -> HelpCentre:
    return HelpCentre.objects.create(name="Seeds", languages=["en", "de"], default_language="en")


@pytest.fixture
def section(centre: HelpCentre) -> Section:
    return new_section(centre, "Growing", "Sowing")


def new_section(
    centre: HelpCentre, category: str, name: str, audience: str = AudienceKind.PUBLIC, **more: object
) -> Section:
    above, _is_new = Category.objects.get_or_create(centre=centre, texts={"en": {"name": category}})
    return Section.objects.create(category=above, texts={"en": {"name": name}}, audience=audience, **more)


def published(section: Section, title: str, body: str = "<p>Words.</p>", *, summary: str = "") -> Translation:
    draft = create_article(section, "en", by=None, title=title, summary=summary, body=body)
    return publish(Translation.objects.get(pk=draft.pk), by=None)


def translated(source: Translation, title: str, body: str = "<p>Worte.</p>", *, language: str = "de") -> Translation:
    draft = begin_translation(source.article, language, by=None)
    return publish(save_draft(draft, version=0, title=title, summary="", body=body, by=None), by=None)


def renamed(text: Translation, title: str) -> Translation:
    now = Translation.objects.get(pk=text.pk)
    saved = save_draft(now, version=now.version, title=title, summary=now.summary, body=now.body, by=None)
    return publish(saved, by=None)


@pytest.fixture
def anybody() -> Client:
    return Client(headers={"User-Agent": BROWSER})


@pytest.fixture
def colleague(grace: User) -> Client:
    client = Client(headers={"User-Agent": BROWSER})
    client.force_login(grace)
    return client


def signed_in(customer: Customer) -> Client:
    address = customer.identities.first() or customer.identities.create(
        kind=IdentityKind.EMAIL, value=f"reader{customer.pk}@example.org"
    )
    client = Client(headers={"User-Agent": BROWSER})
    session = client.session
    session[IDENTITY], session[SIGNED_IN_AT] = address.pk, timezone.now().isoformat()
    session.save()
    client.cookies["sessionid"] = session.session_key or ""
    return client


class Path(NamedTuple):
    """Where an article is read."""

    text: Translation
    language: str = "en"

    def __str__(self) -> str:
        return f"/hc/{self.language}/articles/{self.text.article_id}-{self.text.slug}/"
