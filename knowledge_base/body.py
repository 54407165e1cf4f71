"""The HTML of articles: what our editor can produce, and nothing else, wherever it came from.

What is more than words is an attribute that names it, never an address or a class: `<a data-article="12">` (a link
that survives renames), `<img data-picture="7" alt="…">`, `<div data-block="5">` (reusable words),
`<div data-video="youtube:…">`, `<div data-callout="warning">`. rendering.py turns them into what readers get.
"""

from __future__ import annotations

import re
from typing import Final

import nh3

from helpdesk.lib.html.clean import LINK_SCHEMES, SILENT_TAGS
from helpdesk.lib.html.tame import tame

CALLOUTS: Final = ("info", "tip", "warning", "danger")
VIDEOS: Final = ("youtube", "vimeo")  # the allow-list: what may be embedded

_TAGS: Final = set(
    "a b blockquote br code div em figcaption figure h2 h3 h4 hr i img kbd li mark ol p pre s strong sub sup "
    "table tbody td th thead tr u ul".split()
)
_FORMS: Final = {
    ("a", "data-article"): r"\d{1,18}(#[\w-]{1,80})?",
    ("img", "data-picture"): r"\d{1,18}",
    ("div", "data-block"): r"\d{1,18}",
    ("div", "data-video"): rf"({'|'.join(VIDEOS)}):[\w-]{{1,40}}",
    ("div", "data-callout"): "|".join(CALLOUTS),
    ("pre", "data-language"): r"[\w+#-]{1,20}",
    ("td", "colspan"): r"\d{1,2}",
    ("th", "colspan"): r"\d{1,2}",
    ("td", "rowspan"): r"\d{1,2}",
    ("th", "rowspan"): r"\d{1,2}",
    ("th", "scope"): "col|row",
    ("ol", "start"): r"\d{1,6}",
}  # fmt: skip
_PATTERNS: Final = {place: re.compile(form) for place, form in _FORMS.items()}
_ATTRIBUTES: Final[dict[str, set[str]]] = {"a": {"href"}, "img": {"alt"}}
for _tag, _name in _FORMS:
    _ATTRIBUTES.setdefault(_tag, set()).add(_name)


def _in_form(tag: str, attribute: str, value: str) -> str | None:
    pattern = _PATTERNS.get((tag, attribute))
    return value if pattern is None or pattern.fullmatch(value) else None


_BODY: Final = nh3.Cleaner(
    tags=_TAGS,
    clean_content_tags=SILENT_TAGS,
    attributes=_ATTRIBUTES,
    attribute_filter=_in_form,
    link_rel="noopener",
    url_schemes=LINK_SCHEMES,
    generic_attribute_prefixes=set(),
)
_BLOCK = re.compile(r"<div[^>]* data-block=\"\d+\"[^>]*>(?:</div>)?")
_NUMBER = {
    name: re.compile(rf'<{tag}[^>]* {name}="(\d+)') for tag, name in (("img", "data-picture"), ("div", "data-block"))
}


def clean_body(html: str) -> str:
    """Safe inside our pages. Headings begin at the second level: the first is the title."""
    return _BODY.clean(tame(html)).strip()


def pictures_in(body: str) -> set[int]:
    """Numbers of the pictures that a clean body shows."""
    return {int(number) for number in _NUMBER["data-picture"].findall(body)}


def blocks_in(body: str) -> set[int]:
    """Numbers of the reusable blocks that a clean body holds."""
    return {int(number) for number in _NUMBER["data-block"].findall(body)}


def without_blocks(body: str) -> str:
    """A clean body that holds no reusable blocks: those themselves hold none, so that none can hold itself."""
    return clean_body(_BLOCK.sub("", body))  # again: what stood inside one has left its end behind
