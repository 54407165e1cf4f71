"""Articles while they are written: saved as they stand, and nobody's words lost to somebody else's."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from helpdesk.accounts.models import User
from knowledge_base.lifecycle import submit
from knowledge_base.models import ArticleEvent, HelpCentre, State, Translation
from knowledge_base.publishing import publish
from knowledge_base.writing import set_aside
from tests.knowledge_base.editor.conftest import signed_in


def save(client: Client, article: Translation, **words: Any) -> Any:
    url = reverse("knowledge-draft", args=[article.article_id, article.language])
    given = {"title": "Squeaking brakes", "summary": "", "body": "<p>Clean the rim.</p>", "version": 1, **words}
    return client.put(url, given, content_type="application/json")


def test_what_is_typed_is_saved_with_its_version(article: Translation, grace: User) -> None:
    answer = save(signed_in(grace), article, body="<p>Clean the rim twice.</p>")

    assert answer.json() == {"version": 2, "state": "draft", "said": ""}
    article.refresh_from_db()
    assert article.body == "<p>Clean the rim twice.</p>"
    assert article.worked_on_by == grace


def test_saving_again_what_is_there_changes_nothing(article: Translation, grace: User) -> None:
    answer = save(signed_in(grace), article)

    assert answer.json()["version"] == 1


def test_what_readers_see_stays_until_it_is_published_again(article: Translation, grace: User) -> None:
    publish(article, by=grace)

    save(signed_in(grace), article, body="<p>Half a thought</p>")

    article.refresh_from_db()
    assert article.state == State.DRAFT
    assert article.published is not None and article.published.body == "<p>Clean the rim.</p>"
    assert ArticleEvent.objects.filter(article=article.article, kind="edited", by=grace).exists()


def test_who_takes_it_back_by_typing_is_told_so(article: Translation, grace: User, margaret: User) -> None:
    HelpCentre.objects.update(needs_approval=True)
    submit(article, by=grace)

    of_a_reader = save(signed_in(margaret), article, body="<p>Clean the rims.</p>").json()
    of_its_author = save(signed_in(grace), article, body="<p>Clean both rims.</p>", version=2).json()
    afterwards = save(signed_in(grace), article, body="<p>Clean.</p>", version=3).json()

    assert (of_a_reader["state"], of_a_reader["said"]) == ("in_review", "")
    assert (of_its_author["state"], of_its_author["said"]) == (
        "draft",
        "The words have changed, so this is a draft again.",
    )
    assert afterwards["said"] == ""


def test_a_form_with_what_no_text_can_hold_is_saved_without_it(article: Translation, grace: User) -> None:
    url = reverse("knowledge-article", args=[article.article_id, article.language])

    answer = signed_in(grace).post(url, {"title": "Brakes\0", "summary": "\0", "body": "<p>x\0</p>", "version": 1})

    assert answer.status_code == 302
    article.refresh_from_db()
    assert (article.title, article.summary, article.body) == ("Brakes", "", "<p>x</p>")


def test_who_saves_over_newer_words_is_shown_them_and_who_wrote_them(
    article: Translation, grace: User, alan: User
) -> None:
    save(signed_in(alan), article, body="<p>Alan’s.</p>")

    answer = save(signed_in(grace), article, body="<p>Grace’s.</p>")

    assert answer.status_code == 409
    assert answer.json() | {"at": ""} == {
        "version": 2,
        "title": "Squeaking brakes",
        "summary": "",
        "body": "<p>Alan’s.</p>",
        "by": "Alan Turing",
        "at": "",
    }
    article.refresh_from_db()
    assert article.body == "<p>Alan’s.</p>"


def test_words_that_are_put_over_become_a_revision(article: Translation, grace: User, alan: User) -> None:
    save(signed_in(alan), article, body="<p>Alan’s.</p>")

    answer = save(signed_in(grace), article, body="<p>Grace’s.</p>", version=2, over=True)

    assert answer.json()["version"] == 3
    article.refresh_from_db()
    assert article.body == "<p>Grace’s.</p>"
    kept = article.revisions.get()
    assert (kept.body, kept.author) == ("<p>Alan’s.</p>", alan)


def test_words_that_give_way_become_a_revision_too(article: Translation, grace: User, alan: User) -> None:
    save(signed_in(alan), article, body="<p>Alan’s.</p>")

    save(signed_in(grace), article, body="<p>Grace’s.</p>", version=2, aside=True)

    article.refresh_from_db()
    assert article.body == "<p>Alan’s.</p>"
    kept = article.revisions.get()
    assert (kept.body, kept.author) == ("<p>Grace’s.</p>", grace)


def test_a_third_person_is_not_put_over_unseen(article: Translation, grace: User, alan: User) -> None:
    save(signed_in(alan), article, body="<p>Two.</p>")
    save(signed_in(alan), article, body="<p>Three.</p>", version=2)

    assert save(signed_in(grace), article, body="<p>Mine.</p>", version=2, over=True).status_code == 409

    article.refresh_from_db()
    assert article.body == "<p>Three.</p>"


@pytest.mark.parametrize(
    "words",
    [{"version": -1}, {"version": "x"}, {"version": 10**12}, {"version": None}],
)
def test_what_is_no_draft_is_refused(article: Translation, grace: User, words: dict[str, Any]) -> None:
    assert save(signed_in(grace), article, **words).status_code == 400


def test_a_text_without_end_is_refused(article: Translation, grace: User) -> None:
    answer = save(signed_in(grace), article, body="a" * 500_001)

    assert answer.status_code == 413
    assert "too long" in answer.json()["detail"]


def test_scripts_and_addresses_of_pictures_never_get_in(article: Translation, grace: User) -> None:
    body = '<p onclick="x()">a</p><script>x()</script><img src="https://spy.example/p.gif" data-picture="3" alt="b">'
    save(signed_in(grace), article, body=body)

    article.refresh_from_db()
    assert article.body == '<p>a</p><img data-picture="3" alt="b">'


def test_the_page_saves_without_scripts(article: Translation, grace: User) -> None:
    page = reverse("knowledge-article", args=[article.article_id, "en"])
    words = {"title": "Brakes that squeak", "summary": "Dirt.", "body": "<p>Rims.</p>", "version": "1"}

    assert signed_in(grace).post(page, words).status_code == 302

    article.refresh_from_db()
    assert (article.title, article.summary, article.body) == ("Brakes that squeak", "Dirt.", "<p>Rims.</p>")
    stale = signed_in(grace).post(page, {**words, "body": "<p>Mine.</p>"})
    assert stale.status_code == 409
    assert "&lt;p&gt;Mine.&lt;/p&gt;" in stale.content.decode()


def test_a_light_agent_reads_it_without_fields(article: Translation, linus: User) -> None:
    page = signed_in(linus).get(reverse("knowledge-article", args=[article.article_id, "en"])).content.decode()

    assert "Clean the rim." in page
    assert "<ot-body" not in page


def test_the_page_has_the_words_for_the_editor_and_the_panels_beside_it(article: Translation, grace: User) -> None:
    page = signed_in(grace).get(reverse("knowledge-article", args=[article.article_id, "en"])).content.decode()

    assert "&lt;p&gt;Clean the rim.&lt;/p&gt;" in page
    for name in ("state", "history", "translations", "comments"):
        assert f'hx-get="{reverse(f"knowledge-{name}", args=[article.article_id, "en"])}"' in page


def test_an_article_that_nobody_has_begun_in_a_language_is_not_there(article: Translation, grace: User) -> None:
    assert signed_in(grace).get(reverse("knowledge-article", args=[article.article_id, "de"])).status_code == 404


def test_words_set_aside_lose_what_no_text_can_hold(article: Translation, grace: User) -> None:
    set_aside(article, version=1, title="Squeak\0s", summary="\0", body="<p>Oil</p>", by=grace)

    newest = article.revisions.first()
    assert newest and (newest.title, newest.summary, newest.body) == ("Squeaks", "", "<p>Oil</p>")
