"""Whom a section may name: organisations and segments, which the knowledge base knows by number only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from django.db.models import Q

from customers.models import Organisation, Segment

FOUND: Final = 20


def choices(organisations: Sequence[int], segments: Sequence[int], words: str) -> dict[str, Any]:
    """`settings.KNOWLEDGE_AUDIENCES`: what templates/knowledge/_audience.html shows.

    Those that are chosen already, all segments of everyone, and organisations whose names hold `words`.
    """
    words = words.replace("\0", "").strip()[:100]
    found = Organisation.objects.filter(name__icontains=words).exclude(pk__in=organisations) if words else None
    return {
        "organisations": Organisation.objects.filter(pk__in=organisations).order_by("name"),
        "found": found.order_by("name")[:FOUND] if found is not None else [],
        "segments": Segment.objects.in_use().filter(Q(owner=None) | Q(pk__in=segments)),  # nobody's private question
        "segment_ids": segments,
        "q": words,
    }
