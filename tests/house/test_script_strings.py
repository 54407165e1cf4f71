"""The scripts' sentences: translated on the server, known in English to the scripts themselves."""

import json
import re

from django.conf import settings
from django.utils import translation

from helpdesk.templatetags.script_strings import STRINGS, _translated

ENTRY = re.compile(r'^  "([^"]+)": ("(?:[^"\\]|\\.)*"),$', re.MULTILINE)


def test_the_server_knows_every_sentence_of_the_scripts() -> None:
    source = (settings.BASE_DIR / "static/src/strings.ts").read_text()
    english = source.split("export const english", 1)[1].split("} as const", 1)[0]
    assert {key: json.loads(words) for key, words in ENTRY.findall(english)} == STRINGS


def test_an_english_page_carries_none_of_them() -> None:
    with translation.override("en"):
        assert _translated("en") == ""
