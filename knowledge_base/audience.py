"""Who reads: the one place that decides which sections a reader may see.

Search, suggestions, pages, feeds, API and widget all ask `Translation.objects.readable_by(reader)`, which asks here.
Customers and their organisations live in another app that this one does not know: whoever serves a request names them
by number (`settings.KNOWLEDGE_READER`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest
from django.utils.module_loading import import_string


@dataclass(frozen=True)
class Reader:
    """`is_staff`: everybody who works here, whatever their role. Nobody in particular has neither that nor a number."""

    is_staff: bool = False
    customer_id: int | None = None
    organisation_ids: frozenset[int] = field(default=frozenset())
    segment_ids: frozenset[int] = field(default=frozenset())

    def may_read(self, prefix: str = "") -> Q:
        """Of sections: those whose articles the reader may read. `prefix` leads to the section, ending in "__"."""
        if self.is_staff:
            return Q()
        allowed = Q(**{f"{prefix}audience": "public"})
        if self.customer_id is not None:
            allowed |= Q(**{f"{prefix}audience": "signed_in"})
            chosen = Q(**{f"{prefix}organisation_ids__overlap": sorted(self.organisation_ids)})
            chosen |= Q(**{f"{prefix}segment_ids__overlap": sorted(self.segment_ids)})
            allowed |= Q(**{f"{prefix}audience": "chosen"}) & chosen
        return allowed

    @property
    def key(self) -> str:
        """The same for all who may read the same: what is kept for one may be shown to the others."""
        if self.is_staff:
            return "staff"
        if self.customer_id is None:
            return "public"
        known = f"{sorted(self.organisation_ids)}{sorted(self.segment_ids)}"
        return "signed_in" if known == "[][]" else blake2b(known.encode(), digest_size=12).hexdigest()


ANYBODY = Reader()
STAFF = Reader(is_staff=True)


def reader_of(request: HttpRequest) -> Reader:
    """Whoever asks, as `settings.KNOWLEDGE_READER` knows them. Asked once a request."""
    known = getattr(request, "_knowledge_reader", None)
    if known is None:
        known = import_string(settings.KNOWLEDGE_READER)(request)
        request._knowledge_reader = known  # type: ignore[attr-defined]
    return known  # type: ignore[no-any-return]
