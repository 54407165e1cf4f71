"""What an article says, in the simple HTML that a reply may hold: no headings, tables or pictures."""

from __future__ import annotations

from html import escape
from typing import Final
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from helpdesk.lib.html import clean_composer_html, html_to_text

UNSAID: Final = "img, picture, video, iframe, svg, button, script, style, figcaption, template"


def quoted(rendered: str, *, base: str) -> str:
    """`rendered` as the help centre shows it, for a letter: bold lines for headings, lists for tables, whole links.

    Pictures are left out: a mail program would not show them, and the article is one link away.
    """
    root = LexborHTMLParser(f"<div>{rendered}</div>").css_first("div")
    if root is None:
        return ""
    for node in root.css(UNSAID):
        node.decompose()
    for film in root.css("a.film"):
        name = film.css_first("b") or film
        _replace(film, f'<p><a href="{escape(film.attrs.get("href") or "")}">{escape(_words(name))}</a></p>')
    for table in reversed(root.css("table")):  # those inside others first
        _replace(table, _spelt_out(table))
    for heading in root.css("h1, h2, h3, h4, h5, h6"):
        for anchor in heading.css("a[href^='#']"):
            anchor.decompose()
        _replace(heading, f"<p><strong>{escape(_words(heading))}</strong></p>")
    for callout in reversed(root.css(".callout")):
        _replace(callout, f"<blockquote>{callout.inner_html or ''}</blockquote>")
    for link in root.css("a"):
        href = link.attrs.get("href") or ""
        if not href or href.startswith("#"):
            _replace(link, link.inner_html or "")
        else:
            link.attrs["href"] = urljoin(f"{base}/", href)
    return clean_composer_html(root.inner_html or "")


def _spelt_out(table: LexborNode) -> str:
    """A row is an item, its cells apart by dashes: columns are lost in a letter whose width nobody knows."""
    rows = [" – ".join(_line(cell) for cell in row.css("th, td")) for row in table.css("tr")]
    return "<ul>" + "".join(f"<li>{escape(row)}</li>" for row in rows if row.strip(" –")) + "</ul>"


def _line(cell: LexborNode) -> str:
    """Its paragraphs one after the other, with a space between."""
    return " ".join(html_to_text(cell.inner_html or "").split())


def _words(node: LexborNode) -> str:
    return " ".join(node.text().split())


def _replace(mark: LexborNode, html: str) -> None:
    """`mark` gives way to `html`."""
    holder = LexborHTMLParser(f"<div>{html}</div>").css_first("div")
    if holder is not None:
        for child in list(holder.iter(include_text=True)):
            mark.insert_before(child)
    mark.decompose()
