"""Messengers on pages of other apps: customers' own, and what agents see of a customer."""

from __future__ import annotations

from django import template
from django.utils import timezone

from channels_app.places import places_to_write
from channels_app.start_links import StartLink, start_links
from customers.models import Customer
from helpdesk.accounts.models import User

register = template.Library()


@register.simple_tag
def messenger_links(customer: Customer | None) -> list[StartLink]:
    """Where whoever is signed in may write as well, known there as the same person."""
    return start_links(customer, now=timezone.now()) if customer else []


@register.simple_tag
def ways_to_write(customer: Customer, user: User) -> dict[int, str]:
    """See `places_to_write`."""
    return places_to_write(customer, user)


@register.filter
def way_to(ways: dict[int, str], identity: int) -> str:
    return ways.get(identity, "")
