"""What report pages put in: their style sheet, charts, numbers in words."""

from __future__ import annotations

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from helpdesk.lib.assets import asset
from metrics.charts import bars, heat, in_words, line, spark, stack
from metrics.charts.units import change_in_words

register = template.Library()
register.filter("line_chart", line)
register.filter("bar_chart", bars)
register.filter("stack_chart", stack)
register.filter("heat_map", heat)
register.filter("spark", spark)
register.filter("in_words", in_words)
register.filter("change_in_words", change_in_words)


@register.simple_tag
def report_styles() -> SafeString:
    """Of reports; no other page needs them."""
    return format_html('<link rel="stylesheet" href="{}">', asset("reports.css"))
