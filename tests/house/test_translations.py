"""The German catalogue: complete, and compiled from the source that lies beside it.

The compiled file is committed because a bare machine has no msgfmt: `manage.py makemessages`, translate,
`manage.py compilemessages`, commit both.
"""

from __future__ import annotations

import ast
import re
from gettext import GNUTranslations, NullTranslations
from pathlib import Path

import pytest
from django.conf import settings
from django.template import engines
from django.test import Client
from django.utils.translation.template import templatize
from jinja2 import nodes

from helpdesk.accounts.models import User
from tickets.models import Ticket

FOLDER = Path(settings.LOCALE_PATHS[0]) / "de" / "LC_MESSAGES"
STRING = r'((?:".*"\n?)+)'
ENTRY = re.compile(
    rf"(?:msgctxt {STRING})?msgid {STRING}(?:msgid_plural {STRING})?msgstr(?:\[0\])? {STRING}", re.MULTILINE
)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


class Nothing(NullTranslations):
    """Raises where the compiled catalogue has no entry."""

    def gettext(self, message: str) -> str:
        raise KeyError(message)

    def pgettext(self, context: str, message: str) -> str:
        raise KeyError(message)


def text_of(quoted: str) -> str:
    return "".join(ast.literal_eval(line) for line in quoted.strip().splitlines())


def entries() -> list[tuple[str, str, str]]:
    """Context, English and German of every entry."""
    source = (FOLDER / "django.po").read_text()
    found = [(text_of(c or '""'), text_of(m), text_of(t)) for c, m, _plural, t in ENTRY.findall(source)]
    return [entry for entry in found if entry[1]]


def test_every_sentence_is_translated_and_none_is_a_guess() -> None:
    assert "#, fuzzy" not in (FOLDER / "django.po").read_text()
    assert len(entries()) > 500
    assert not [english for _context, english, german in entries() if not german]


def test_makemessages_sees_every_sentence_of_our_code() -> None:
    """It does not look into f-strings: a sentence in one would stay English for ever."""
    known = {english for _context, english, _german in entries()}
    unseen = []
    for app in ("channels_app", "customers", "helpdesk", "knowledge_base", "metrics", "tickets"):
        for path in (settings.BASE_DIR / app).rglob("*.py"):
            calls = (node for node in ast.walk(ast.parse(path.read_text())) if isinstance(node, ast.Call))
            unseen += [f"{path.name}: {text}" for text in map(_translated, calls) if text and text not in known]
    assert not unseen


def test_makemessages_sees_every_sentence_of_our_fragments() -> None:
    """It finds `_("…")` where an expression begins with it, and inside `{% … %}`: nowhere else."""
    environment = engines["fragments"].env  # type: ignore[attr-defined]
    for path in (settings.BASE_DIR / "templates" / "fragments").rglob("*.html"):
        source = path.read_text()
        calls = (call for call in environment.parse(source).find_all(nodes.Call) if isinstance(call.node, nodes.Name))
        said = {call.args[0].value for call in calls if call.node.name == "_"}
        seen = set(re.findall(r'_\(u?"((?:[^"\\]|\\.)*)"\)', templatize(source)))
        seen |= set(re.findall(r"_\(u?'((?:[^'\\]|\\.)*)'\)", templatize(source)))
        assert not said - {text.replace('\\"', '"') for text in seen}, path.name


def _translated(call: ast.Call) -> str:
    """The constant that a call of gettext translates."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    first = call.args[0] if call.args else None
    is_text = name in ("_", "gettext", "gettext_lazy") and isinstance(first, ast.Constant)
    return str(first.value) if is_text and isinstance(first, ast.Constant) else ""


def test_placeholders_survive_translation() -> None:
    for _context, english, german in entries():
        assert set(PLACEHOLDER.findall(english)) == set(PLACEHOLDER.findall(german)), english


def test_the_compiled_catalogue_is_that_of_the_source() -> None:
    with (FOLDER / "django.mo").open("rb") as compiled:
        catalogue = GNUTranslations(compiled)
    catalogue.add_fallback(Nothing())
    plural = set(re.findall(r'^msgid "(.*)"\nmsgid_plural', (FOLDER / "django.po").read_text(), re.MULTILINE))
    for context, english, german in entries():
        if english not in plural:
            assert (catalogue.pgettext(context, english) if context else catalogue.gettext(english)) == german


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/agent/?view=all", "Alle Tickets"),
        ("/agent/new/", "E-Mail-Adresse des Kunden"),
        ("/agent/profile/", "Zeitzone"),
    ],
)
def test_a_german_agent_reads_german(path: str, words: str, client: Client, grace: User, adas_ticket: Ticket) -> None:
    grace.language = "de"
    grace.save()
    client.force_login(grace)
    page = client.get(path).content.decode()
    assert words in page
    assert '<script id="ot-strings" type="application/json">' in page
