"""The list of articles, the panel with its buttons, history and versions: as browsers get them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from helpdesk.accounts.models import User
from knowledge_base import editor_urls, staff_urls
from knowledge_base.lifecycle import schedule, submit
from knowledge_base.models import HelpCentre, Section, State, Translation
from knowledge_base.publishing import archive, publish
from knowledge_base.reviewing import set_review_by
from knowledge_base.writing import create_article
from tests.knowledge_base.writing_cast import browser, fresh, rewrite, translate
from tickets.models import Notification

FRAGMENT = {"HX-Request": "true"}


def shown(user: User, query: str = "") -> set[str]:
    page = browser(user).get(f"/knowledge/{query}").content.decode()
    return {title for title in ("It rattles", "It hisses", "It hums", "It smokes") if title in page}


@pytest.fixture
def others(section: Section, alan: User, grace: User) -> dict[str, Translation]:
    """Alan's articles, each in another state."""
    hisses, hums, smokes = (
        create_article(section, "en", by=alan, title=title, body="<p>x</p>")
        for title in ("It hisses", "It hums", "It smokes")
    )
    submit(hisses, by=alan)
    schedule(hums, at=timezone.now() + timedelta(days=1), by=alan)
    archive(publish(smokes, by=alan).article, by=alan)
    return {"hisses": fresh(hisses), "hums": fresh(hums), "smokes": fresh(smokes)}


def test_each_tab_shows_its_own(article: Translation, others: dict[str, Translation], grace: User, alan: User) -> None:
    assert shown(grace) == {"It rattles", "It hisses", "It hums"}
    assert shown(grace, "?show=mine") == {"It rattles"}
    assert shown(alan, "?show=mine") == {"It hisses", "It hums"}
    assert shown(grace, "?show=review") == {"It hisses"}
    assert shown(grace, "?show=scheduled") == {"It hums"}
    assert shown(grace, "?show=archived") == {"It smokes"}
    assert shown(grace, "?show=due") == set()
    set_review_by(article.article, timezone.localdate(), by=grace)
    assert shown(grace, "?show=due") == {"It rattles"}
    assert shown(grace, "?show=behind") == set()
    publish(translate(article, "Es klappert", "<p>Öle.</p>", by=grace), by=grace)
    publish(rewrite(article, "<p>New.</p>", by=grace), by=grace)
    assert shown(grace, "?show=behind") == {"It rattles"}


def test_it_is_narrowed_by_what_its_address_says(
    article: Translation, others: dict[str, Translation], grace: User, alan: User, section: Section
) -> None:
    assert shown(grace, "?q=rattl") == {"It rattles"}
    assert shown(grace, f"?owner={alan.pk}") == {"It hisses", "It hums"}
    assert shown(grace, f"?section={section.pk}&q=it") == {"It rattles", "It hisses", "It hums"}
    assert shown(grace, "?language=de") == set()
    assert shown(grace, "?q=%00&owner=x&section=9999999999999999999999&page=-1&show=nonsense") == shown(grace)


def test_the_list_asks_as_often_for_many_as_for_few(article: Translation, section: Section, grace: User) -> None:
    client = browser(grace)

    def asked() -> int:
        with CaptureQueriesContext(connection) as statements:
            client.get("/knowledge/")
        return len(statements)

    client.get("/knowledge/")
    few = asked()
    for number in range(12):
        create_article(section, "en", by=grace, title=f"Article {number}")
    assert asked() == few


def test_a_new_article_begins_with_a_title_and_a_place(section: Section, grace: User) -> None:
    client = browser(grace)
    assert client.post("/knowledge/new/", {"title": "", "section": section.pk, "language": "en"}).status_code == 422
    assert client.post("/knowledge/new/", {"title": "x", "section": section.pk, "language": "fr"}).status_code == 422
    answer = client.post("/knowledge/new/", {"title": "Why is it hot?", "section": section.pk, "language": "de"})
    begun = Translation.objects.get()
    assert answer.headers["Location"] == f"/knowledge/articles/{begun.article_id}/de/"
    assert (begun.title, begun.article.language, begun.article.owner) == ("Why is it hot?", "de", grace)


def test_the_panel_offers_what_its_reader_may_do(
    strict: HelpCentre, draft: Translation, grace: User, margaret: User, linus: User
) -> None:
    address = f"/knowledge/articles/{draft.article_id}/en/"
    buttons = {
        who: browser(who).get(f"{address}state/", headers=FRAGMENT).content.decode() for who in (grace, margaret, linus)
    }
    assert "Ask for approval" in buttons[grace] and "publication/" not in buttons[grace]
    assert f"{address}publication/" in buttons[margaret]
    assert "<form" not in buttons[linus]
    answer = browser(grace).post(f"{address}submission/", {"version": draft.version}, headers=FRAGMENT)
    assert "In review" in answer.content.decode() and "ot:article-changed" in answer.headers["HX-Trigger"]
    answer = browser(margaret).post(f"{address}decision/", {"decision": "reject", "words": ""}, headers=FRAGMENT)
    assert answer.status_code == 422 and "Say what should be changed." in answer.content.decode()
    told = Notification.objects.get(user=margaret)
    assert browser(margaret).get(f"/agent/notifications/{told.pk}/").headers.get("Location") == address


def test_words_that_changed_meanwhile_are_not_published(article: Translation, grace: User) -> None:
    seen = rewrite(article, "<p>One.</p>", by=grace).version
    rewrite(article, "<p>Two.</p>", by=grace)
    address = f"/knowledge/articles/{article.article_id}/en/publication/"
    answer = browser(grace).post(address, {"version": seen}, headers=FRAGMENT)
    assert answer.status_code == 409 and "has changed this text since you opened it" in answer.content.decode()
    assert browser(grace).post(address, {"version": seen + 1}, headers=FRAGMENT).status_code == 200
    published = fresh(article).published
    assert published and published.body == "<p>Two.</p>"


def test_an_hour_is_that_of_whoever_types_it(draft: Translation, grace: User) -> None:
    User.objects.filter(pk=grace.pk).update(time_zone="Asia/Tokyo")
    address = f"/knowledge/articles/{draft.article_id}/en/publication/"
    given = {"version": draft.version, "at": "2099-01-01T09:00"}
    assert browser(grace).post(address, {**given, "at": "tomorrow"}, headers=FRAGMENT).status_code == 422
    assert browser(grace).post(address, given, headers=FRAGMENT).status_code == 200
    kept = fresh(draft)
    assert (kept.state, kept.publish_at) == (State.SCHEDULED, datetime(2099, 1, 1, tzinfo=UTC))
    browser(grace).post(address, {"undo": "1"}, headers=FRAGMENT)
    assert fresh(draft).state == State.DRAFT


def test_versions_side_by_side_and_back(article: Translation, grace: User, linus: User) -> None:
    publish(rewrite(article, "<p>Oil the <b>big</b> cogs.</p>", by=grace), by=grace)
    rewrite(article, "<p>Leave the cogs alone.</p>", by=grace)
    address = f"/knowledge/articles/{article.article_id}/en/versions/2/"
    page = browser(linus).get(address).content.decode()
    assert "<ins><b>big</b> </ins>" in page and "Bring these words back" not in page
    now = browser(grace).get(f"{address}?against=now").content.decode()
    assert "alone" in now and "What was written since version 2" in now and "Bring version 2 back" in now
    assert browser(grace).get(f"{address}?against=77").status_code == 404
    for _press in range(2):  # the second finds it done
        answer = browser(grace).post(f"/knowledge/articles/{article.article_id}/en/versions/1/restoration/")
        assert answer.headers["Location"] == f"/knowledge/articles/{article.article_id}/en/"
    kept = fresh(article)
    assert kept.body == "<p>Oil the cogs.</p>" and kept.published and "big" in kept.published.body


def test_history_is_told_in_sentences(article: Translation, grace: User) -> None:
    page = browser(grace).get(f"/knowledge/articles/{article.article_id}/en/history/").content.decode()
    assert "Grace Hopper published version 1" in page and "Grace Hopper began the article" in page


def test_the_archive_finds_a_successor_by_its_title(article: Translation, section: Section, grace: User) -> None:
    better = publish(create_article(section, "en", by=grace, title="It rattles less", body="<p>x</p>"), by=grace)
    address = f"/knowledge/articles/{article.article_id}/archive/"
    assert f'value="{better.article_id}"' in browser(grace).get(f"{address}?q=rattles+less").content.decode()
    assert browser(grace).post(address, {"successor": better.article_id}).status_code == 302
    kept = fresh(article).article
    assert kept.archived_at and kept.successor_id == better.article_id
    browser(grace).post(f"/knowledge/articles/{article.article_id}/restoration/")
    assert fresh(article).article.archived_at is None


def test_an_agent_moves_nothing_to_where_others_publish(article: Translation, grace: User, margaret: User) -> None:
    """Published where agents may, then moved: a way around approval."""
    strict = HelpCentre.objects.create(name="Boilers", host="boilers.test", languages=["en"], needs_approval=True)
    section = strict.categories.create(texts={"en": {"name": "Boilers"}}).sections.create(
        texts={"en": {"name": "Safety"}}
    )
    address = f"/knowledge/articles/{article.article_id}/en/"
    wish = {"section": section.pk, "owner": grace.pk}

    assert "Safety" not in browser(grace).get(f"{address}state/").content.decode()
    assert browser(grace).post(f"{address}facts/", wish).status_code == 422
    assert fresh(article).article.section_id != section.pk

    assert browser(margaret).post(f"{address}facts/", wish).status_code == 302
    assert fresh(article).article.section_id == section.pk


def test_comments_of_readers_and_of_colleagues_have_addresses_of_their_own(
    article: Translation, margaret: User
) -> None:
    assert reverse("knowledge-reader-comments") == "/knowledge/comments/"
    assert reverse("knowledge-comments", args=[article.article_id, "en"]).endswith("/en/comments/")
    names = [
        pattern.name for pattern in (*staff_urls.urlpatterns, *editor_urls.urlpatterns) if hasattr(pattern, "name")
    ]
    assert {name for name in names if names.count(name) > 1} == set()
