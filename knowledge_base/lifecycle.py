"""From draft to readers: read by a second person, at once or at an hour. Publishing itself is in publishing.py.

    draft ──submit──► in review ──approve──► scheduled ──its hour──► published
      ▲  └─────────── schedule, publish (who may) ──────────────────────▲
      └── reject, withdraw, unschedule; and changes of the words (writing.save_draft)

`version` is what whoever decides has read: `ChangedMeanwhile` when the words are others by now.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from knowledge_base.errors import Refused
from knowledge_base.events import record
from knowledge_base.models import State, Translation
from knowledge_base.news import approvers, tell
from knowledge_base.publishing import ensure_complete, publish
from knowledge_base.writing import add_revision, differs, locked

logger = logging.getLogger(__name__)
AT_ONCE = 100  # publications of one sweep


@transaction.atomic
def submit(
    translation: Translation,
    *,
    by: User,
    version: int | None = None,
    publish_at: datetime | None = None,
    now: datetime | None = None,
) -> Translation:
    """Ask team leads to read the words. `publish_at` is when they should appear; they need not wait for it to read."""
    kept = locked(translation, version=version)
    ensure_complete(kept)
    _ensure_future(publish_at, now or timezone.now())
    if kept.state == State.IN_REVIEW and kept.publish_at == publish_at:
        return kept
    _ensure_new(kept)
    add_revision(kept, by=by)
    _move(kept, State.IN_REVIEW, publish_at)
    record(kept.article, "submitted", by, kept.language, title=kept.title, at=_iso(publish_at))
    words = {"name": by, "title": kept.title}
    tell(kept.article, kept.language, approvers(), lambda: _("%(name)s asks you to read “%(title)s”") % words, by=by)
    return kept


@transaction.atomic
def withdraw(translation: Translation, *, by: User) -> Translation:
    """What was submitted is a draft again: its author is not done."""
    kept = locked(translation)
    if kept.state != State.IN_REVIEW:
        return kept
    _move(kept, _resting(kept))
    record(kept.article, "withdrawn", by, kept.language)
    return kept


@transaction.atomic
def approve(
    translation: Translation, *, by: User, version: int | None = None, now: datetime | None = None
) -> Translation:
    """What was submitted may appear: now, or at the hour its author asked for."""
    now = now or timezone.now()
    kept = locked(translation, version=version)
    if kept.state != State.IN_REVIEW:
        raise Refused(_("This does not wait for approval any more."))
    record(kept.article, "approved", by, kept.language, title=kept.title)
    words = {"name": by, "title": kept.title}
    people = [kept.worked_on_by, kept.article.owner]
    tell(kept.article, kept.language, people, lambda: _("%(name)s approved “%(title)s”") % words, by=by)
    if kept.publish_at and kept.publish_at > now:
        return schedule(kept, at=kept.publish_at, by=by, now=now)
    return publish(kept, by=by, now=now)


@transaction.atomic
def reject(translation: Translation, words: str, *, by: User, version: int | None = None) -> Translation:
    """Back to its author, with what is missing in `words`."""
    kept, words = locked(translation, version=version), words.replace("\0", "").strip()
    if not words:
        raise Refused(_("Say what should be changed."), "words")
    if kept.state != State.IN_REVIEW:
        raise Refused(_("This does not wait for approval any more."))
    _move(kept, State.DRAFT)
    record(kept.article, "rejected", by, kept.language, words=words[:2000])
    told = {"name": by, "title": kept.title, "words": words[:150]}
    people = [kept.worked_on_by, kept.article.owner]
    tell(
        kept.article,
        kept.language,
        people,
        lambda: _("%(name)s sent “%(title)s” back: %(words)s") % told,
        by=by,
    )
    return kept


@transaction.atomic
def schedule(
    translation: Translation, *, at: datetime, by: User, version: int | None = None, now: datetime | None = None
) -> Translation:
    """Readers see the words as they are now from `at` on. A change of them before that makes it a draft again."""
    kept = locked(translation, version=version)
    ensure_complete(kept)
    _ensure_future(at, now or timezone.now())
    if kept.state == State.SCHEDULED and kept.publish_at == at:
        return kept
    _ensure_new(kept)
    add_revision(kept, by=by)
    _move(kept, State.SCHEDULED, at)
    record(kept.article, "scheduled", by, kept.language, at=_iso(at))
    return kept


@transaction.atomic
def unschedule(translation: Translation, *, by: User) -> Translation:
    """It does not appear by itself any more; what readers see already stays."""
    kept = locked(translation)
    if kept.state != State.SCHEDULED:
        return kept
    _move(kept, _resting(kept))
    record(kept.article, "unscheduled", by, kept.language)
    return kept


def publish_due(*, now: datetime, limit: int = AT_ONCE) -> int:
    """Publish what has reached its hour; how many. Each in a transaction of its own, which holds its row.

    So a worker that dies leaves the row as it was, two workers never take the same one, and what is published is not
    due any more. One that can't be published does not stop the others.
    """
    done, failed = 0, set[int]()
    while done < limit:
        with transaction.atomic():
            due = Translation.objects.filter(state=State.SCHEDULED, publish_at__lte=now).exclude(pk__in=failed)
            next_one = due.select_for_update(skip_locked=True, of=("self",)).order_by("publish_at", "pk").first()
            if next_one is None:
                return done
            try:
                with transaction.atomic():
                    publish(next_one, by=None, now=now)
            except Exception:
                logger.exception("translation %s could not be published at its hour", next_one.pk)
                failed.add(next_one.pk)
            else:
                done += 1
    return done


def _resting(translation: Translation) -> State:
    return State.DRAFT if differs(translation) else State.PUBLISHED


def _ensure_new(translation: Translation) -> None:
    if not differs(translation):
        raise Refused(_("Readers see these words already."))


def _ensure_future(at: datetime | None, now: datetime) -> None:
    if at is not None and at <= now:
        raise Refused(_("This moment has passed. Choose a later one."), "at")


def _move(translation: Translation, state: State, publish_at: datetime | None = None) -> None:
    translation.state, translation.publish_at = state, publish_at
    translation.save(update_fields=["state", "publish_at"])


def _iso(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""
