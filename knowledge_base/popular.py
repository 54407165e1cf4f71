"""What is read most, and who read what: rows of `View`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import connection
from django.db.models import Count
from django.http import HttpRequest
from django.utils import timezone

from knowledge_base.audience import reader_of
from knowledge_base.models import HelpCentre, View
from knowledge_base.visitors import visitor_of

LATELY: Final = timedelta(days=7)
WIDER: Final = timedelta(days=60)  # where the week has not seen enough
KNOWN: Final = 40  # more than are shown: not everybody may read them all
ONCE_IN: Final = timedelta(minutes=30)
ROBOTS: Final = re.compile(
    r"bot\b|bots\b|crawl|spider|slurp|preview|facebookexternalhit|monitor|uptime|lighthouse|feed|http-?client|python|"
    r"curl|wget|java/|okhttp|axios|node-fetch|libwww|scrapy|archiver|validator",
    re.IGNORECASE,
)
# One statement, one round trip; what it writes may be lost in a crash of the machine, so nobody waits for the disk.
NOTE: Final = """
WITH hurry AS (SELECT set_config('synchronous_commit', 'off', true))
INSERT INTO knowledge_base_view (article_id, language, visitor, customer_id, at)
SELECT %s, %s, %s, %s, %s FROM hurry WHERE NOT EXISTS (
  SELECT FROM knowledge_base_view WHERE visitor = %s AND article_id = %s AND at > %s
)
"""


def most_read(centre: HelpCentre) -> list[int]:
    """Numbers of articles, whoever may read them; the most read of the last days first."""
    return _most_read(centre, LATELY) or _most_read(centre, WIDER)


def _most_read(centre: HelpCentre, window: timedelta) -> list[int]:
    views = View.objects.filter(at__gt=timezone.now() - window, article__section__category__centre=centre)
    counted = views.values("article_id").annotate(readings=Count("visitor", distinct=True))
    return list(counted.order_by("-readings", "article_id").values_list("article_id", flat=True)[:KNOWN])


def is_read_by_somebody(request: HttpRequest) -> bool:
    """Not by a robot, not ahead of time, not by ourselves."""
    return request.method == "GET" and is_somebody(request)


def is_somebody(request: HttpRequest) -> bool:
    """The same of who tells us what was read, as a script does."""
    agent = request.headers.get("User-Agent", "")
    purpose = request.headers.get("Sec-Purpose", "") + request.headers.get("Purpose", "")
    return bool(
        agent
        and not ROBOTS.search(agent)
        and "prefetch" not in purpose
        and not reader_of(request).is_staff
        and not settings.READ_ONLY
    )


def note_reading(request: HttpRequest, article: int, language: str) -> None:
    """Written down once a visitor, article and half hour. Ask `is_read_by_somebody` first, `know_again` after it."""
    visitor, now = visitor_of(request), timezone.now()
    who = reader_of(request).customer_id
    with connection.cursor() as cursor:
        cursor.execute(NOTE, [article, language, visitor, who, now, visitor, article, now - ONCE_IN])
