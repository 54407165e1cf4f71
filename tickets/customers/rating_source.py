"""What a customer said of how they were served, on their timeline: their words, beside the ticket they are about."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.customers.sources import VISIBLE, Arm, Kind, Source, TicketRef, Told, register
from tickets.models import Score

RATINGS = Kind("ratings", gettext_lazy("Ratings"), "star")
OF_VISIBLE = f"EXISTS (SELECT FROM tickets_ticket t WHERE t.id = x.ticket_id AND {VISIBLE})"
RATED = """
SELECT r.id, r.score, r.comment, coalesce(c.name, ''), t.id, t.subject, t.status
FROM tickets_rating r JOIN tickets_ticket t ON t.id = r.ticket_id
  LEFT JOIN customers_customer c ON c.id = r.customer_id
WHERE r.id = ANY(%s)
"""


def rated(ids: Sequence[int]) -> dict[int, Told]:
    with connection.cursor() as cursor:
        cursor.execute(RATED, [list(ids)])
        return {number: _told(*facts) for number, *facts in cursor.fetchall()}


def _told(score: str, comment: str, name: str, number: int, subject: str, status: str) -> Told:
    is_good = score == Score.GOOD
    line = _("Rated as good") if is_good else _("Rated as bad")
    if comment:
        line = _("%(rated)s: “%(comment)s”") % {"rated": line, "comment": comment}
    icon = "thumbs-up" if is_good else "thumbs-down"
    return Told(line=line, icon=icon, whose=name, ticket=TicketRef(number, subject, status))


def register_sources() -> None:
    arms = [Arm("customer_id", where=OF_VISIBLE)]
    register(Source("rating", RATINGS, "tickets_rating", at="at", arms=arms, read=rated, text="x.comment"))
