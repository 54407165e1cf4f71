"""From draft to readers and away from them: who may, what each step leaves, and what a change of words undoes."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from helpdesk.accounts.models import User
from knowledge_base.audience import ANYBODY
from knowledge_base.edition import edition
from knowledge_base.errors import ChangedMeanwhile, Refused
from knowledge_base.lifecycle import approve, reject, schedule, submit, unschedule, withdraw
from knowledge_base.models import HelpCentre, Section, State, Translation
from knowledge_base.policies import may_publish
from knowledge_base.publishing import archive, publish, restore, unpublish
from knowledge_base.writing import create_article, restore_revision, save_draft
from tests.knowledge_base.writing_cast import browser, fresh, happened, rewrite
from tickets.models import Notification

TOMORROW = timedelta(days=1)


def readable(translation: Translation) -> bool:
    return Translation.objects.readable_by(ANYBODY).filter(pk=translation.pk).exists()


def told(user: User) -> list[str]:
    return list(Notification.objects.filter(user=user, kind="article").order_by("pk").values_list("detail", flat=True))


def test_a_lead_approves_what_an_agent_submits(
    strict: HelpCentre, draft: Translation, grace: User, margaret: User, radia: User
) -> None:
    assert not may_publish(grace, strict) and may_publish(margaret, strict)
    submit(draft, by=grace, version=draft.version)
    assert fresh(draft).state == State.IN_REVIEW and not readable(draft)
    assert told(margaret) == told(radia) == ["Grace Hopper asks you to read “It rattles”"]
    approve(draft, by=margaret, version=draft.version)
    now = fresh(draft)
    assert now.state == State.PUBLISHED and now.published and now.published.body == "<p>Oil the cogs.</p>"
    assert readable(draft) and told(grace) == ["Margaret Hamilton approved “It rattles”"]
    assert happened(draft) == ["created", "edited", "submitted", "approved", "published"]


def test_what_is_sent_back_says_why(strict: HelpCentre, draft: Translation, grace: User, margaret: User) -> None:
    submit(draft, by=grace)
    with pytest.raises(Refused) as refused:
        reject(draft, "  ", by=margaret)
    assert refused.value.field == "words"
    reject(draft, "Which oil?", by=margaret)
    assert fresh(draft).state == State.DRAFT
    assert draft.article.events.get(kind="rejected").payload == {"words": "Which oil?"}
    assert told(grace) == ["Margaret Hamilton sent “It rattles” back: Which oil?"]
    panel = reverse("knowledge-state", args=[draft.article_id, "en"])
    assert "Which oil?" in browser(grace).get(panel).content.decode(), "and where the button is, too"
    submit(fresh(draft), by=grace)
    assert "Which oil?" not in browser(grace).get(panel).content.decode()
    reject(draft, "Which oil?", by=margaret)
    with pytest.raises(Refused):
        approve(draft, by=margaret)


def test_nobody_approves_words_that_they_have_not_read(
    strict: HelpCentre, draft: Translation, grace: User, margaret: User
) -> None:
    submit(draft, by=grace)
    seen = fresh(draft).version
    rewrite(draft, "<p>Pour water on the cogs.</p>", by=grace)
    assert fresh(draft).state == State.DRAFT, "a change of words takes it back"
    with pytest.raises(ChangedMeanwhile):
        approve(draft, by=margaret, version=seen)
    assert not readable(draft)


def test_who_may_approve_it_may_mend_it_while_it_waits(
    strict: HelpCentre, draft: Translation, grace: User, margaret: User
) -> None:
    """Reading is not taking it back: its author still hears that it was approved, and its hour still counts."""
    at = timezone.now() + TOMORROW
    submit(draft, by=grace, publish_at=at)
    mended = rewrite(draft, "<p>Oil the cogs well.</p>", by=margaret)
    assert (mended.state, mended.publish_at) == (State.IN_REVIEW, at)
    again = rewrite(draft, "<p>Oil the cogs very well.</p>", by=margaret)
    assert happened(draft)[-2:] == ["submitted", "edited"], "told once"
    assert draft.article.events.filter(kind="edited").first().payload == {"was": ""}  # type: ignore[union-attr]
    approve(draft, by=margaret, version=again.version)
    assert fresh(draft).state == State.SCHEDULED and "Margaret Hamilton approved “It rattles”" in told(grace)
    assert rewrite(draft, "<p>Oil.</p>", by=margaret).state == State.DRAFT, "an hour is for words that somebody read"


def test_its_author_takes_it_back(draft: Translation, grace: User) -> None:
    submit(draft, by=grace)
    withdraw(draft, by=grace)
    assert fresh(draft).state == State.DRAFT
    assert happened(draft)[-2:] == ["submitted", "withdrawn"]


def test_an_hour_asked_for_waits_for_approval_and_then_for_itself(
    strict: HelpCentre, draft: Translation, grace: User, margaret: User
) -> None:
    now = timezone.now()
    submit(draft, by=grace, publish_at=now + TOMORROW, now=now)
    approve(draft, by=margaret, now=now)
    kept = fresh(draft)
    assert (kept.state, kept.publish_at) == (State.SCHEDULED, now + TOMORROW) and not readable(draft)


def test_an_hour_that_has_passed_is_refused(draft: Translation, grace: User) -> None:
    with pytest.raises(Refused) as refused:
        schedule(draft, at=timezone.now() - TOMORROW, by=grace)
    assert refused.value.field == "at" and fresh(draft).state == State.DRAFT


def test_words_changed_before_their_hour_are_a_draft_again(draft: Translation, grace: User) -> None:
    schedule(draft, at=timezone.now() + TOMORROW, by=grace)
    changed = rewrite(draft, "<p>Better words.</p>", by=grace)
    assert (changed.state, changed.publish_at) == (State.DRAFT, None)
    assert draft.article.events.filter(kind="edited", payload__was="scheduled").exists()


def test_what_is_stopped_rests_where_readers_see_it(article: Translation, grace: User) -> None:
    rewrite(article, "<p>New.</p>", by=grace)
    schedule(article, at=timezone.now() + TOMORROW, by=grace)
    unschedule(article, by=grace)
    assert fresh(article).state == State.DRAFT
    back = rewrite(article, "<p>Oil the cogs.</p>", by=grace)
    assert back.state == State.PUBLISHED, "it says again what readers see"


def test_publishing_twice_is_publishing_once(article: Translation, grace: User) -> None:
    publish(article, by=grace)
    assert article.revisions.count() == 1 and happened(article).count("published") == 1


def test_unpublishing_keeps_the_words_and_the_address(article: Translation, grace: User) -> None:
    unpublish(article, by=grace)
    now = fresh(article)
    assert not readable(article) and now.body == "<p>Oil the cogs.</p>" and now.slug == "it-rattles"
    publish(article, by=grace)
    assert readable(article)


def test_the_archive_takes_all_languages_and_what_waited(article: Translation, grace: User) -> None:
    rewrite(article, "<p>New.</p>", by=grace)
    schedule(article, at=timezone.now() + TOMORROW, by=grace)
    archive(article.article, by=grace)
    kept = fresh(article)
    assert not readable(article) and (kept.state, kept.publish_at) == (State.DRAFT, None)
    with pytest.raises(Refused):
        publish(article, by=grace)
    restore(article.article, by=grace)
    assert readable(article), "readers see again what was published"


def test_a_successor_is_an_article_that_is_there(article: Translation, section: Section, grace: User) -> None:
    other = create_article(section, "en", by=grace, title="It rattles again").article
    with pytest.raises(Refused):
        archive(article.article, by=grace, successor=article.article)
    archive(other, by=grace)
    with pytest.raises(Refused) as refused:
        archive(article.article, by=grace, successor=other)
    assert refused.value.field == "successor" and readable(article)


def test_an_article_without_a_title_stays_a_draft(section: Section, grace: User) -> None:
    untitled = create_article(section, "en", by=grace)
    later = timezone.now() + TOMORROW
    with pytest.raises(Refused):
        submit(untitled, by=grace)
    with pytest.raises(Refused):
        publish(untitled, by=grace)
    with pytest.raises(Refused):
        schedule(untitled, at=later, by=grace)
    assert fresh(untitled).state == State.DRAFT


def test_what_readers_see_already_is_not_submitted(article: Translation, grace: User) -> None:
    with pytest.raises(Refused):
        submit(article, by=grace)


def test_an_earlier_version_comes_back_and_nothing_is_lost(article: Translation, grace: User, alan: User) -> None:
    first = article.revisions.get(number=1)
    rewrite(article, "<p>Never published.</p>", by=grace)
    restore_revision(article, first, by=alan)
    now = fresh(article)
    assert now.body == first.body and now.state == State.PUBLISHED
    assert article.revisions.get(number=2).body == "<p>Never published.</p>"
    assert article.article.events.get(kind="revision.restored").payload == {"revision": 1}
    with pytest.raises(Refused):
        restore_revision(article, first, by=alan)


def test_saving_a_draft_is_no_new_edition(article: Translation, grace: User) -> None:
    before = edition()
    save_draft(fresh(article), version=article.version, title="It rattles", summary="", body="<p>x</p>", by=grace)
    assert edition() == before, "pages that are kept for readers stay as they are"
    publish(article, by=grace)
    assert edition() > before
