"""A help centre of a bicycle shop, and an article that Grace is writing in it."""

from __future__ import annotations

import io

import pytest
from django.test import Client
from PIL import Image

from helpdesk.accounts.models import User
from knowledge_base.models import AudienceKind, HelpCentre, Section, Translation
from knowledge_base.writing import create_article


@pytest.fixture
def section(db: None) -> Section:
    return new_section(AudienceKind.PUBLIC)


def new_section(audience: str) -> Section:
    centre, _is_new = HelpCentre.objects.get_or_create(host="", defaults={"name": "Bikes", "languages": ["en", "de"]})
    category = centre.categories.create(texts={"en": {"name": "Riding"}})
    return category.sections.create(texts={"en": {"name": "Brakes"}}, audience=audience)


@pytest.fixture
def article(section: Section, grace: User) -> Translation:
    return create_article(section, "en", by=grace, title="Squeaking brakes", body="<p>Clean the rim.</p>")


def signed_in(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def image(size: tuple[int, int] = (40, 30), form: str = "PNG", **more: object) -> bytes:
    out = io.BytesIO()
    Image.new("RGB", size, "teal").save(out, form, **more)
    return out.getvalue()
