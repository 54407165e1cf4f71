"""Publishing at an hour: once, whoever dies and however many sweep; and reminding owners of reviews."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from helpdesk.accounts.models import User
from knowledge_base.audience import ANYBODY
from knowledge_base.lifecycle import publish_due, schedule
from knowledge_base.models import ArticleEvent, ArticleWords, Section, State, Translation
from knowledge_base.publishing import archive
from knowledge_base.reviewing import AGAIN_AFTER, months_after, remind, reviewed, set_review_by
from knowledge_base.writing import create_article
from tests.knowledge_base.writing_cast import fresh, happened
from tickets.models import Notification

HOUR = timedelta(hours=1)
# A worker that has published and is killed before its transaction ends.
KILLED = """
import os, signal
import django
django.setup()
from django.utils import timezone
from knowledge_base import lifecycle, publishing
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
publishing.index_words = die
lifecycle.publish_due(now=timezone.now())
"""


@pytest.fixture
def due(draft: Translation, grace: User) -> tuple[Translation, datetime]:
    """A draft with its hour, and a moment behind it."""
    at = timezone.now() + HOUR
    schedule(draft, at=at, by=grace)
    return draft, at + timedelta(seconds=1)


def test_readers_see_it_from_its_hour_on(due: tuple[Translation, datetime]) -> None:
    translation, after = due
    assert publish_due(now=after - 2 * timedelta(seconds=1)) == 0
    assert not Translation.objects.readable_by(ANYBODY).exists()
    assert publish_due(now=after) == 1
    now = fresh(translation)
    assert (now.state, now.publish_at, now.published_at) == (State.PUBLISHED, None, after)
    assert ArticleWords.objects.filter(translation=translation).exists(), "found by search at once"
    assert publish_due(now=after) == 0 and happened(translation).count("published") == 1


def test_its_version_is_by_who_scheduled_it(due: tuple[Translation, datetime], grace: User) -> None:
    translation, after = due
    publish_due(now=after)
    assert translation.revisions.get().author == grace
    assert translation.article.events.get(kind="published").by is None


def test_what_is_archived_meanwhile_stays_there(due: tuple[Translation, datetime], grace: User) -> None:
    translation, after = due
    archive(translation.article, by=grace)
    assert publish_due(now=after) == 0 and fresh(translation).published is None


def test_one_that_cannot_be_published_does_not_stop_the_others(
    due: tuple[Translation, datetime], section: Section, grace: User
) -> None:
    translation, after = due
    other = create_article(section, "en", by=grace, title="It hisses", body="<p>x</p>")
    schedule(other, at=after, by=grace, now=after - HOUR)
    Translation.objects.filter(pk=translation.pk).update(title="")  # by a hand that went around the services
    assert publish_due(now=after) == 1
    assert fresh(other).state == State.PUBLISHED and fresh(translation).state == State.SCHEDULED


@pytest.mark.django_db(transaction=True)
def test_many_sweepers_publish_it_once(draft: Translation, grace: User) -> None:
    at = timezone.now() + HOUR
    schedule(draft, at=at, by=grace)
    with ThreadPoolExecutor(4) as sweepers:
        done = [found.result() for found in [sweepers.submit(_sweep, at) for _ in range(4)]]
    assert sum(done) == 1
    assert ArticleEvent.objects.filter(kind="published").count() == 1


def _sweep(now: datetime) -> int:
    try:
        return publish_due(now=now)
    finally:
        connection.close()


@pytest.mark.django_db(transaction=True)
def test_a_killed_worker_leaves_it_for_the_next(draft: Translation, grace: User) -> None:
    schedule(draft, at=timezone.now() + HOUR, by=grace)
    Translation.objects.filter(pk=draft.pk).update(publish_at=timezone.now())
    name = connection.settings_dict["NAME"]
    environment = {**os.environ, "DJANGO_SETTINGS_MODULE": "helpdesk.settings_test"}
    code = f"from django.conf import settings; settings.DATABASES['default']['NAME'] = {name!r}\n{KILLED}"
    killed = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=False)
    assert killed.returncode == -signal.SIGKILL, killed.stderr.decode()
    kept = fresh(draft)
    assert kept.state == State.SCHEDULED and kept.published is None
    assert not ArticleEvent.objects.filter(kind="published").exists()
    assert publish_due(now=timezone.now()) == 1
    assert fresh(draft).state == State.PUBLISHED


def test_its_owner_is_reminded_once_and_again_after_two_weeks(article: Translation, grace: User) -> None:
    now = timezone.now()
    set_review_by(article.article, now.date(), by=grace)
    assert remind(now=now - timedelta(days=1)) == 0
    assert remind(now=now) == 1 and remind(now=now) == 0
    told = Notification.objects.get(user=grace)
    assert told.detail == "“It rattles” is due to be looked at again" and told.article_id == article.article_id
    assert remind(now=now + AGAIN_AFTER - HOUR) == 0
    assert remind(now=now + AGAIN_AFTER) == 1
    assert happened(article).count("reminded") == 2


def test_looking_at_it_ends_the_reminders(article: Translation, grace: User) -> None:
    today = date(2026, 8, 31)
    set_review_by(article.article, today, by=grace)
    reviewed(article.article, 6, by=grace, today=today)
    kept = fresh(article).article
    assert kept.review_by == date(2027, 2, 28)
    assert article.article.events.get(kind="reviewed").payload == {"day": "2027-02-28"}


def test_without_an_owner_its_author_hears_else_those_who_approve(
    article: Translation, grace: User, margaret: User
) -> None:
    now = timezone.now()
    kept = article.article
    set_review_by(kept, now.date(), by=None)
    type(kept).objects.filter(pk=kept.pk).update(owner=None)
    remind(now=now)
    assert Notification.objects.get().user == grace
    User.objects.filter(pk=grace.pk).update(is_active=False)
    remind(now=now + AGAIN_AFTER)
    assert Notification.objects.exclude(user=grace).get().user == margaret


def test_nobody_is_reminded_of_what_is_in_the_archive(article: Translation, grace: User) -> None:
    set_review_by(article.article, timezone.now().date(), by=grace)
    archive(article.article, by=grace)
    assert remind(now=timezone.now()) == 0


def test_a_reminder_that_fails_is_none(article: Translation, grace: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """The stamp and the notification are one: half of it is nothing."""
    now = timezone.now()
    set_review_by(article.article, now.date(), by=grace)
    with monkeypatch.context() as broken:
        broken.setattr("knowledge_base.reviewing.tell", partial(_fail))
        assert remind(now=now) == 0
    assert fresh(article).article.reminded_at is None and not Notification.objects.exists()
    assert remind(now=now) == 1


def _fail(*_args: object, **_more: object) -> None:
    with transaction.atomic():
        raise RuntimeError


@pytest.mark.parametrize(
    ("day", "months", "later"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2024, 1, 31), 1, date(2024, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 5), 12, date(2027, 12, 5)),
        (date(2026, 6, 15), 6, date(2026, 12, 15)),
    ],
)
def test_months_end_where_they_end(day: date, months: int, later: date) -> None:
    assert months_after(day, months) == later
