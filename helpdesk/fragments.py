"""The Jinja2 environment of `templates/fragments/`: what stands on every page of the workspace, and on every ticket's.

Django's own template language looks each name up at run time, and half of a page's time went into that; Jinja2 compiles
a fragment to Python once. Pages stay Django templates and put fragments in with `{% fragment "…" %}`; fragments use the
same tags and filters as they do, as functions. See docs/decisions/fragments.md.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterator, Mapping, MutableMapping
from functools import cached_property, partial
from importlib import import_module
from typing import Any

from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.template import defaultfilters, engines
from django.template.backends.django import get_installed_libraries
from django.template.backends.jinja2 import Jinja2
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.timezone import localtime
from django.utils.translation import get_language, get_language_bidi, gettext
from jinja2 import Environment, nodes, pass_environment
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

from helpdesk.lib.csrf import token_of
from helpdesk.lib.kept import Kept

OUR_APPS = ("helpdesk", "tickets")
DJANGO_FILTERS = ("filesizeformat", "floatformat", "slugify", "truncatechars", "urlencode")


class Backend(Jinja2):
    """Has an environment for each language, because fragments are compiled with their sentences in them."""

    def __init__(self, params: dict[str, Any]) -> None:
        self._spoken: dict[str | None, Environment] = {}
        super().__init__(params)

    @property
    def env(self) -> Environment:
        language = get_language()
        if language not in self._spoken:
            self._spoken[language] = self._first.overlay()
        return self._spoken[language]

    @env.setter
    def env(self, first: Environment) -> None:
        self._first = first


class Fragments(Environment):
    def make_globals(self, d: MutableMapping[str, Any] | None) -> MutableMapping[str, Any]:
        """A plain dict. Jinja's own chain of two is copied key by key for each fragment that is drawn."""
        return {**self.globals, **(d or {})}

    def _generate(self, source: nodes.Template, *args: Any, **options: Any) -> str:
        """While templates are being worked on they are taken as they stand."""
        return super()._generate(source if self.auto_reload else Directly(self).visit(source), *args, **options)


class Directly(NodeTransformer):
    """What Jinja would find out on every page, done when a fragment is compiled.

    A tag is called as a filter, which costs a third; where all that it is given is known (the name of an icon, a
    sentence) it is drawn once and for all. A fragment that is included stands where it is named.
    """

    def __init__(self, env: Environment) -> None:
        self._env = env

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 Jinja's name
        self.generic_visit(node)
        name = as_filter(node.node.name) if isinstance(node.node, nodes.Name) else ""
        if name not in self._env.filters or not node.args:
            return node
        first, *others = node.args
        return nodes.Filter(first, name, others, node.kwargs, node.dyn_args, node.dyn_kwargs, lineno=node.lineno)

    def visit_Include(self, node: nodes.Include) -> nodes.Node:  # noqa: N802 Jinja's name
        name = node.template.value if isinstance(node.template, nodes.Const) else None
        if self._env.loader is None or not isinstance(name, str) or not node.with_context or node.ignore_missing:
            return node
        source, filename, _is_fresh = self._env.loader.get_source(self._env, name)
        body = self._env.parse(source, name, filename).body
        return self.generic_visit(nodes.Scope(body, lineno=node.lineno))


def as_filter(tag: str) -> str:
    return f"{tag}()"  # a filter that templates have no way to name


def environment(**options: Any) -> Environment:
    """Called by Django, once a process. Whatever a library registers for templates is known here by the same name."""
    env = Fragments(**options, trim_blocks=True, lstrip_blocks=True)
    env.filters |= {name: getattr(defaultfilters, name) for name in DJANGO_FILTERS}
    env.filters["date"] = lambda moment, shape: defaultfilters.date(localtime(moment), shape)
    tags: dict[str, Callable[..., Any]] = {
        "_": sentence,
        "url": address,
        "part": part,
        "language_code": get_language,
        "is_bidi": get_language_bidi,
    }
    for library in _our_libraries():
        env.filters |= library.register.filters
        tags |= {name: getattr(library, name) for name in library.register.tags}
    env.globals |= tags
    env.filters |= {as_filter(name): tag for name, tag in tags.items()}
    return env


def sentence(english: str) -> Markup:
    """In the reader's language. A sentence is ours and may hold tags; what is put into it is escaped."""
    return Markup(gettext(english))  # noqa: S704


@pass_environment
def part(env: Environment, name: str, **inputs: Hashable) -> Markup:
    """A fragment that is drawn once for all that it is given, and knows of nothing else: no page, no request.

    So it can't be out of date. Whatever looks at the clock, the zone or the reader must be among its inputs.
    """
    if env.auto_reload:
        return Markup(env.get_template(name).render(inputs))  # noqa: S704 a fragment escapes
    key = (name, get_language(), *inputs.items())
    return _parts.get(key, lambda: Markup(env.get_template(name).render(inputs)))  # noqa: S704 as above


_parts: Kept[Markup] = Kept(1000)


def address(name: str, *args: Any) -> str:
    return reverse(name, args=args)


def _our_libraries() -> Iterator[Any]:
    for path in get_installed_libraries().values():
        if path.partition(".")[0] in OUR_APPS:
            yield import_module(path)


class CsrfInput:
    """The hidden field of forms: one value for a page, and none made where a page has no form."""

    def __init__(self, make: Callable[[], str]) -> None:
        self._make = make

    @cached_property
    def token(self) -> str:
        return self._make()

    @cached_property
    def _drawn(self) -> str:
        return format_html('<input type="hidden" name="csrfmiddlewaretoken" value="{}">', self.token)

    def __html__(self) -> str:
        return self._drawn


def names(request: HttpRequest) -> dict[str, Any]:
    """A context processor: the page's CSRF field, and what is to be said in passing."""
    known: dict[str, Any] = request.__dict__
    csrf_input = known.setdefault("_csrf_input", CsrfInput(partial(token_of, request)))
    return {"csrf_input": csrf_input, "messages": get_messages(request)}


def draw(name: str, context: Mapping[str, Any]) -> SafeString:
    """A fragment of a page as HTML. `context["request"]` is needed; a token that the page has made is used again."""
    if "csrf_token" in context:
        vars(context["request"]).setdefault("_csrf_input", CsrfInput(lambda: str(context["csrf_token"])))
    drawn = engines["fragments"].get_template(name).render({**context}, context["request"])
    return mark_safe(drawn)  # noqa: S308 Jinja2 has escaped it
