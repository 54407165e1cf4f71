"""The Jinja2 environment of `templates/fragments/`: what stands on every page of the workspace, and on every ticket's.

Django's own template language looks each name up at run time, and half of a page's time went into that; Jinja2 compiles
a fragment to Python once. Pages stay Django templates and put fragments in with `{% fragment "…" %}`; fragments use the
same tags and filters as they do, as functions. See docs/decisions/fragments.md.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from functools import cached_property, partial
from importlib import import_module
from typing import Any

from django.http import HttpRequest
from django.middleware.csrf import get_token
from django.template import defaultfilters, engines
from django.template.backends.django import get_installed_libraries
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language, gettext
from jinja2 import Environment
from markupsafe import Markup

OUR_APPS = ("helpdesk", "tickets")
DJANGO_FILTERS = ("filesizeformat", "floatformat", "slugify", "truncatechars", "urlencode")


class Fragments(Environment):
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """A plain dict. Jinja's own chain of two is copied key by key for each fragment that is drawn."""
        return {**self.globals, **(d or {})}


def environment(**options: Any) -> Environment:
    """Called by Django, once a process. Whatever a library registers for templates is known here by the same name."""
    env = Fragments(**options, trim_blocks=True, lstrip_blocks=True)
    env.filters |= {name: getattr(defaultfilters, name) for name in DJANGO_FILTERS}
    env.filters["date"] = lambda moment, shape: defaultfilters.date(localtime(moment), shape)
    env.globals["_"] = lambda english: _spoken()[english]
    env.globals["url"] = lambda name, *args: reverse(name, args=args)
    for library in _our_libraries():
        env.filters |= library.register.filters
        env.globals |= {name: getattr(library, name) for name in library.register.tags}
    return env


def _our_libraries() -> Iterator[Any]:
    for path in get_installed_libraries().values():
        if path.partition(".")[0] in OUR_APPS:
            yield import_module(path)


class Sentences(dict[str, Markup]):
    """What `_("…")` says in one language. A sentence is ours and may hold tags; what is put into it is escaped."""

    def __missing__(self, english: str) -> Markup:
        self[english] = said = Markup(gettext(english))  # noqa: S704
        return said


_sentences: dict[str, Sentences] = {}


def _spoken() -> Sentences:
    return _sentences.setdefault(get_language() or "", Sentences())


class CsrfInput:
    """The hidden field of forms: one value for a page, and none made where a page has no form."""

    def __init__(self, token: Callable[[], str]) -> None:
        self._token = token

    @cached_property
    def _drawn(self) -> str:
        return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', self._token())

    def __html__(self) -> str:
        return self._drawn


def names(request: HttpRequest) -> dict[str, Any]:
    """A context processor: the page's CSRF field, and `_` for the language that all of the page is in."""
    known: dict[str, Any] = request.__dict__
    csrf_input = known.setdefault("_csrf_input", CsrfInput(partial(get_token, request)))
    return {"_": _spoken().__getitem__, "csrf_input": csrf_input}


def draw(name: str, context: Mapping[str, Any]) -> SafeString:
    """A fragment of a page as HTML. `context["request"]` is needed; a token that the page has made is used again."""
    if "csrf_token" in context:
        vars(context["request"]).setdefault("_csrf_input", CsrfInput(lambda: str(context["csrf_token"])))
    drawn = engines["fragments"].get_template(name).render({**context}, context["request"])
    return mark_safe(drawn)  # noqa: S308 Jinja2 has escaped it
