"""What nobody types by accident into the pages of those who write."""

from __future__ import annotations

import pytest

from helpdesk.accounts.models import User
from knowledge_base.lifecycle import reject, submit
from knowledge_base.models import Section, Translation
from knowledge_base.writing import create_article
from tests.knowledge_base.writing_cast import browser

ODD = "x\0" + "9" * 30


@pytest.mark.parametrize(
    "page", ["", "state/", "history/", "translations/", "source/", "comments/", "preview/", "draft/"]
)
def test_an_odd_language_is_no_article(article: Translation, grace: User, page: str) -> None:
    address = f"/knowledge/articles/{article.article_id}/e%00n/{page}"
    assert browser(grace).get(address).status_code == 404


@pytest.mark.parametrize(
    ("address", "given"),
    [
        ("en/facts/", {"owner": ODD, "section": ODD, "labels": "a\0b, c", "review_by": ODD}),
        ("en/facts/", {"section": "1", "labels": "a\0b"}),
        ("en/decision/", {"decision": "reject", "words": "a\0b", "version": ODD}),
        ("en/decision/", {"decision": "approve", "version": "99"}),
        ("en/publication/", {"at": ODD}),
        ("en/publication/", {"at": "9999-12-31T23:59", "version": ""}),
        ("en/submission/", {"at": "0001-01-01T00:00"}),
        ("en/translations/", {"to": "d\0e"}),
        ("en/source/", {"seen": ODD}),
        ("en/review/", {"months": ODD}),
        ("en/comments/", {"text": "a\0b", "quote": "a\0b"}),
        ("en/comments/", {"text": "a", "answers": "٣"}),
        ("en/preview/", {"title": "a\0b", "body": "<p>\0</p>"}),
        ("archive/", {"successor": ODD}),
        ("position/", {"place": ODD, "step": ODD}),
    ],
)
def test_odd_forms_are_answered_in_words(
    article: Translation, margaret: User, address: str, given: dict[str, str]
) -> None:
    answer = browser(margaret).post(f"/knowledge/articles/{article.article_id}/{address}", given)
    assert answer.status_code < 500


@pytest.mark.parametrize("address", ["categories/new/", "sections/new/", "blocks/new/", "new/", "synonyms/"])
def test_odd_names_are_answered_in_words(section: Section, margaret: User, address: str) -> None:
    names = ("name", "name_en", "description_en", "text-en", "title", "words", "language", "icon")
    odd = dict.fromkeys(names, "a\0b")
    odd |= {"category": str(section.category_id), "section": str(section.pk), "audience": "chosen", "tone": "blue"}
    odd |= {"organisation_ids": "9" * 30, "segment_ids": "9" * 18}
    assert browser(margaret).post(f"/knowledge/{address}", odd).status_code < 500
    assert browser(margaret).get(f"/knowledge/{address}?section={ODD}&category={ODD}&centre={ODD}").status_code < 500


def test_a_no_holds_what_can_be_kept(draft: Translation, grace: User, margaret: User) -> None:
    submit(draft, by=grace)
    reject(draft, " Which\0 oil? ", by=margaret)
    assert draft.article.events.get(kind="rejected").payload == {"words": "Which oil?"}


def test_a_title_holds_what_can_be_kept(section: Section, grace: User) -> None:
    """Also of one that begins with a gap or a ticket."""
    begun = create_article(section, "en", by=grace, title="It\0 rattles", summary="\0", body="<p>\0x</p>")
    assert (begun.title, begun.summary, begun.body) == ("It rattles", "", "<p>x</p>")
