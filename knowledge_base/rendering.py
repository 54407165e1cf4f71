"""From an article's stored words (body.py) to what a reader gets.

Marks become what they stand for: links to articles their addresses in the reader's language, pictures files with a
size, blocks the words they hold, videos a card that leads to the player. Whoever may not read a linked article gets
its words without the link, so that no address tells of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from html import escape
from math import ceil
from pathlib import PurePath
from typing import Final

from django.utils.translation import gettext as _
from selectolax.lexbor import LexborHTMLParser, LexborNode

from helpdesk.lib.assets import icon
from knowledge_base.addresses import article_path, slug_of
from knowledge_base.audience import Reader
from knowledge_base.body import blocks_in
from knowledge_base.models import ContentBlock, Picture, Translation
from knowledge_base.moved import best_of

WORDS_A_MINUTE: Final = 220
CALLOUT_LOOKS: Final = {
    "info": ("blue", "info"),
    "tip": ("green", "lightbulb"),
    "warning": ("amber", "triangle-alert"),
    "danger": ("red", "circle-alert"),
}
FILMS: Final = {  # where a film is watched, the player that asks least about who watches, and the site's name
    "youtube": ("www.youtube.com/watch?v={}", "www.youtube-nocookie.com/embed/{}?autoplay=1", "YouTube"),
    "vimeo": ("vimeo.com/{}", "player.vimeo.com/video/{}?dnt=1&autoplay=1", "Vimeo"),
}
HEADINGS: Final = ("h2", "h3", "h4")
# What the page around the words has named already (templates/help): a heading "Comments" needs another address.
OF_THE_PAGE: Final = frozenset(
    "main find find-bar onpage vote vote-text comments comments-title comment-text related recent stuck popular".split()
)
_SPACES = re.compile(r"\s+")


@dataclass(frozen=True)
class Heading:
    level: int
    id: str
    text: str


@dataclass(frozen=True)
class Rendered:
    """`contents`: the headings of the first two levels. `minutes`: to read it, at least one."""

    html: str
    contents: list[Heading]
    minutes: int


def render(body: str, *, language: str, reader: Reader) -> Rendered:
    """`body` must be clean (`clean_body`). Names around it (of callouts, videos) are in the language in force."""
    tree = LexborHTMLParser(f"<div>{expand_blocks(body, language)}</div>")
    root = tree.css_first("div")
    assert root is not None
    work = _Work(root, language, reader)
    contents = work.headings()
    words = len(_SPACES.split(root.text()))
    for step in (work.links, work.pictures, work.videos, work.callouts, work.tables):
        step()
    return Rendered(root.inner_html or "", contents, max(1, ceil(words / WORDS_A_MINUTE)))


def expand_blocks(body: str, language: str) -> str:
    """Reusable words put where they are named, in the language or else in any. Blocks hold no blocks."""
    numbers = blocks_in(body)
    if not numbers:
        return body
    texts = {block.pk: block.texts for block in ContentBlock.objects.filter(pk__in=numbers)}
    tree = LexborHTMLParser(f"<div>{body}</div>")
    for mark in reversed(tree.css("div[data-block]")):
        said = texts.get(_number(mark, "data-block"), {})
        _replace(mark, said.get(language) or next(iter(said.values()), ""))
    root = tree.css_first("div")
    return (root.inner_html or "") if root else ""


def picture_path(picture: Picture) -> str:
    return f"/hc/pictures/{picture.pk}-{PurePath(picture.file).name}"


class _Work:
    """One body being turned; each step asks the database once for all that the body names."""

    def __init__(self, root: LexborNode, language: str, reader: Reader) -> None:
        self.root, self.language, self.reader = root, language, reader

    def headings(self) -> list[Heading]:
        """Each gets an address of its own, made of its words."""
        found, taken = [], set(OF_THE_PAGE)
        for node in self.root.css(", ".join(HEADINGS)):
            text = _SPACES.sub(" ", node.text()).strip()
            if not text:
                continue
            base = slug_of(text) or "part"
            name, more = base, 1
            while name in taken:
                more += 1
                name = f"{base}-{more}"
            taken.add(name)
            node.attrs["id"] = name
            found.append(Heading(int((node.tag or "h2")[1]), name, text))
        return [heading for heading in found if heading.level < 4]

    def links(self) -> None:
        for link in self._marked("a", "article"):
            number, _hash, part = (link.attrs["data-article"] or "").partition("#")
            translation = self._articles.get(int(number))
            if translation is None:
                _replace(link, link.inner_html or "")
                continue
            for name in ("data-article", "rel"):  # it stays in the house
                if name in link.attrs:
                    del link.attrs[name]
            link.attrs["href"] = article_path(translation) + (f"#{part}" if part else "")
        for link in reversed(self.root.css("a:not([href])")):
            _replace(link, link.inner_html or "")

    @cached_property
    def _articles(self) -> dict[int, Translation]:
        """By number; in the reader's language, else in the one the article was written in first, else in any."""
        numbers = {int((link.attrs["data-article"] or "").partition("#")[0]) for link in self._marked("a", "article")}
        by_article: dict[int, list[Translation]] = {}
        for translation in (
            Translation.objects.readable_by(self.reader)
            .filter(article__in=numbers)
            .select_related("article")
            .only("article_id", "language", "slug", "article__language")
        ):
            by_article.setdefault(translation.article_id, []).append(translation)
        best = {number: best_of(found, self.language) for number, found in by_article.items()}
        return {number: translation for number, translation in best.items() if translation}

    def pictures(self) -> None:
        marks = self.root.css("img")
        numbers = {_number(mark, "data-picture") for mark in marks}
        known = {picture.pk: picture for picture in Picture.objects.filter(pk__in=numbers)} if marks else {}
        for mark in marks:
            picture = known.get(_number(mark, "data-picture"))
            if picture is None:
                _replace(mark, escape(mark.attrs.get("alt") or ""))
                continue
            alt = escape(mark.attrs.get("alt") or "")
            size = f'width="{picture.width}" height="{picture.height}"'
            drawn = f'<img src="{escape(picture_path(picture))}" alt="{alt}" {size} loading="lazy" decoding="async">'
            _replace(mark, drawn)

    def videos(self) -> None:
        """A card that leads to the film where it lies: nothing is asked of the other site before somebody wants it."""
        for mark in self._marked("div", "video"):
            site, _colon, name = (mark.attrs["data-video"] or "").partition(":")
            page, player, host = FILMS[site]
            words = escape(_("Watch the video on %(site)s") % {"site": host})
            hint = escape(_("It is shown by %(site)s, which learns that you watch it.") % {"site": host})
            addresses = f'href="https://{page.format(name)}" data-player="https://{escape(player.format(name))}"'
            play = f'<span class="play">{icon("play", "lg")}</span>'
            _replace(
                mark,
                f'<a class="film" {addresses} rel="noopener noreferrer" target="_blank">'
                f"{play}<b>{words}</b><small>{hint}</small></a>",
            )

    def callouts(self) -> None:
        named = {"info": _("Note"), "tip": _("Tip"), "warning": _("Careful"), "danger": _("Warning")}
        for mark in self._marked("div", "callout"):
            kind = mark.attrs["data-callout"] or "info"
            tone, drawing = CALLOUT_LOOKS[kind]
            words = mark.inner_html or ""
            _replace(
                mark,
                f'<div class="callout tone-{tone}" role="note" aria-label="{escape(named[kind])}">{icon(drawing)}'
                f"<div>{words}</div></div>",
            )

    def tables(self) -> None:
        """Wide ones are moved sideways by themselves, not with the page; by keyboard too."""
        name = escape(_("Table"))
        for mark in reversed(self.root.css("table")):
            _replace(mark, f'<div class="scroller" role="region" aria-label="{name}" tabindex="0">{mark.html}</div>')

    def _marked(self, tag: str, mark: str) -> list[LexborNode]:
        """Those inside others first: what gives way takes along what it holds as it is by then."""
        return self.root.css(f"{tag}[data-{mark}]")[::-1]


def _number(mark: LexborNode, name: str) -> int:
    value = mark.attrs.get(name) or ""
    return int(value) if value.isascii() and value.isdigit() else 0


def _replace(mark: LexborNode, html: str) -> None:
    """`mark` gives way to `html`, which is clean or escaped."""
    holder = LexborHTMLParser(f"<div>{html}</div>").css_first("div")
    assert holder is not None
    for child in list(holder.iter(include_text=True)):
        mark.insert_before(child)
    mark.decompose()
