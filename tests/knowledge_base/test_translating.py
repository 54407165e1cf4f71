"""Translations beside their source: what is missing, what is behind, and who says that it is not."""

from __future__ import annotations

import pytest

from helpdesk.accounts.models import User
from knowledge_base.errors import Refused
from knowledge_base.models import HelpCentre, Translation
from knowledge_base.publishing import publish
from knowledge_base.translating import behind, follow_source, missing, tongues_of
from knowledge_base.writing import begin_translation
from tests.knowledge_base.writing_cast import browser, fresh, rewrite, translate


@pytest.fixture
def german(article: Translation, grace: User) -> Translation:
    """A published translation of what readers see now."""
    return fresh(publish(translate(article, "Es klappert", "<p>Öle die Räder.</p>", by=grace), by=grace))


def is_late(translation: Translation) -> bool:
    [tongue] = [each for each in tongues_of(translation.article) if each.language == translation.language]
    assert tongue.is_behind == behind().filter(pk=translation.pk).exists(), "list and panel say the same"
    return tongue.is_behind


def test_a_source_that_changes_leaves_its_translation_behind(
    article: Translation, german: Translation, grace: User
) -> None:
    assert not is_late(german)
    changed = rewrite(article, "<p>Oil the big cogs.</p>", by=grace)
    assert not is_late(german), "readers do not see the change yet"
    publish(changed, by=grace)
    assert is_late(german)


def test_mending_a_comma_does_not_make_it_current(article: Translation, german: Translation, grace: User) -> None:
    publish(rewrite(article, "<p>Oil the big cogs.</p>", by=grace), by=grace)
    publish(rewrite(german, "<p>Öle die Räder!</p>", by=grace), by=grace)
    assert is_late(german)
    publish(rewrite(german, "<p>Öle die großen Räder.</p>", by=grace), by=grace, follows_source=True)
    assert not is_late(german)


def test_somebody_says_that_it_is_current_of_what_they_saw(
    article: Translation, german: Translation, grace: User
) -> None:
    publish(rewrite(article, "<p>Oil the cogs!</p>", by=grace), by=grace)
    seen = fresh(article).published_id or 0
    publish(rewrite(article, "<p>Never oil the cogs.</p>", by=grace), by=grace)
    with pytest.raises(Refused):
        follow_source(german, by=grace, seen=seen)
    assert is_late(german)
    follow_source(german, by=grace, seen=fresh(article).published_id or 0)
    assert not is_late(german)
    assert article.article.events.get(kind="source.followed").language == "de"


def test_a_translation_begun_before_a_change_is_behind_it(article: Translation, grace: User) -> None:
    begun = translate(article, "Es klappert", "<p>Öle die Räder.</p>", by=grace)
    publish(rewrite(article, "<p>Oil the big cogs.</p>", by=grace), by=grace)
    publish(begun, by=grace)
    assert is_late(begun)


def test_what_is_missing_is_what_readers_of_a_language_miss(
    article: Translation, centre: HelpCentre, grace: User
) -> None:
    assert list(missing(centre, "de")) == [article.article] and not missing(centre, "en").exists()
    begun = translate(article, "Es klappert", "<p>Öle.</p>", by=grace)
    assert list(missing(centre, "de")) == [article.article], "a draft is nothing to read"
    publish(begun, by=grace)
    assert not missing(centre, "de").exists()


def test_only_languages_of_the_help_centre_are_begun(article: Translation, grace: User) -> None:
    with pytest.raises(Refused):
        begin_translation(article.article, "fr", by=grace)
    assert (
        begin_translation(article.article, "de", by=grace).pk == begin_translation(article.article, "de", by=grace).pk
    )


def test_the_source_stands_beside_with_what_changed_marked(
    article: Translation, german: Translation, grace: User
) -> None:
    address = f"/knowledge/articles/{article.article_id}/de/source/"
    page = browser(grace).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "<p>Oil the cogs.</p>" in page and "<ins>" not in page
    publish(rewrite(article, "<p>Oil the big cogs.</p>", by=grace), by=grace)
    page = browser(grace).get(address, headers={"HX-Request": "true"}).content.decode()
    assert "Oil the <ins>big </ins>cogs." in page and "version 1" in page
    assert "beside=source" in browser(grace).get(f"/knowledge/articles/{article.article_id}/de/state/").content.decode()


def test_the_list_of_missing_ones_begins_a_translation(article: Translation, grace: User) -> None:
    page = browser(grace).get("/knowledge/translations/").content.decode()
    assert "It rattles" in page and "German" in page
    answer = browser(grace).post(f"/knowledge/articles/{article.article_id}/en/translations/", {"to": "de"})
    assert answer.headers["Location"] == f"/knowledge/articles/{article.article_id}/de/"
    assert article.article.translations.filter(language="de").exists()
