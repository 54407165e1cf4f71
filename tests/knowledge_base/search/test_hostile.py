"""Whatever is typed, the search answers. Property tests over what people, programs and attackers send."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from knowledge_base.audience import ANYBODY
from knowledge_base.models import HelpCentre, Synonyms
from knowledge_base.search.finding import find, suggest
from knowledge_base.search.log import note_search
from knowledge_base.search.words import words_of
from tests.knowledge_base.search.conftest import Write

OPERATORS = [*"&|!()<>:*'\"\\-+^@~%_;$? \t\n\x00", "<->", "<2>", "''", "$$", "--", "„", "“", ":*"]
SCRIPTS = st.sampled_from("aé ßИй中文日本ไทยहिन्दीעבריתعربي한국\u200d\u0301🚲½ﷺǅ٣Ⅷ")
HOSTILE = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(OPERATORS), max_size=60).map("".join),
    st.lists(st.one_of(st.sampled_from(OPERATORS), SCRIPTS, st.just("wheel")), max_size=80).map("".join),
    st.integers(1, 10_000).map(lambda length: "wheel " * (length // 6)),
)
SLOWLY = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def wheels(write: Write, centre: HelpCentre) -> HelpCentre:
    write("Wheels & tyres", "The wheel turns.")
    write("Räder", "Das Rad dreht sich.", language="de")
    write("車輪", "車輪が回ります。", language="ja")
    Synonyms.objects.create(language="en", words=["wheel", "''", "rim & tyre", "車"])
    return centre


@SLOWLY
@given(words=HOSTILE, prefix=st.booleans())
@example(words="\x00", prefix=True)
@example(words="x" * 10_000, prefix=False)
@example(words="\ud800 wheel", prefix=False)
@example(words="' | '", prefix=True)
@example(words='"wheel', prefix=True)
@example(words="-wheel - --wheel", prefix=False)
def test_a_search_answers_whatever_is_typed(wheels: HelpCentre, words: str, prefix: bool) -> None:
    found = find(words, reader=ANYBODY, centre=wheels, language="en", prefix=prefix, everywhere=prefix)
    assert found.count >= len(found.hits)
    assert all("<script" not in hit.excerpt_html for hit in found.hits)


@SLOWLY
@given(words=HOSTILE)
@example(words="wheel\x00" * 3_000)
@example(words="\ud800" * 20)
def test_suggestions_come_whatever_is_written(wheels: HelpCentre, words: str) -> None:
    assert len(suggest(words, reader=ANYBODY, centre=wheels, language="de")) <= 5


@SLOWLY
@given(words=HOSTILE)
def test_every_search_can_be_written_down(wheels: HelpCentre, words: str) -> None:
    row = note_search(words, centre=wheels, language="en", results=0, visitor="v" * 32)
    assert row is None or (row.folded and len(row.words) <= 200)


@given(text=st.text(max_size=200))
def test_words_hold_nothing_that_a_question_would_have_to_escape(text: str) -> None:
    for word in words_of(text):
        assert word.folded and not set(word.folded) & set("'\\:&|!()<>* ^@\x00")


def test_only_operators_are_no_search(wheels: HelpCentre) -> None:
    assert find("& | ! ( ) :* <-> '", reader=ANYBODY, centre=wheels, language="en").count == 0


def test_scripts_may_be_mixed(wheels: HelpCentre) -> None:
    assert [hit.title for hit in find("車輪", reader=ANYBODY, centre=wheels, language="en").hits] == ["車輪"]
    assert find("wheel車輪", reader=ANYBODY, centre=wheels, language="en").hits[0].title == "Wheels & tyres"
