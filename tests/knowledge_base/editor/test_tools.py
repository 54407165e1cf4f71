"""Around the words: comments of colleagues, reusable blocks, links, the preview, Markdown in and out."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from helpdesk.accounts.models import User
from knowledge_base.blocks import create_block, delete_block, save_block
from knowledge_base.commenting import answer, comment, resolve, talks_about
from knowledge_base.errors import ChangedMeanwhile, Refused
from knowledge_base.models import ArticleWords, AuthorComment, ContentBlock, Translation
from knowledge_base.publishing import publish
from knowledge_base.writing import begin_translation, create_article, save_draft
from tests.knowledge_base.editor.conftest import signed_in


def address(name: str, article: Translation, *more: int) -> str:
    return reverse(name, args=[article.article_id, article.language, *more])


def test_a_comment_stands_at_its_words_until_it_is_settled(article: Translation, grace: User, alan: User) -> None:
    said = comment(article, "With what?", by=alan, quote=" the\n rim ")
    answer(said, "Alcohol.", by=grace)
    resolve(said, True, by=grace)

    (talk,) = talks_about(article)
    assert (talk.first.quote, [row.text for row in talk.answers]) == ("the rim", ["Alcohol."])
    assert talk.first.resolved_by == grace


def test_an_answer_opens_what_was_settled(article: Translation, grace: User, alan: User) -> None:
    said = comment(article, "With what?", by=alan)
    resolve(said, True, by=grace)
    answer(said, "Still open.", by=alan)

    assert talks_about(article)[0].first.resolved_at is None


def test_a_button_pressed_twice_says_it_once(article: Translation, grace: User, alan: User) -> None:
    said = comment(article, "With what?", by=alan, quote="rim")
    assert comment(article, "With what?", by=alan, quote="rim") == said
    assert answer(said, "Alcohol.", by=grace) == answer(said, "Alcohol.", by=grace)
    assert comment(article, "With what?", by=grace, quote="rim") != said
    AuthorComment.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    assert comment(article, "With what?", by=alan, quote="rim") != said
    assert article.author_comments.count() == 4


@pytest.mark.parametrize("text", ["", "  \n", "a" * 5001])
def test_comments_say_something_and_no_book(article: Translation, grace: User, text: str) -> None:
    answered = signed_in(grace).post(address("knowledge-comments", article), {"text": text})

    assert answered.status_code == 422
    assert not article.author_comments.exists()


def test_comments_are_drawn_as_the_text_they_are(article: Translation, grace: User) -> None:
    url = address("knowledge-comments", article)
    page = signed_in(grace).post(url, {"text": "<b>x</b>", "quote": '"rim"'}, headers={"HX-Request": "true"})

    assert "&lt;b&gt;x&lt;/b&gt;" in page.content.decode()
    assert 'data-quote="&quot;rim&quot;"' in page.content.decode()


def test_a_comment_of_another_article_is_not_answered_here(article: Translation, grace: User) -> None:
    other = create_article(article.article.section, "en", by=grace)
    strange = comment(other, "Elsewhere", by=grace)

    answered = signed_in(grace).post(
        address("knowledge-comments", article), {"text": "Here", "answers": str(strange.pk)}
    )
    settled = signed_in(grace).post(address("knowledge-comment-resolution", article, strange.pk), {"resolved": "1"})

    assert (answered.status_code, settled.status_code) == (404, 404)


def holding(block: ContentBlock, article: Translation, grace: User) -> Translation:
    body = f'<p>Before.</p><div data-block="{block.pk}"></div>'
    return publish(save_draft(article, version=1, title="Brakes", summary="", body=body, by=grace), by=grace)


def test_a_changed_block_is_found_in_every_article_that_holds_it(article: Translation, grace: User) -> None:
    block = create_block("Hours", {"en": "<p>Open on Monday</p>"}, by=grace)
    held = holding(block, article, grace)

    save_block(block, version=1, name="Hours", texts={"en": "<p>Open on Wednesday</p>"}, by=grace)

    words = ArticleWords.objects.get(translation=held).text
    assert "Wednesday" in words and "Monday" not in words


def test_a_block_that_an_article_holds_is_not_deleted(article: Translation, grace: User) -> None:
    block = create_block("Hours", {"en": "<p>9 to 5</p>"}, by=grace)
    holding(block, article, grace)

    with pytest.raises(Refused, match="Take it out"):
        delete_block(block)


def test_blocks_hold_no_blocks_and_keep_clean(db: None) -> None:
    block = create_block("Hours", {"en": '<p onclick="x()">9</p><div data-block="3"></div>', "de": " "}, by=None)

    assert block.texts == {"en": "<p>9</p>"}
    around = '<div data-block="3"><p>9</p></div><div data-callout="tip" data-block="3">to 5</div><p>Sundays</p>'
    save_block(block, version=1, name="Hours", texts={"en": around}, by=None)
    block.refresh_from_db()
    assert block.texts == {"en": "<p>9</p>to 5<p>Sundays</p>"}, "no end without a beginning, no block behind a callout"


def test_two_who_change_a_block_do_not_overwrite_each_other(db: None) -> None:
    block = create_block("Hours", {"en": "<p>9</p>"}, by=None)
    save_block(block, version=1, name="Hours", texts={"en": "<p>10</p>"}, by=None)

    with pytest.raises(ChangedMeanwhile):
        save_block(block, version=1, name="Hours", texts={"en": "<p>11</p>"}, by=None)


@pytest.mark.parametrize(
    ("name", "texts"), [("", {"en": "<p>a</p>"}), ("HOURS", {"en": "<p>a</p>"}), ("New", {"en": ""})]
)
def test_a_block_has_a_name_of_its_own_and_words(db: None, name: str, texts: dict[str, str]) -> None:
    create_block("Hours", {"en": "<p>9</p>"}, by=None)

    with pytest.raises(Refused):
        create_block(name, texts, by=None)


def test_a_block_is_changed_on_its_page_and_deleted_once_nothing_holds_it(
    article: Translation, grace: User, margaret: User
) -> None:
    block = create_block("Hours", {"en": "<p>9 to 5</p>"}, by=grace)
    held = holding(block, article, grace)
    desk, url = signed_in(margaret), reverse("knowledge-block", args=[block.pk])
    page = desk.get(url).content.decode()
    assert "Hours" in page and held.title in page and "New block" not in page

    (version,) = re.findall(r'name="version" value="(\d+)"', page)
    desk.post(url, {"version": version, "name": "Hours", "text-en": "<p>9 to 6</p>"})
    block.refresh_from_db()
    assert block.texts == {"en": "<p>9 to 6</p>"}

    refused = desk.post(reverse("knowledge-block-deletion", args=[block.pk]))
    assert refused.status_code == 422
    assert "Take it out of them first" in refused.content.decode()
    assert "9 to 6" in refused.content.decode(), "and the words are still there to be saved"
    without = save_draft(held, version=held.version, title=held.title, summary="", body="<p>None.</p>", by=grace)
    publish(without, by=grace)
    desk.post(reverse("knowledge-block-deletion", args=[block.pk]))
    assert not ContentBlock.objects.filter(pk=block.pk).exists()


def test_the_form_of_a_block_keeps_what_was_typed_when_it_is_refused(article: Translation, margaret: User) -> None:
    page = signed_in(margaret).post(reverse("knowledge-block-new"), {"name": "", "text-en": "<p>typed</p>"})

    assert page.status_code == 422
    assert "&lt;p&gt;typed&lt;/p&gt;" in page.content.decode()


def test_links_are_offered_by_words_of_their_title(article: Translation, grace: User) -> None:
    url = reverse("knowledge-linkable")

    found = signed_in(grace).get(url, {"q": "brake squeak", "language": "en"}).json()["articles"]
    assert [(one["id"], one["title"], one["draft"]) for one in found] == [
        (article.article_id, "Squeaking brakes", True)
    ]
    assert signed_in(grace).get(url, {"q": "saddle"}).json()["articles"] == []


def test_articles_about_the_words_are_offered_after_those_that_are_called_so(article: Translation, grace: User) -> None:
    """Their titles are told in the language that is written, wherever the words were found."""
    section = article.article.section
    rims = publish(
        create_article(section, "en", by=grace, title="Worn rims", body="<p>Brakes wear them.</p>"), by=grace
    )
    german = begin_translation(rims.article, "de", by=grace)
    publish(save_draft(german, version=0, title="Felgen", summary="", body="<p>Alt.</p>", by=grace), by=grace)
    url = reverse("knowledge-linkable")

    def offered(words: str, language: str) -> list[str]:
        found = signed_in(grace).get(url, {"q": words, "language": language}).json()["articles"]
        return [one["title"] for one in found]

    assert offered("brakes", "en") == ["Squeaking brakes", "Worn rims"]
    assert offered("brakes", "de") == ["Squeaking brakes", "Felgen"]
    assert offered("felge", "en") == ["Worn rims"]


def test_the_preview_shows_words_that_are_not_saved_and_runs_nothing(article: Translation, grace: User) -> None:
    url = address("knowledge-preview", article)
    words = {"title": "New <title>", "summary": "", "body": "<p>Unsaved</p><script>x()</script>"}

    page = signed_in(grace).post(url, words).content.decode()

    assert "New &lt;title&gt;" in page and "<p>Unsaved</p>" in page and "<script" not in page
    article.refresh_from_db()
    assert "Unsaved" not in article.body
    whole = signed_in(grace).get(url).content.decode()
    assert "Clean the rim." in whole and "<script" not in whole


def test_an_article_is_taken_away_as_markdown(article: Translation, grace: User) -> None:
    answer = signed_in(grace).get(address("knowledge-markdown", article))

    assert answer.content.decode() == "# Squeaking brakes\n\nClean the rim.\n"
    assert 'filename="squeaking-brakes.md"' in answer["Content-Disposition"]


def test_markdown_comes_in_clean(grace: User) -> None:
    client: Client = signed_in(grace)
    url = reverse("knowledge-from-markdown")

    answer = client.post(url, {"text": "## A\n\n- b\n\n<script>x()</script>"}, content_type="application/json")

    assert answer.json() == {"html": "<h2>A</h2><ul><li><p>b</p></li></ul>"}
    assert client.post(url, {"text": 7}, content_type="application/json").status_code == 400
    assert client.post(url, "no", content_type="application/json").status_code == 400
