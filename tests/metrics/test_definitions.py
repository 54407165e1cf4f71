"""The catalogue, its page, and the docs, which say the same."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from django.utils import translation

from helpdesk.accounts.models import User
from metrics.asking import ask
from metrics.definitions import as_markdown, date_of, subjects, unit_of
from metrics.dimensions import DIMENSIONS
from metrics.filters import read_asked
from metrics.measures import MEASURES

DOCS = Path("docs/metrics.md")
MARK = "<!-- as told by metrics.definitions.as_markdown -->\n"


def test_the_docs_say_what_the_catalogue_says() -> None:
    with translation.override("en"):
        assert DOCS.read_text().partition(MARK)[2].strip() == as_markdown().strip()


def test_every_measure_is_explained() -> None:
    assert [measure.name for subject in subjects() for measure in subject.measures] == list(MEASURES)
    for measure in MEASURES.values():
        assert measure.sentence and measure.formula and unit_of(measure) and date_of(measure)
        assert measure.better in ("", "up", "down")


def test_every_measure_can_be_asked_by_every_dimension(margaret: User) -> None:
    asked = read_asked({}, margaret)
    for by in DIMENSIONS:
        answer = ask(asked.question(list(MEASURES), [by]))
        assert set(answer.total) == set(MEASURES)


@pytest.mark.django_db
def test_the_page_tells_everybody(client: Client, grace: User) -> None:
    client.force_login(grace)
    page = client.get("/reports/definitions/")
    assert page.status_code == 200
    for measure in MEASURES.values():
        assert f'id="{measure.name}"' in page.content.decode()
