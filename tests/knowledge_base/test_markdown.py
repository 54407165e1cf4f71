"""Articles as Markdown and back: whatever the editor can produce is the same article afterwards."""

from __future__ import annotations

from html import escape

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from knowledge_base.body import clean_body
from knowledge_base.markdown import from_markdown, to_markdown

LETTERS = st.sampled_from(list("abz09 ÄßéЖ中\u00a0*_`~[](){}<>#+-=|!\\&.:;/'\"^$ "))
# Plain spaces side by side are one, to HTML as to Markdown: written as one, there is one way to write each text.
WORDS = st.text(LETTERS, min_size=1, max_size=14).map(lambda text: " ".join(filter(None, text.split(" ")))).filter(bool)
NAMES = st.integers(1, 999)


def tagged(tag: str, inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    return inner.map(lambda html: f"<{tag}>{html}</{tag}>")


TEXT = WORDS.map(escape)
PIECE = st.one_of(
    TEXT,
    tagged("code", TEXT),
    *(tagged(tag, TEXT) for tag in ("strong", "em", "s", "u", "mark", "kbd", "sub", "sup")),
    tagged("strong", tagged("em", TEXT)),
    TEXT.map(lambda words: f'<a href="https://example.org/a_b?c=1">{words}</a>'),
    st.tuples(NAMES, TEXT).map(lambda of: f'<a data-article="{of[0]}#part">{of[1]}</a>'),
)
LINE = st.lists(st.deferred(lambda: PIECE), min_size=1, max_size=4).map(
    lambda pieces: " ".join(pieces) if len(pieces) % 2 else "".join(pieces)
)
BROKEN = st.lists(st.deferred(lambda: LINE), min_size=1, max_size=2).map("<br>".join)
PARAGRAPH = tagged("p", st.deferred(lambda: BROKEN))
CODE = st.tuples(st.sampled_from(["", ' data-language="python"']), st.text(LETTERS | st.just("\n"), max_size=30)).map(
    lambda of: f"<pre{of[0]}><code>{escape(of[1])}</code></pre>"
)
SIMPLE = st.one_of(
    PARAGRAPH,
    CODE,
    st.tuples(st.sampled_from(["h2", "h3", "h4"]), LINE).map(lambda of: f"<{of[0]}>{of[1]}</{of[0]}>"),
    st.just("<hr>"),
    st.tuples(NAMES, TEXT).map(lambda of: f'<img data-picture="{of[0]}" alt="{of[1]}">'),
    NAMES.map(lambda number: f'<div data-block="{number}"></div>'),
    st.just('<div data-video="youtube:a_b-c1234"></div>'),
)


def containers(inner: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    several = st.lists(inner, min_size=1, max_size=3).map("".join)
    items = st.lists(st.tuples(PARAGRAPH, st.lists(inner, max_size=1)), min_size=1, max_size=3).map(
        lambda rows: "".join(f"<li>{words}{''.join(more)}</li>" for words, more in rows)
    )
    return st.one_of(
        tagged("ul", items),
        tagged("ol", items),
        items.map(lambda rows: f'<ol start="7">{rows}</ol>'),
        tagged("blockquote", several),
        st.tuples(st.sampled_from(["info", "tip", "warning", "danger"]), several).map(
            lambda of: f'<div data-callout="{of[0]}">{of[1]}</div>'
        ),
    )


CELL = st.one_of(st.just(""), st.deferred(lambda: LINE))


def row_of(tag: str, cells: list[str]) -> str:
    return f"<tr>{''.join(f'<{tag}>{cell}</{tag}>' for cell in cells)}</tr>"


def table_of(rows: tuple[list[str], list[list[str]]]) -> str:
    head, others = rows
    body = f"<tbody>{''.join(row_of('td', row) for row in others)}</tbody>" if others else ""
    return f"<table><thead>{row_of('th', head)}</thead>{body}</table>"


CELL = st.one_of(st.just(""), st.deferred(lambda: LINE))
ROWS = [st.lists(CELL, min_size=width, max_size=width) for width in (1, 2, 3)]
TABLE = st.one_of([st.tuples(row, st.lists(row, max_size=2)).map(table_of) for row in ROWS])
BODY = st.lists(
    st.one_of(SIMPLE, TABLE, st.recursive(st.deferred(lambda: SIMPLE), containers, max_leaves=5)), max_size=4
).map("".join)


@given(BODY)
@example("<ul><li><p>a</p></li></ul><ul><li><p>b</p></li></ul>")
@example("<p>1. no list</p><p># no heading</p><p>{{block:5}}</p><p>[!NOTE]</p>")
@example("<p>a<strong>b</strong>c<em>(d)</em>e</p>")
@settings(max_examples=250, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_the_editor_writes_is_the_same_after_markdown_and_back(html: str) -> None:
    body = clean_body(html)

    assert from_markdown(to_markdown(body)) == body


def test_markdown_of_an_article_reads_like_markdown() -> None:
    body = (
        "<h2>Export your data</h2><p>Open <strong>Settings</strong>, then <em>Export</em>.</p>"
        "<ol><li><p>Choose a format</p><ul><li><p>CSV</p></li><li><p>JSON</p></li></ul></li><li><p>Wait</p></li></ol>"
        '<div data-callout="warning"><p>It takes an hour.</p></div>'
        '<p>See <a data-article="12">the limits</a> or <a href="https://example.org/x">elsewhere</a>.</p>'
        '<img data-picture="7" alt="The menu">'
        '<pre data-language="sh"><code>curl -O x</code></pre>'
        "<table><tbody><tr><th><p>Plan</p></th><th><p>Rows</p></th></tr>"
        "<tr><td><p>Free</p></td><td><p>100 | 200</p></td></tr></tbody></table>"
        '<div data-block="3"></div><div data-video="vimeo:123"></div>'
    )

    assert to_markdown(body) == (
        "## Export your data\n\n"
        "Open **Settings**, then *Export*.\n\n"
        "1. Choose a format\n\n   - CSV\n   - JSON\n\n2. Wait\n\n"
        "> [!WARNING]\n> It takes an hour.\n\n"
        "See [the limits](article:12) or [elsewhere](https://example.org/x).\n\n"
        "![The menu](picture:7)\n\n"
        "```sh\ncurl -O x\n```\n\n"
        "| Plan | Rows |\n| --- | --- |\n| Free | 100 \\| 200 |\n\n"
        "{{block:3}}\n\n{{video:vimeo:123}}\n"
    )


def test_cells_that_span_others_stay_html() -> None:
    table = clean_body('<table><tbody><tr><td colspan="2"><p>a</p><p>b</p></td></tr></tbody></table>')

    assert "<table>" in to_markdown(table)
    assert from_markdown(to_markdown(table)) == table


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("# Title\n\nWords", "<h2>Title</h2><p>Words</p>"),
        ("- one\n- two", "<ul><li><p>one</p></li><li><p>two</p></li></ul>"),
        ("> [!CAUTION]\n> Hot", '<div data-callout="danger"><p>Hot</p></div>'),
        ("> [!tip]\n>\n> - a", '<div data-callout="tip"><ul><li><p>a</p></li></ul></div>'),
        ("~~old~~", "<p><s>old</s></p>"),
        (
            "![Ada](https://ada.example/a.png)",
            '<p><a href="https://ada.example/a.png" rel="noopener">Ada</a></p>',
        ),
        ("[x](javascript:alert(1))", '<p><a rel="noopener">x</a></p>'),
        ("a <script>alert(1)</script> b", "<p>a  b</p>"),
        ("{{video:evil:abc}}", "<p>{{video:evil:abc}}</p>"),
        ("", ""),
    ],
)
def test_markdown_becomes_what_articles_hold(text: str, body: str) -> None:
    assert from_markdown(text) == body
