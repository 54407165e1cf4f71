"""How colleagues hear of articles: by bell, mail and browser, as of everything else."""

from __future__ import annotations

from collections.abc import Callable

from django.utils import translation

from helpdesk.accounts.models import User
from knowledge_base.models import Article
from knowledge_base.news import in_charge_of
from tickets.models import Notification, NotificationKind, Ticket
from tickets.notifications.telling import tell


def tell_owner(
    article: Article, say: Callable[[], str], *, by: User | None = None, ticket: Ticket | None = None
) -> Notification | None:
    """`say` is called in the owner's language. Without an owner its author hears; nobody of their own deeds.

    `ticket` is named only to those who may see it.
    """
    owner = in_charge_of(article)
    if owner is None or owner == by:
        return None
    if ticket and not Ticket.objects.visible_to(owner).filter(pk=ticket.pk).exists():
        ticket = None
    with translation.override(owner.language):
        words = say()
    return tell(
        owner,
        NotificationKind.ARTICLE,
        ticket=ticket,
        article_id=article.pk,
        detail=words,
        actor_name=str(by) if by else "",
    )


def tell_of_article(article: Article, language: str, user: User, say: Callable[[], str], by: User | None) -> None:
    """`settings.KNOWLEDGE_NEWS`: written down in the transaction of what happened, in the reader's language."""
    with translation.override(user.language):
        words = say()
    tell(
        user,
        NotificationKind.ARTICLE,
        article_id=article.pk,
        language=language,
        detail=words,
        actor_name=str(by) if by else "",
    )
