"""What customers' own pages say of messengers."""

from __future__ import annotations

from django import template
from django.utils import timezone

from channels_app.start_links import StartLink, start_links
from customers.models import Customer

register = template.Library()


@register.simple_tag
def messenger_links(customer: Customer | None) -> list[StartLink]:
    """Where whoever is signed in may write as well, known there as the same person."""
    return start_links(customer, now=timezone.now()) if customer else []
