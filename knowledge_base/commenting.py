"""What colleagues say of an article while it is written: at some of its words, answered, and settled.

Who takes care of the article hears of each; of an answer also who spoke before. Nobody of their own words.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from knowledge_base.errors import Refused
from knowledge_base.models import AuthorComment, Translation
from knowledge_base.news import in_charge_of, tell
from knowledge_base.publishing import title_of

MOMENT: Final = timedelta(seconds=10)


@dataclass
class Talk:
    """A comment with what was answered."""

    first: AuthorComment
    answers: list[AuthorComment]


@transaction.atomic
def comment(translation: Translation, text: str, *, by: User, quote: str = "") -> AuthorComment:
    """`quote`: the words it is about, as they stand; empty for the whole article. A second press says nothing twice."""
    Translation.objects.select_for_update(of=("self",), no_key=True).get(pk=translation.pk)
    words = {"text": _checked(text), "quote": " ".join(quote.replace("\0", "").split())[:500]}
    if twin := _pressed_twice(translation, words, by):
        return twin
    said = translation.author_comments.create(**words, author=by, author_name=str(by))
    told = _words(translation, said)
    people = [in_charge_of(translation.article)]
    tell(
        translation.article,
        translation.language,
        people,
        lambda: _("%(name)s comments on “%(title)s”: %(said)s") % told,
        by=by,
    )
    return said


@transaction.atomic
def answer(to: AuthorComment, text: str, *, by: User) -> AuthorComment:
    """Behind what was said already; one that was settled is open again."""
    first = AuthorComment.objects.select_for_update(of=("self",)).get(pk=to.answers_id or to.pk)
    spoken = {"text": _checked(text), "answers": first}
    if twin := _pressed_twice(first.translation, spoken, by):
        return twin
    said = AuthorComment.objects.create(**spoken, translation_id=first.translation_id, author=by, author_name=str(by))
    if first.resolved_at:
        resolve(first, False, by=by)
    translation = first.translation
    words, people = _words(translation, said), [in_charge_of(translation.article), *_speakers(first)]
    tell(
        translation.article,
        translation.language,
        people,
        lambda: _("%(name)s answers on “%(title)s”: %(said)s") % words,
        by=by,
    )
    return said


def _pressed_twice(translation: Translation, words: dict[str, Any], by: User) -> AuthorComment | None:
    """The same words of the same person a moment ago."""
    since = timezone.now() - MOMENT
    return translation.author_comments.filter(**words, author=by, created_at__gt=since).first()


def _speakers(first: AuthorComment) -> list[User]:
    talk = AuthorComment.objects.filter(Q(pk=first.pk) | Q(answers=first))
    return list(User.objects.filter(pk__in=talk.values("author")))


def _words(translation: Translation, said: AuthorComment) -> dict[str, str]:
    """What a line of the bell says of it: as much as it holds."""
    title = title_of(translation.article)
    return {"name": said.author_name, "title": title[:80], "said": " ".join(said.text.split())[:150]}


def resolve(first: AuthorComment, is_resolved: bool, *, by: User) -> None:
    """Settled, or open again. Who settled it first stays."""
    open_ones = AuthorComment.objects.filter(pk=first.pk, answers=None, resolved_at__isnull=is_resolved)
    open_ones.update(resolved_at=timezone.now() if is_resolved else None, resolved_by=by if is_resolved else None)


def talks_about(translation: Translation) -> list[Talk]:
    """Open ones first, each in the order they were written."""
    rows = list(translation.author_comments.select_related("author", "resolved_by"))
    talks = {row.pk: Talk(row, []) for row in rows if row.answers_id is None}
    for row in rows:
        if row.answers_id in talks:
            talks[row.answers_id].answers.append(row)
    return sorted(talks.values(), key=lambda talk: (talk.first.resolved_at is not None, talk.first.pk))


def _checked(text: str) -> str:
    text = text.strip().replace("\0", "")
    if not text:
        raise Refused(_("Write something first."), "text")
    if len(text) > 5000:
        raise Refused(_("A comment has at most 5,000 characters."), "text")
    return text
