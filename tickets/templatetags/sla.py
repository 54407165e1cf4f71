"""Clocks on pages."""

from __future__ import annotations

from django import template

from tickets.sla import words

register = template.Library()
register.filter("metric_name", words.metric_name)
register.filter("length_of", words.length)
register.filter("exact", words.exact)
