"""What readers' pages ask of votes and comments."""

from __future__ import annotations

from typing import Any

from django import template

from knowledge_base.feedback import shown_comments, takes_comments
from knowledge_base.models import Comment, Reason

register = template.Library()


@register.simple_tag(takes_context=True)
def comments_of_page(context: dict[str, Any]) -> list[Comment] | None:
    """Those below the article that is drawn; None where readers may not comment."""
    article = context["article"]
    if not takes_comments(context["centre"], article):
        return None
    return list(shown_comments(article, context["translation"].language))


@register.simple_tag
def vote_reasons() -> list[tuple[str, str]]:
    return [(reason.value, str(reason.label)) for reason in Reason]
