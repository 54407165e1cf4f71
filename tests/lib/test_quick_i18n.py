"""`{% translate %}` says what Django's own says, in each language, also with signs that Django treats specially."""

from __future__ import annotations

import pytest
from django.template import Context, Engine, engines
from django.utils import translation


def said(source: str, **context: object) -> str:
    engine = engines["django"]
    rendered: str = engine.from_string("{% load i18n %}" + source).render(context)
    return rendered


@pytest.mark.parametrize("language", ["en", "de"])
@pytest.mark.parametrize(
    "source",
    [
        '{% translate "Ticket list" %}',
        '{% translate "100 % & <b>no</b> entry of the catalogue" %}',
        "{% trans 'All tickets' %}",
        '{% translate "All tickets" as words %}[{{ words }}]',
        "{% translate title %}",
        '{% translate "all tickets"|capfirst %}',
        '{% translate "age" context "nothing" %}',
        '{% translate "All tickets" noop %}',
    ],
)
def test_it_says_what_djangos_own_says(language: str, source: str) -> None:
    own = Engine(libraries={"i18n": "django.templatetags.i18n"})
    with translation.override(language):
        context = {"title": "All <tickets>"}
        assert said(source, **context) == own.from_string("{% load i18n %}" + source).render(Context(context))


def test_the_language_is_that_of_the_reader_each_time() -> None:
    template = engines["django"].from_string('{% load i18n %}{% translate "All tickets" %}')
    heard = []
    for language in ("en", "de", "en"):
        with translation.override(language):
            heard.append(template.render())
    assert heard == ["All tickets", "Alle Tickets", "All tickets"]
