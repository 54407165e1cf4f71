"""Numbers of organisations: for their list (few and quick), and for the page of one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection
from django.db.models import Count, Q, Sum
from django.utils.translation import gettext as _

from customers.models import Customer, Order, Organisation
from customers.money import money
from customers.orders import WORTH_NOTHING
from helpdesk.accounts.models import User
from tickets.models import Ticket
from tickets.models.ticket import UNSOLVED

MONTHS = 6
LOOKED_BACK = timedelta(days=90)

# Of the last three months: seconds to the first words of a person to somebody who had written, and to the solution, of
# the middle ticket.
RESPONSES = """
SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM first.at - t.created_at)),
  percentile_cont(0.5) WITHIN GROUP (ORDER BY extract(epoch FROM t.solved_at - t.created_at))
    FILTER (WHERE t.solved_at IS NOT NULL)
FROM tickets_ticket t JOIN customers_customer c ON c.id = t.requester_id
LEFT JOIN LATERAL (
  SELECT m.created_at AS at FROM tickets_message m
  WHERE m.ticket_id = t.id AND m.kind = 'public' AND m.author_role <> '' AND NOT m.is_automatic
    AND m.delivery_state NOT IN ('scheduled', 'cancelled') AND EXISTS (
      SELECT FROM tickets_message q
      WHERE q.ticket_id = t.id AND q.kind = 'public' AND q.author_role = '' AND q.id < m.id
    )
  ORDER BY m.id LIMIT 1
) first ON true
WHERE c.organisation_id = %s AND t.created_at >= %s AND (t.team_id IS NULL OR NOT t.team_id = ANY(%s))
"""


@dataclass(frozen=True)
class Month:
    start: datetime
    count: int
    share: int  # of the fullest month, in per cent


@dataclass(frozen=True)
class Numbers:
    members: int
    open_tickets: int
    tickets: int
    months: list[Month]
    first_reply: str  # in words; empty where there was none
    solution: str
    worth: list[str]  # of orders that were not taken back, in each currency


def numbers_of(organisation: Organisation, user: User, *, now: datetime) -> Numbers:
    """As far as `user` sees its tickets; response times are the middle ones of 90 days, in elapsed time."""
    tickets = Ticket.objects.told_to(user).filter(requester__organisation=organisation)
    counted = tickets.aggregate(all=Count("pk"), open=Count("pk", filter=Q(status__in=UNSOLVED)))
    with connection.cursor() as cursor:
        cursor.execute(RESPONSES, [organisation.pk, now - LOOKED_BACK, user.hidden_team_ids])
        reply, solution = cursor.fetchone()
    return Numbers(
        members=Customer.objects.current().filter(organisation=organisation).count(),
        open_tickets=counted["open"],
        tickets=counted["all"],
        months=_months(tickets, now),
        first_reply=_span(reply),
        solution=_span(solution),
        worth=_worth(organisation),
    )


def in_list(organisations: Iterable[Organisation], user: User) -> dict[int, dict[str, int]]:
    """Members and open tickets by the organisation's id: two statements for all of them."""
    ids = [organisation.pk for organisation in organisations]
    members = Customer.objects.current().filter(organisation__in=ids).order_by().values_list("organisation")
    tickets = Ticket.objects.told_to(user).unsolved().filter(requester__organisation__in=ids).order_by()
    found: dict[int, dict[str, int]] = {pk: {"members": 0, "open": 0} for pk in ids}
    for pk, count in members.annotate(Count("pk")):
        found[pk]["members"] = count
    for pk, count in tickets.values_list("requester__organisation").annotate(Count("pk")):
        found[pk]["open"] = count
    return found


def _months(tickets: Any, now: datetime) -> list[Month]:
    """The last six calendar months, this one last."""
    starts = [now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)]
    while len(starts) < MONTHS:
        starts.append((starts[-1] - timedelta(days=1)).replace(day=1))
    starts.reverse()
    ends = [*starts[1:], now + timedelta(days=1)]
    counts = tickets.aggregate(**{
        f"m{place}": Count("pk", filter=Q(created_at__gte=start, created_at__lt=end))
        for place, (start, end) in enumerate(zip(starts, ends, strict=True))
    })  # fmt: skip
    most = max(counts.values()) or 1
    return [
        Month(start, counts[f"m{place}"], round(100 * counts[f"m{place}"] / most)) for place, start in enumerate(starts)
    ]


def _span(seconds: Decimal | float | None) -> str:
    if seconds is None:
        return ""
    minutes = float(seconds) / 60
    if minutes < 90:
        return _("%(n)s min") % {"n": max(1, round(minutes))}
    return _("%(n)s h") % {"n": round(minutes / 60)} if minutes < 2880 else _("%(n)s d") % {"n": round(minutes / 1440)}


def _worth(organisation: Organisation) -> list[str]:
    orders = Order.objects.filter(customer__organisation=organisation).exclude(status__in=WORTH_NOTHING)
    sums = orders.order_by().values_list("currency").annotate(total=Sum("total")).order_by("-total")
    return [money(total, currency) for currency, total in sums]
