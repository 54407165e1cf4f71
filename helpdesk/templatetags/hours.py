"""Hours of a day in templates."""

from __future__ import annotations

from collections.abc import Sequence

from django import template

from helpdesk.lib.day_hours import write_hours

register = template.Library()


@register.filter
def hours_text(intervals: Sequence[Sequence[int]]) -> str:
    """`[[540, 720]]` as "09:00–12:00"."""
    return write_hours(intervals)
