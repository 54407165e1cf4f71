"""Telling colleagues of articles. How they hear of it is decided above: `settings.KNOWLEDGE_NEWS`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from django.conf import settings
from django.utils.module_loading import import_string

from helpdesk.accounts.models import Role, User
from knowledge_base.models import Article

Said = Callable[[], str]


def tell(article: Article, language: str, people: Iterable[User | None], said: Said, *, by: User | None) -> None:
    """Each of `people` once, but for who did it. `said` is asked for the sentence in each one's own language."""
    hear = import_string(settings.KNOWLEDGE_NEWS)
    for person in {person.pk: person for person in people if person is not None}.values():
        if person.is_active and person != by:
            hear(article, language, person, said, by)


def in_charge_of(article: Article) -> User | None:
    """Who takes care of it: its owner, without one who began it; nobody who has left."""
    return next((each for each in (article.owner, article.author) if each and each.is_active), None)


def approvers() -> list[User]:
    """Those who put words before readers where agents may not."""
    return list(User.objects.filter(is_active=True, role__in=(Role.ADMIN, Role.LEAD)))
