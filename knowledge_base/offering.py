"""Articles offered to somebody who is about to write to us, or just has: what was offered, and what came of it.

An offer is one row however often its words change while they are typed. Signed, not stored: its token says which row
it is to whoever got it. What counts as solved by an article is decided in one place, `counts_as_solved`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Q

from helpdesk.lib.signing import sign, verify
from knowledge_base.audience import Reader
from knowledge_base.models import HelpCentre, Offer, Offered
from knowledge_base.search.finding import Hit, suggest

SHOWN: Final = 3
MOST_OFFERED: Final = 20  # different articles in one offer
LONGEST: Final = 2000  # characters that are looked at
SHORTEST: Final = 4  # characters: fewer say nothing yet
DECIDED_AFTER: Final = timedelta(hours=72)  # a ticket that comes later has another reason
_TOKEN: Final = re.compile(r"(?P<offer>[0-9]{1,18})\.(?P<mac>[a-z2-7]{16})")
_SIGNED_FOR: Final = "offer"


def hits_for(words: str, *, reader: Reader, centre: HelpCentre, language: str) -> Sequence[Hit]:
    """The articles that may answer it, best first; none for too few words, and none where there is no help centre.

    The first line of `words` is taken for the subject.
    """
    words = words.strip()[:LONGEST]
    if len(words) < SHORTEST or centre.pk is None:
        return []
    return suggest(words, reader=reader, centre=centre, language=language, limit=SHOWN)


def offer(
    hits: Sequence[Hit],
    words: str,
    *,
    centre: HelpCentre,
    language: str,
    offered_in: str = Offered.FORM,
    visitor: str = "",
    customer_id: int | None = None,
    earlier: Offer | None = None,
    now: datetime,
) -> Offer | None:
    """Write down that these were shown; None when nothing was. `earlier` is the same person's, who types on."""
    if not hits:
        return earlier
    shown = [hit.article_id for hit in hits]
    words = " ".join(words.split())[:200]
    if earlier is None or earlier.offered_in != offered_in:
        return Offer.objects.create(
            centre=centre, language=language, offered_in=offered_in, words=words, article_ids=shown,
            visitor=visitor, customer_id=customer_id, at=now,
        )  # fmt: skip
    known = [*earlier.article_ids, *(number for number in shown if number not in earlier.article_ids)]
    if (words, known) != (earlier.words, earlier.article_ids):
        earlier.words, earlier.article_ids = words, known[:MOST_OFFERED]
        earlier.save(update_fields=["words", "article_ids"])
    return earlier


@transaction.atomic
def note_opened(row: Offer, article_id: int, *, now: datetime) -> bool:
    """One of its articles was opened; False for one that was not offered. First moment and last article stay."""
    row = Offer.objects.select_for_update().get(pk=row.pk)
    if article_id not in row.article_ids:
        return False
    row.opened_id, row.opened_at = article_id, row.opened_at or now
    row.save(update_fields=["opened", "opened_at"])
    return True


@transaction.atomic
def note_solved(row: Offer, *, now: datetime, article_id: int | None = None) -> None:
    """They said that it helped, and which one where they said so: then it has been opened, too."""
    row = Offer.objects.select_for_update().get(pk=row.pk)
    if article_id in row.article_ids:
        row.opened_id, row.opened_at = article_id, row.opened_at or now
    row.solved_at = row.solved_at or now
    row.save(update_fields=["opened", "opened_at", "solved_at"])


def counts_as_solved(now: datetime) -> Q:
    """Of offers: those that spared a ticket.

    In forms and the widget an article was opened, and then either they said that it solved it, or 72 hours went by; in
    both cases without a ticket of theirs in that time. An acknowledgement answers a ticket that is there, so only who
    said so counts: programs that check mail open every link in it.
    """
    before = ~Q(offered_in=Offered.ACKNOWLEDGEMENT) & Q(opened_at__isnull=False, ticket=None)
    decided = Q(solved_at__isnull=False) | Q(opened_at__lte=now - DECIDED_AFTER)
    return (before & decided) | Q(offered_in=Offered.ACKNOWLEDGEMENT, solved_at__isnull=False)


def token_of(row: Offer) -> str:
    return f"{row.pk}.{sign(_SIGNED_FOR, row.pk)}"


def read_token(token: str) -> Offer | None:
    """The offer that we signed so; None for any other."""
    match = _TOKEN.fullmatch(token)
    if not match or not verify(match["mac"], _SIGNED_FOR, match["offer"]):
        return None
    return Offer.objects.filter(pk=match["offer"]).first()
