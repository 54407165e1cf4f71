"""Where an article stands in one language, and what its reader may do about it: what the buttons beside it ask."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from helpdesk.accounts.models import User
from knowledge_base import policies
from knowledge_base.addresses import article_path
from knowledge_base.models import Article, ArticleEvent, HelpCentre, State, Translation
from knowledge_base.publishing import source_of
from knowledge_base.writing import differs

HANDED: Final = ("submitted", "rejected", "scheduled", "published")


@dataclass(frozen=True)
class Standing:
    translation: Translation
    user: User

    @property
    def article(self) -> Article:
        return self.translation.article

    @property
    def centre(self) -> HelpCentre:
        return self.article.section.category.centre

    @property
    def may_write(self) -> bool:
        return policies.may_write(self.user)

    @property
    def may_publish(self) -> bool:
        return policies.may_publish(self.user, self.centre)

    @property
    def is_archived(self) -> bool:
        return self.article.archived_at is not None

    @property
    def is_seen(self) -> bool:
        """Whether readers see some version of it."""
        return self.translation.published_id is not None and not self.is_archived

    @cached_property
    def has_changes(self) -> bool:
        """Words that readers do not see yet."""
        return differs(self.translation)

    @property
    def state(self) -> State:
        return State(self.translation.state)

    @cached_property
    def is_behind(self) -> bool:
        """A translation whose source readers see in a newer version."""
        if self.translation.source_id is None:
            return False
        source = source_of(self.translation)
        return source is not None and source.pk != self.translation.source_id

    @cached_property
    def sent_back(self) -> ArticleEvent | None:
        """With its words, until what was asked for is handed in again."""
        if self.state != State.DRAFT or self.is_archived:
            return None
        told = self.article.events.filter(language=self.translation.language, kind__in=HANDED).first()
        return told if told and told.kind == "rejected" else None

    @property
    def can_submit(self) -> bool:
        return self._is_open and self.may_write and self.state == State.DRAFT and self.has_changes

    @property
    def can_publish(self) -> bool:
        return self._is_open and self.may_publish and self.state != State.IN_REVIEW and self.has_changes

    @property
    def can_decide(self) -> bool:
        return self._is_open and self.may_publish and self.state == State.IN_REVIEW

    @property
    def can_withdraw(self) -> bool:
        """Whoever handed it in; who decides sends it back with words instead."""
        is_ours = self.user.pk in (self.translation.worked_on_by_id, self.article.owner_id)
        return self._is_open and self.may_write and self.state == State.IN_REVIEW and (is_ours or not self.may_publish)

    @property
    def can_unpublish(self) -> bool:
        return self.is_seen and self.may_publish

    @property
    def address(self) -> str:
        """Where readers find it; empty where they don't."""
        return article_path(self.translation) if self.is_seen else ""

    @property
    def _is_open(self) -> bool:
        return not self.is_archived
