"""What a customer said of how they were served, on their timeline: their words, beside the ticket they are about."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tickets.customers.sources import VISIBLE, Arm, Kind, Source, TicketRef, Told, register
from tickets.models import Score, SurveyKind

RATINGS = Kind("ratings", gettext_lazy("Ratings"), "star")
OF_VISIBLE = f"EXISTS (SELECT FROM tickets_ticket t WHERE t.id = x.ticket_id AND {VISIBLE})"
ICONS = {Score.GOOD: "thumbs-up", Score.NEUTRAL: "circle-dot", Score.BAD: "thumbs-down"}
RATED = """
SELECT r.id, r.kind, r.value, r.score, r.comment, coalesce(c.name, ''), t.id, t.subject, t.status
FROM tickets_rating r JOIN tickets_ticket t ON t.id = r.ticket_id
  LEFT JOIN customers_customer c ON c.id = r.customer_id
WHERE r.id = ANY(%s)
"""


def rated(ids: Sequence[int]) -> dict[int, Told]:
    with connection.cursor() as cursor:
        cursor.execute(RATED, [list(ids)])
        return {number: _told(*facts) for number, *facts in cursor.fetchall()}


def _told(
    kind: str, value: int | None, score: str, comment: str, name: str, number: int, subject: str, status: str
) -> Told:
    line = _line(kind, value, score)
    if comment:
        line = _("%(rated)s: “%(comment)s”") % {"rated": line, "comment": comment}
    return Told(line=line, icon=ICONS[Score(score)], whose=name, ticket=TicketRef(number, subject, status))


def _line(kind: str, value: int | None, score: str) -> str:
    if kind == SurveyKind.NPS:
        return _("Would recommend us: %(value)s of 10") % {"value": value}
    if kind == SurveyKind.CES:
        return _("How easy it was: %(value)s of 7") % {"value": value}
    if score == Score.NEUTRAL:
        return _("Rated as neither good nor bad")
    return _("Rated as good") if score == Score.GOOD else _("Rated as bad")


def register_sources() -> None:
    arms = [Arm("customer_id", where=OF_VISIBLE)]
    register(Source("rating", RATINGS, "tickets_rating", at="at", arms=arms, read=rated, text="x.comment"))
