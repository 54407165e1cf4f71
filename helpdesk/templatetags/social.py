"""Public posts: why one may become a quarrel, and why an answer waits for a second person."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

from tickets.confrontation import Sign, in_words
from tickets.services.approval import why

register = template.Library()


@register.filter
def signs(found: Sequence[Sign]) -> str:
    return ", ".join(in_words(found))


@register.filter
def why_asked(reasons: Sequence[Sign]) -> str:
    return why(reasons)
