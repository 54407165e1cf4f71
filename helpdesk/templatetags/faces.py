"""Faces of customers: their picture where they have one, else their initials."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from customers.kinds import icon_of
from customers.models import Customer
from helpdesk.templatetags.ui import avatar

register = template.Library()


@register.simple_tag
def identity_icon(kind: str) -> str:
    """The name of the symbol for an identity of this kind."""
    return icon_of(kind)


@register.simple_tag
def face(customer: Customer, size: str = "") -> SafeString:
    """`size` as for `avatar`. The name stands beside it, so it says nothing by itself."""
    if not customer.avatar:
        return avatar(customer.initials, customer.hue, size)
    cls = "av" + (f" av-{size}" if size else "")
    version = customer.avatar.rpartition("/")[2][:12]  # another picture has another address
    return format_html(
        '<img class="{}" src="/customers/{}/picture/?v={}" alt="" loading="lazy" decoding="async">',
        cls,
        customer.pk,
        version,
    )
