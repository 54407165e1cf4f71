"""Looking at articles again: by when, who is reminded, and that somebody did."""

from __future__ import annotations

import logging
from datetime import date, datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from knowledge_base.errors import Refused
from knowledge_base.events import record
from knowledge_base.models import Article
from knowledge_base.news import approvers, tell
from knowledge_base.publishing import title_of

logger = logging.getLogger(__name__)
AGAIN_AFTER: Final = timedelta(days=14)  # while nobody has looked
AT_ONCE: Final = 100
CHOICES: Final = (1, 3, 6, 12)  # months from today


@transaction.atomic
def set_review_by(article: Article, day: date | None, *, by: User | None) -> Article:
    """Its owner is reminded on `day`; None: never."""
    kept = _locked(article)
    if kept.review_by == day:
        return kept
    _write(kept, day)
    record(kept, "review.set", by, day=day.isoformat() if day else "")
    return kept


@transaction.atomic
def reviewed(article: Article, months: int, *, by: User, today: date | None = None) -> Article:
    """Somebody has read it and found it right; it is to be looked at again in so many months."""
    if months not in CHOICES:
        raise Refused(_("Choose when to look at it again."), "months")
    kept = _locked(article)
    day = months_after(today or timezone.localdate(), months)
    _write(kept, day)
    record(kept, "reviewed", by, day=day.isoformat())
    return kept


def months_after(day: date, months: int) -> date:
    """The same day of a later month, or its last one."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first_of_next = date(year + (month + 1) // 12, (month + 1) % 12 + 1, 1)
    return min(date(year, month + 1, 1) + timedelta(days=day.day - 1), first_of_next - timedelta(days=1))


def remind(*, now: datetime, limit: int = AT_ONCE) -> int:
    """Remind owners of articles whose day has come, again every two weeks; how many. Safe to be killed and repeated.

    The reminder and the note that it was sent are one transaction, so nobody hears twice. Where nobody owns an article
    its author hears, else those who approve.
    """
    due = Article.objects.filter(review_by__lte=now.date(), archived_at=None).filter(
        Q(reminded_at=None) | Q(reminded_at__lte=now - AGAIN_AFTER)
    )
    done, failed = 0, set[int]()
    while done < limit:
        with transaction.atomic():
            waiting = due.exclude(pk__in=failed).select_for_update(skip_locked=True, of=("self",), no_key=True)
            article = waiting.select_related("owner", "author").order_by("review_by", "pk").first()
            if article is None:
                return done
            try:
                with transaction.atomic():
                    _remind_of(article, now)
            except Exception:
                logger.exception("nobody could be reminded of article %s", article.pk)
                failed.add(article.pk)
            else:
                done += 1
    return done


def _remind_of(article: Article, now: datetime) -> None:
    people = next(([who] for who in (article.owner, article.author) if who and who.is_active), approvers())
    title = title_of(article)
    Article.objects.filter(pk=article.pk).update(reminded_at=now)
    record(article, "reminded", None, people=[str(person) for person in people])
    tell(
        article,
        article.language,
        people,
        lambda: _("“%(title)s” is due to be looked at again") % {"title": title},
        by=None,
    )


def _locked(article: Article) -> Article:
    return Article.objects.select_for_update(no_key=True).get(pk=article.pk)


def _write(article: Article, day: date | None) -> None:
    article.review_by, article.reminded_at = day, None
    article.save(update_fields=["review_by", "reminded_at", "updated_at"])
