"""Fragments: safe by default, in the reader's language, with one CSRF value for a page."""

from __future__ import annotations

import pytest
from django.http import HttpRequest
from django.middleware.csrf import CSRF_SECRET_LENGTH, _unmask_cipher_token  # type: ignore[attr-defined]
from django.template import engines
from django.test import RequestFactory
from django.utils import translation
from django.utils.crypto import get_random_string

from helpdesk.fragments import _parts
from helpdesk.lib.csrf import masked
from tickets.models import Status
from tickets.people import Choice


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


def test_a_part_is_drawn_once_for_what_it_is_given_and_each_language() -> None:
    picks = '{{ part("tickets/picks/statuses.html", statuses=statuses)|chosen("status", chosen) }}'
    for language, word in (("en", "Solved"), ("de", "Gelöst"), ("en", "Solved")):
        with translation.override(language):
            before = len(_parts)
            first = fragment(picks, statuses=(Status.OPEN, Status.SOLVED), chosen="solved")
            assert word in first and 'id="status-open"' in first
            assert first.count('aria-selected="true"') == 1
            assert len(_parts) <= before + 1
            assert fragment(picks, statuses=(Status.OPEN,), chosen="gone").count('aria-selected="true"') == 0


def test_a_part_knows_nothing_of_the_page(request_: HttpRequest) -> None:
    people = '{{ part("tickets/picks/people.html", people=people) }}'
    ada, grace = Choice(1, "<Ada>", "ada@x.test", "online"), Choice(2, "Grace", "grace@x.test", "away")
    assert "&lt;Ada&gt;" in drawn(people, request_, people=(ada,))
    assert "Grace" in drawn(people, request_, people=(ada, grace))
    assert "Grace" not in drawn(people, request_, people=(ada,))
    assert "Ada" not in drawn('{{ part("tickets/picks/people.html", people=()) }}', request_, people=(ada,))


def fragment(source: str, **context: object) -> str:
    return drawn(source, RequestFactory().get("/"), **context)


def test_a_token_is_masked_anew_each_time_and_django_takes_it() -> None:
    secret = get_random_string(CSRF_SECRET_LENGTH)
    tokens = {masked(secret) for _ in range(50)}
    assert len(tokens) == 50
    assert {_unmask_cipher_token(token) for token in tokens} == {secret}
