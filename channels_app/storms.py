"""When one sender floods us with new tickets, the rest of the flood goes to one ticket: nothing lost, nobody drowns."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import connection
from django.utils.translation import gettext as _

from channels_app.models import InboundPayload, sender_domain
from customers.actors import SYSTEM
from customers.identify import PUBLIC_MAIL_PROVIDERS, domain_of
from customers.models import Customer
from tickets.models import Channel, Inbox, Status, Ticket
from tickets.services import open_ticket

WINDOW = timedelta(hours=1)
NEW_OF_SENDER, NEW_OF_DOMAIN = 20, 200
COLLECTS_FOR = timedelta(days=1)
# Written by hand because it runs for every new ticket; its condition is that of the index `payload_of_domain`.
OPENED = """
    SELECT count(*) FILTER (WHERE sender = %(sender)s), count(*)
    FROM channels_app_inboundpayload
    WHERE rule = 'new' AND split_part(sender, '@', -1) = %(domain)s AND received_at > %(since)s
"""


def storm_of(sender: str, *, now: datetime) -> str:
    """The sender or domain that has opened its share of tickets within the hour; empty when all is calm.

    Millions share a public provider's domain, so there only the sender counts.
    """
    domain = domain_of(sender)
    with connection.cursor() as cursor:
        cursor.execute(OPENED, {"sender": sender, "domain": domain, "since": now - WINDOW})
        of_sender, of_domain = cursor.fetchone() or (0, 0)
    if of_sender >= NEW_OF_SENDER:
        return sender
    return domain if of_domain >= NEW_OF_DOMAIN and domain not in PUBLIC_MAIL_PROVIDERS else ""


def collecting_ticket(storm: str, customer: Customer, inbox: Inbox, *, now: datetime) -> Ticket:
    """The ticket that takes in the mails of `storm`; the first one opens it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"storm {storm}"])
    of_storm = InboundPayload.objects.filter(rule="storm", received_at__gt=now - COLLECTS_FOR)
    if "@" in storm:
        of_storm = of_storm.filter(sender=storm)
    else:
        of_storm = of_storm.alias(domain=sender_domain()).filter(domain=storm)
    last = of_storm.exclude(ticket=None).exclude(ticket__status=Status.CLOSED).order_by("-pk").first()
    if last and last.ticket:
        return last.ticket
    subject = _("Many mails from %(sender)s") % {"sender": storm}
    return open_ticket(customer, subject, inbox=inbox, channel=Channel.EMAIL, actor=SYSTEM, now=now)
