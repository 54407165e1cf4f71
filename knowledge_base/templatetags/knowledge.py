"""What the pages of those who write ask for."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from knowledge_base.language_names import language_label
from knowledge_base.models import AudienceKind, State

register = template.Library()
register.filter("language_label", language_label)

TONES = {
    State.DRAFT: "slate",
    State.IN_REVIEW: "amber",
    State.SCHEDULED: "violet",
    State.PUBLISHED: "green",
}
AUDIENCE_ICONS = {
    AudienceKind.PUBLIC: "globe",
    AudienceKind.SIGNED_IN: "log-in",
    AudienceKind.CHOSEN: "building-2",
    AudienceKind.STAFF: "lock",
}


@register.filter
def state_tone(state: str) -> str:
    return TONES.get(state, "slate")  # type: ignore[call-overload,no-any-return]


@register.filter
def state_label(state: str) -> str:
    """ "missing" where nobody has begun a translation."""
    return str(State(state).label) if state in State.values else _("Missing")


@register.simple_tag
def state_pill(state: str) -> SafeString:
    return format_html(
        '<span class="pill tone-{}"><span class="dot"></span>{}</span>', state_tone(state), state_label(state)
    )


@register.filter
def audience_icon(audience: str) -> str:
    return AUDIENCE_ICONS.get(audience, "globe")  # type: ignore[call-overload,no-any-return]


@register.filter
def audience_label(audience: str) -> str:
    return str(AudienceKind(audience).label)
