"""Why somebody got a ticket, in templates."""

from __future__ import annotations

from django import template

from helpdesk.accounts.models import Availability
from helpdesk.templatetags.ui import labelled
from tickets.routing.words import in_words, wait_in_words

register = template.Library()


@register.simple_tag
def availability_choices() -> list[tuple[str, str]]:
    """(value, label) of what people choose for themselves."""
    return labelled(Availability)


register.filter("routing_reasons", in_words)
register.filter("routing_wait", wait_in_words)
