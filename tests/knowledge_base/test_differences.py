"""What changed between two versions: nothing of either is lost, nothing of it is dangerous."""

from __future__ import annotations

import re
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge_base.body import clean_body
from knowledge_base.differences import compare, compare_line, is_changed

MARKED = re.compile(r"</?(?:ins|del)(?: class=\"block\")?>")


def accepted(compared: str) -> str:
    """As if what went had never been there."""
    return words(re.sub(r"<del[^>]*>.*?</del>", "", compared, flags=re.DOTALL))


def rejected(compared: str) -> str:
    return words(re.sub(r"<ins[^>]*>.*?</ins>", "", compared, flags=re.DOTALL))


def words(html: str) -> str:
    return "".join(re.sub(r"<[^>]*>", "", html).split())


@pytest.mark.parametrize(
    ("old", "new", "shown"),
    [
        ("<p>Oil the cogs.</p>", "<p>Oil the big cogs.</p>", "<p>Oil the <ins>big </ins>cogs.</p>"),
        ("<p>Oil it.</p>", "<p>Oil <b>it</b>.</p>", "<p>Oil <del>it</del><ins><b>it</b></ins>.</p>"),
        ("<p>One.</p><p>Two.</p>", "<p>Two.</p>", "<p><del>One.</del></p><p>Two.</p>"),
        ("<h2>Oil</h2>", "<h3>Oil</h3>", "<h2><del>Oil</del></h2><h3><ins>Oil</ins></h3>"),
        (
            "<ul><li><p>first thing</p></li></ul>",
            "<ul><li><p>first thing</p></li><li><p>second</p></li></ul>",
            "<ul><li><p>first thing</p></li><li><p><ins>second</ins></p></li></ul>",
        ),
        (
            "<table><tbody><tr><td>a b c</td></tr></tbody></table>",
            "<table><tbody><tr><td>a b d</td></tr></tbody></table>",
            "<table><tbody><tr><td>a b <del>c</del><ins>d</ins></td></tr></tbody></table>",
        ),
        (
            '<p><img data-picture="1" alt="cog"> as shown</p>',
            '<p><img data-picture="2" alt="cog"> as shown</p>',
            '<p><del><img data-picture="1" alt="cog"></del><ins><img data-picture="2" alt="cog"></ins> as shown</p>',
        ),
        (
            '<div data-video="youtube:a"></div>',
            '<div data-video="youtube:b"></div>',
            '<del class="block"><div data-video="youtube:a"></div></del>'
            '<ins class="block"><div data-video="youtube:b"></div></ins>',
        ),
        (
            '<div data-callout="tip"><p>Oil.</p></div>',
            '<div data-callout="danger"><p>Oil.</p></div>',
            '<div data-callout="tip"><p><del>Oil.</del></p></div>'
            '<div data-callout="danger"><p><ins>Oil.</ins></p></div>',
        ),
        ("", "", ""),
        ("<p>same</p>", "<p>same</p>", "<p>same</p>"),
    ],
)
def test_what_came_and_what_went(old: str, new: str, shown: str) -> None:
    assert compare(old, new) == shown


def test_words_that_look_like_tags_stay_words() -> None:
    shown = compare("<p>a</p>", "<p>a &lt;script&gt;alert(1)&lt;/script&gt; &amp;lt;</p>")
    assert "<script" not in shown and "&lt;script&gt;" in shown and "&amp;lt;" in shown
    assert compare_line("a", "<b>&") == "<del>a</del><ins>&lt;b&gt;&amp;</ins>"


def test_a_book_is_compared_in_time() -> None:
    old = "".join(f"<p>Paragraph {n} says a few words of this and that.</p>" for n in range(2000))
    new = old.replace("Paragraph 700 says", "Paragraph 700 tells").replace("<p>Paragraph 900", "<p>Chapter 900")
    shown = compare(old, new)
    assert shown.count("<ins>") == 2 and accepted(shown) == words(new)
    long = "<p>" + "word other " * 20_000 + "</p>"
    assert accepted(compare(long, long.replace("word", "sword"))) == words(long.replace("word", "sword"))


TEXT = st.sampled_from(["oil", "the cogs", "a < b & c", "big", " ", "wheel", "ä ö", "<img src=x onerror=y>"])
INLINE = st.recursive(
    TEXT.map(lambda text: text.replace("&", "&amp;").replace("<", "&lt;")),
    lambda inside: st.one_of(
        st.lists(inside, max_size=3).map("".join),
        st.tuples(st.sampled_from(["b", "i", "code"]), inside).map(lambda it: f"<{it[0]}>{it[1]}</{it[0]}>"),
        inside.map(lambda text: f'<a data-article="4">{text}</a>'),
        inside.map(lambda text: f"{text}<br>"),
    ),
    max_leaves=6,
)
PARAGRAPH = st.tuples(st.sampled_from(["p", "h2", "h3", "pre"]), INLINE).map(lambda it: f"<{it[0]}>{it[1]}</{it[0]}>")
BODY = st.recursive(
    PARAGRAPH,
    lambda inside: st.one_of(
        st.lists(inside, max_size=4).map("".join),
        st.lists(inside, min_size=1, max_size=3).map(
            lambda items: f"<ul>{''.join(f'<li>{it}</li>' for it in items)}</ul>"
        ),
        st.lists(INLINE, min_size=1, max_size=3).map(
            lambda cells: f"<table><tbody><tr>{''.join(f'<td>{it}</td>' for it in cells)}</tr></tbody></table>"
        ),
        inside.map(lambda it: f'<div data-callout="tip">{it}</div>'),
        inside.map(lambda it: f"{it}loose words"),
    ),
    max_leaves=8,
).map(clean_body)


@settings(max_examples=150, deadline=None)
@given(BODY, BODY)
def test_both_versions_can_be_read_out_of_the_comparison(old: str, new: str) -> None:
    shown = compare(old, new)
    assert accepted(shown) == words(new)
    assert rejected(shown) == words(old)
    assert clean_body(MARKED.sub("", shown)) is not None
    assert set(re.findall(r"<(\w+)", MARKED.sub("", shown))) <= set(re.findall(r"<(\w+)", old + new)) | {"p"}


@settings(max_examples=60, deadline=None)
@given(BODY)
def test_nothing_changed_is_nothing_marked(body: str) -> None:
    assert not is_changed(compare(body, body))


def test_a_book_of_short_lines_written_anew_is_compared_in_time() -> None:
    began = process_time()
    shown = compare("<p>a</p>" * 4000, "<p>b</p>" * 4000)
    assert process_time() - began < 5, "one pair after the other would take a minute and a half"
    assert shown.count("<del>") == shown.count("<ins>") == 4000
