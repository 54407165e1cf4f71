"""Names in notes: what survives the cleaning, what is verified, and what typed words mean."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from helpdesk.lib.html import Nameable, clean_composer_html, clean_html, clean_mail_html, clean_note_html, name_people

GRACE = '<span data-mention="user:5">@Grace Hopper</span>'
PEOPLE = [
    Nameable("user:5", "Grace Hopper", ("gracehopper", "grace")),
    Nameable("user:6", "Alan Turing", ("alan",)),
    Nameable("user:7", "Alan Kay", ("alan",)),
    Nameable("user:8", "Jean-Luc O'Neill", ("jl.oneill",)),
    Nameable("team:1", "Support"),
    Nameable("team:2", "R&D"),
]


def test_a_mention_survives_in_notes_and_nowhere_else() -> None:
    assert clean_note_html(f"<p>{GRACE}?</p>") == f"<p>{GRACE}?</p>"
    for clean in (clean_composer_html, clean_html, clean_mail_html):
        assert "data-mention" not in clean(f"<p>{GRACE}?</p>")


@pytest.mark.parametrize(
    "span",
    [
        '<span class="x">a</span>',
        "<span>a</span>",
        '<span data-mention="admin:1">a</span>',
        '<span data-mention="user:5 x">a</span>',
        '<span data-mention="user:0">a</span>',
        '<span data-mention="user:5\n">a</span>',
        '<span data-mention="" onclick="x()">a</span>',
        '<span data-other="user:5">a</span>',
    ],
)
def test_no_other_span_survives(span: str) -> None:
    assert clean_note_html(f"<p>{span}</p>") == "<p>a</p>"


def test_a_mention_keeps_nothing_but_its_reference() -> None:
    html = '<p><span data-mention="user:5" class="big" style="x" id="y" onclick="z()">@Grace Hopper</span></p>'
    assert clean_note_html(html) == f"<p>{GRACE}</p>"


def test_spans_in_each_other_leave_one() -> None:
    html = f'<p><span><span data-mention="user:6">@A {GRACE}</span> b</span></p>'
    assert clean_note_html(html) == '<p><span data-mention="user:6">@A @Grace Hopper</span> b</p>'


def test_a_picked_name_is_the_one_of_today() -> None:
    named = name_people('<p><span data-mention="user:5">@The <b>boss</b></span> and Ada</p>', PEOPLE)
    assert named.html == f"<p>{GRACE} and Ada</p>"
    assert named.references == ["user:5"]


def test_whoever_is_gone_is_only_text() -> None:
    named = name_people('<p><span data-mention="user:99">@Somebody</span></p>', PEOPLE)
    assert (named.html, named.references) == ("<p>@Somebody</p>", [])


@pytest.mark.parametrize(
    ("typed", "references"),
    [
        ("@grace look", ["user:5"]),
        ("@Grace Hopper, look", ["user:5"]),
        ("@gracehopper.", ["user:5"]),
        ("(@GRACE)", ["user:5"]),
        ("@alan", []),  # two of them
        ("@Alan Kay and @alan turing", ["user:7", "user:6"]),
        ("@jean-luc o'neill", ["user:8"]),
        ("@jl.oneill.", ["user:8"]),
        ("@support @grace @support", ["team:1", "user:5"]),
        ("@R&D please", ["team:2"]),
        ("mail grace@hopper.org", []),
        ("a@grace /@grace @@grace", []),
        ("@gracefully done", []),
        ("@ grace", []),
        ("@", []),
    ],
)
def test_typed_names_count_where_they_are_clear(typed: str, references: list[str]) -> None:
    escaped = typed.replace("&", "&amp;")
    named = name_people(f"<p>{escaped}</p>", PEOPLE)
    assert named.references == references
    assert named.html.startswith("<p>") and clean_note_html(named.html) == named.html


def test_code_links_and_attributes_are_left_alone() -> None:
    html = '<p><a href="https://x.org/@grace">@grace</a> <code>@grace</code></p><pre>@grace</pre>'
    assert name_people(html, PEOPLE).html == html


def test_naming_twice_changes_nothing() -> None:
    once = name_people(f"<p>@grace and {GRACE} &lt;b&gt; &amp;lt;</p>", PEOPLE)
    assert name_people(once.html, PEOPLE).html == once.html
    assert "&lt;b&gt; &amp;lt;" in once.html


@given(st.text(alphabet="@ grace<>&;\"'/=abspn-.:5user", max_size=80))
def test_whatever_is_written_stays_clean(text: str) -> None:
    cleaned = clean_note_html(text)
    named = name_people(cleaned, PEOPLE)
    assert clean_note_html(named.html) == named.html
