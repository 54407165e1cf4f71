"""Why somebody got a ticket, in templates."""

from __future__ import annotations

from django import template

from tickets.routing.words import in_words

register = template.Library()
register.filter("routing_reasons", in_words)
