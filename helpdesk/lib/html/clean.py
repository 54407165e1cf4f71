"""HTML that may stand inside our own page: words and their simplest marks, nothing that can style or script."""

from __future__ import annotations

from typing import Final

import nh3

from .mentions import REFERENCE, keep_mentions
from .tame import tame

LINK_REL: Final = "noopener noreferrer nofollow"
LINK_SCHEMES: Final = {"http", "https", "mailto", "tel"}
# Elements whose text is no letter: removed with everything inside.
SILENT_TAGS: Final = {
    "script", "style", "title", "textarea", "iframe", "object", "embed", "applet", "xml", "audio", "video",
    "x-svg", "x-math", "x-select", "x-noscript", "x-template", "x-noframes", "x-noembed",
}  # fmt: skip

_INLINE_TAGS: Final = set(
    "a abbr b bdi bdo blockquote br code dd del div dl dt em h1 h2 h3 h4 h5 h6 hr i ins kbd li mark ol p pre q s samp "
    "small strike strong sub sup u ul var".split()
)
_COMPOSER_TAGS: Final = set("a b blockquote br code div em i li ol p pre s strong u ul".split())
_DIRECTIONS: Final = {"dir": {"ltr", "rtl", "auto"}}

_INLINE = nh3.Cleaner(
    tags=_INLINE_TAGS,
    clean_content_tags=SILENT_TAGS,
    attributes={"a": {"href"}, "ol": {"start"}},
    tag_attribute_values=dict.fromkeys(("p", "div", "ul", "ol", "li", "blockquote", "bdo"), _DIRECTIONS),
    set_tag_attribute_values={"a": {"target": "_blank"}},
    link_rel=LINK_REL,
    url_schemes=LINK_SCHEMES,
    url_relative="deny",
    generic_attribute_prefixes=set(),
)
_COMPOSER = nh3.Cleaner(
    tags=_COMPOSER_TAGS,
    clean_content_tags=SILENT_TAGS,
    attributes={"a": {"href"}, "ol": {"start"}},
    link_rel=LINK_REL,
    url_schemes=LINK_SCHEMES,
    url_relative="deny",
    generic_attribute_prefixes=set(),
)


def _only_references(tag: str, attribute: str, value: str) -> str | None:
    return value if tag != "span" or REFERENCE.fullmatch(value) else None


_NOTE = nh3.Cleaner(
    tags=_COMPOSER_TAGS | {"span"},
    clean_content_tags=SILENT_TAGS,
    attributes={"a": {"href"}, "ol": {"start"}, "span": {"data-mention"}},
    attribute_filter=_only_references,
    link_rel=LINK_REL,
    url_schemes=LINK_SCHEMES,
    url_relative="deny",
    generic_attribute_prefixes=set(),
)


def clean_html(html: str) -> str:
    """A simple subset, safe inside our page: no style, class, id or data-* and no images or tables."""
    return _INLINE.clean(tame(html)).strip()


def clean_composer_html(html: str) -> str:
    """What our own editor can produce, and nothing else; for replies that agents write."""
    return _COMPOSER.clean(tame(html)).strip()


def clean_note_html(html: str) -> str:
    """The same for internal notes, which may name colleagues (see `mentions`)."""
    return keep_mentions(_NOTE.clean(tame(html))).strip()
