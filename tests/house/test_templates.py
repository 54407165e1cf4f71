"""What templates name must exist: other templates, icons of the sprite, event lines."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from django import forms
from django.conf import settings
from django.template import engines
from django.template.loader import get_template
from django.utils import translation
from jinja2 import nodes

from helpdesk.lib.glyphs import CHANNEL_ICONS
from helpdesk.script_words import SENTENCES
from helpdesk.templatetags import ui
from tickets.queue import VIEWS
from tickets.timeline import LINES

TEMPLATES = Path(settings.BASE_DIR) / "templates"
FRAGMENTS = Path(settings.BASE_DIR) / "templates" / "fragments"
STATIC = Path(settings.BASE_DIR) / "static"
PAGES = [path for path in sorted(TEMPLATES.rglob("*.html")) if not path.is_relative_to(FRAGMENTS)]
FILES = {str(path.relative_to(TEMPLATES)): path for path in PAGES} | {
    str(path.relative_to(FRAGMENTS)): path for path in sorted(FRAGMENTS.rglob("*.html"))
}
SENTENCE = re.compile(r'^\s*"([\w.]+)":\s*("(?:[^"\\]|\\.)*"),?$', re.MULTILINE)
ICON = re.compile(r"""\{[%{] ?icon[ (]["']([\w-]+)["']""")


@pytest.mark.parametrize("name", FILES)
def test_every_template_compiles(name: str) -> None:
    get_template(name)


def test_a_name_means_one_template() -> None:
    in_both = [name for name in FILES if (TEMPLATES / name).exists() and (FRAGMENTS / name).exists()]
    assert not in_both


def test_fragments_use_only_names_that_exist() -> None:
    """Jinja2 would find out at run time, and only where the line is reached."""
    environment = engines["fragments"].env  # type: ignore[attr-defined]
    known = {*environment.globals, "_", "csrf_input", "request"}
    for name in FILES:
        if (FRAGMENTS / name).exists():
            tree = environment.parse((FRAGMENTS / name).read_text())
            called = {call.node.name for call in tree.find_all(nodes.Call) if isinstance(call.node, nodes.Name)}
            filters = {used.name for used in tree.find_all(nodes.Filter)}
            assert called <= known, name
            assert filters <= environment.filters.keys(), name


def test_every_event_line_has_its_template() -> None:
    files = {Path(name).stem for name in FILES if name.startswith("tickets/events/")}
    assert files == set(LINES)


def test_every_icon_is_in_the_sprite() -> None:
    known = set(json.loads((STATIC / "icons.json").read_text()))
    known |= {path.stem for path in (STATIC / "src/glyphs").glob("*.svg")}
    used = {icon for path in FILES.values() for icon in ICON.findall(path.read_text())}
    used |= {view.icon for view in VIEWS.values()}
    used |= {look[1] for look in ui.FILE_LOOKS} | set(CHANNEL_ICONS.values()) | {"file"}
    assert not used - known


def test_every_template_tells_its_input() -> None:
    """A fragment begins with what it needs (a page may begin with its inheritance; its blocks tell)."""
    fragments = [name for name in FILES if Path(name).name.startswith("_") or name.startswith("components/")]
    silent = [name for name in fragments if not FILES[name].read_text().startswith("{#")]
    assert not silent


def test_the_scripts_sentences_are_those_we_translate() -> None:
    source = (STATIC / "src/strings.ts").read_text()
    source = source[source.index("export const english") : source.index("} as const")]
    english = {key: json.loads(text) for key, text in SENTENCE.findall(source)}
    with translation.override("en"):
        assert {key: str(text) for key, text in SENTENCES.items()} == english


def test_a_field_is_drawn_with_label_help_and_errors() -> None:
    class Example(forms.Form):
        name = forms.CharField(help_text="As on the door")
        choice = forms.ChoiceField(choices=[("a", "A"), ("b", "B")], widget=forms.RadioSelect)
        agreed = forms.BooleanField(required=False)

    drawn = str(Example({"choice": "c"}))
    assert drawn.count('<div class="field">') == 1
    assert drawn.count('<fieldset class="field">') == drawn.count("</fieldset>") == 1
    assert drawn.count('<div class="field check">') == 1
    assert "As on the door" in drawn and 'aria-invalid="true"' in drawn and "This field is required." in drawn
    assert "< " not in drawn
