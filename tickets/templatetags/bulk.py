"""Bulk edits in templates."""

from __future__ import annotations

from django import template

from tickets import bulk, realtime
from tickets.models import BulkJob

register = template.Library()

register.filter("bulk_result", bulk.result_of)


@register.filter
def bulk_topic(job: BulkJob) -> str:
    return realtime.bulk_topic(job.pk, job.user_id)
