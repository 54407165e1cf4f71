"""Fragments: safe by default, in the reader's language, with one CSRF value for a page."""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.template import engines
from django.test import RequestFactory
from django.utils import translation


@pytest.fixture
def request_() -> HttpRequest:
    return RequestFactory().get("/")


def drawn(source: str, request: HttpRequest, **context: object) -> str:
    rendered: str = engines["fragments"].from_string(source).render(context, request)
    return rendered


def test_what_people_wrote_is_escaped(request_: HttpRequest) -> None:
    assert drawn("{{ words }}", request_, words="<b>") == "&lt;b&gt;"
    said = drawn('{{ _("<b>%(who)s</b> wrote")|format(who=who) }}', request_, who="<i>Ada")
    assert said == "<b>&lt;i&gt;Ada</b> wrote"


def test_sentences_are_in_the_readers_language_each_time(request_: HttpRequest) -> None:
    heard = []
    for language in ("en", "de", "en"):
        with translation.override(language):
            heard.append(drawn('{{ _("All tickets") }}', request_))
    assert heard == ["All tickets", "Alle Tickets", "All tickets"]


def test_all_forms_of_a_page_have_one_token_and_another_page_has_another(request_: HttpRequest) -> None:
    first = drawn("{{ csrf_input }}", request_)
    assert 'name="csrfmiddlewaretoken"' in first
    assert drawn("{{ csrf_input }}", request_) == first
    assert drawn("{{ csrf_input }}", RequestFactory().get("/")) != first


def test_a_page_without_a_form_sets_no_cookie(request_: HttpRequest) -> None:
    drawn("no form", request_)
    assert "CSRF_COOKIE" not in request_.META


def test_a_page_puts_a_fragment_in_with_what_it_knows(request_: HttpRequest) -> None:
    page = engines["django"].from_string(
        '{% load ui %}{% with pane="list" %}{% fragment "components/divider.html" side="end" label=name %}{% endwith %}'
    )
    html = page.render({"name": "<Width>"}, request_)
    assert 'data-pane="list"' in html
    assert 'aria-label="&lt;Width&gt;"' in html
