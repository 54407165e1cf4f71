"""What is known of a customer: the fields of the scope "customer", which lists and segments ask.

Their sources lie beside a Customer, not a ticket. Whoever brings more to a customer (orders, consent) adds a field
here, or a module like this one to the catalogue.
"""

from __future__ import annotations

from django.db.models import F, OuterRef, QuerySet, Sum
from django.utils.translation import gettext_lazy as _

from customers.models import CustomerEvent, Identity, IdentityKind, Order, Organisation
from customers.orders import WORTH_NOTHING
from tickets.conditions import consents
from tickets.conditions.choices import Presence
from tickets.conditions.consents import Contact
from tickets.conditions.field import PEOPLE, TIMES, WORDS, Field
from tickets.conditions.fields.people import colleagues, organisations
from tickets.conditions.gathered import Amount, Gathered, Latest
from tickets.conditions.people_words import Digits, HasOneOf, Name, Text
from tickets.conditions.scopes import CUSTOMER
from tickets.conditions.sources import Column, Related
from tickets.conditions.times import Date
from tickets.conditions.words import Code, Tags, Words
from tickets.models import Ticket

ONLY = frozenset({CUSTOMER})
RECORD, TICKETS, ORDERS, CONSENT = _("Record"), _("Tickets"), _("Orders and events"), _("Consent")


def identities() -> QuerySet[Identity]:
    return Identity.objects.filter(customer=OuterRef("pk"))


def addresses() -> QuerySet[Identity]:
    return identities().filter(kind=IdentityKind.EMAIL)


def numbers() -> QuerySet[Identity]:
    return identities().filter(kind__in=[IdentityKind.PHONE, IdentityKind.WHATSAPP])


def employers() -> QuerySet[Organisation]:
    return Organisation.objects.filter(pk=OuterRef("organisation_id"))


def tickets() -> QuerySet[Ticket]:
    return Ticket.objects.filter(requester=OuterRef("pk"))


def open_tickets() -> QuerySet[Ticket]:
    return Ticket.objects.unsolved().filter(requester=OuterRef("pk"))


def heard() -> QuerySet[Ticket]:
    return tickets().filter(requester_updated_at__isnull=False)


def orders() -> QuerySet[Order]:
    return Order.objects.filter(customer=OuterRef("pk"))


def paid_orders() -> QuerySet[Order]:
    return orders().exclude(status__in=WORTH_NOTHING)


def events() -> QuerySet[CustomerEvent]:
    return CustomerEvent.objects.filter(customer=OuterRef("pk"))


DAY_OR_NEVER = Date(can_be_empty=True)

FIELDS: tuple[Field, ...] = (
    Field("name", _("Name"), RECORD, Name(), Column("name"), scopes=ONLY),
    Field("email", _("E-mail address"), RECORD, Words(is_folded=True), Related(addresses, "value"), scopes=ONLY),
    Field("phone", _("Phone number"), RECORD, Digits(), Related(numbers, "value"), scopes=ONLY),
    Field(
        "identity_kind", _("Is known by"), RECORD, HasOneOf(IdentityKind), Related(identities, "kind"), scopes=ONLY
    ),
    Field("tier", _("Tier"), RECORD, Text(), Column("tier"), scopes=ONLY),
    Field("account_type", _("Account type"), RECORD, Text(), Column("account_type"), scopes=ONLY),
    Field("tags", _("Tags"), RECORD, Tags(), Column("tags"), scopes=ONLY),
    Field("language", _("Language"), RECORD, Code(can_be_empty=True), Column("language"), scopes=ONLY),
    Field("time_zone", _("Time zone"), RECORD, Code(can_be_empty=True), Column("time_zone"), scopes=ONLY),
    Field("location", _("Location"), RECORD, Text(), Column("location"), scopes=ONLY),
    Field("notes", _("Notes"), WORDS, Text(), Column("notes"), scopes=ONLY),
    Field("organization_id", _("Organisation"), PEOPLE, organisations, Column("organisation_id"), scopes=ONLY),
    Field("organization_name", _("Organisation’s name"), PEOPLE, Name(), Related(employers, "name"), scopes=ONLY),
    Field("organization_tier", _("Organisation’s tier"), PEOPLE, Text(), Related(employers, "tier"), scopes=ONLY),
    Field("organization_tags", _("Organisation’s tags"), PEOPLE, Tags(), Related(employers, "tags"), scopes=ONLY),
    Field("owner_id", _("Owner"), PEOPLE, colleagues, Column("owner_id"), scopes=ONLY),
    Field("created_at", _("Created"), TIMES, Date(), Column("created_at"), scopes=ONLY),
    Field(
        "last_contact", _("Last contact"), TIMES, DAY_OR_NEVER, Latest(heard, "requester_updated_at"), scopes=ONLY
    ),
    Field("has_written", _("Has ever written"), TIMES, Presence(), Related(heard, "pk"), scopes=ONLY),
    Field(
        "open_tickets", _("Open tickets"), TICKETS, Amount(), Gathered(open_tickets, "requester_id"), scopes=ONLY
    ),
    Field("ticket_count", _("Tickets so far"), TICKETS, Amount(), Gathered(tickets, "requester_id"), scopes=ONLY),
    Field("order_count", _("Orders"), ORDERS, Amount(), Gathered(orders, "customer_id"), scopes=ONLY),
    Field(
        "order_total", _("Orders’ sum"), ORDERS, Amount(), Gathered(paid_orders, "customer_id", Sum(F("total"))),
        scopes=ONLY,
    ),
    Field("last_order", _("Last order"), ORDERS, DAY_OR_NEVER, Latest(orders, "placed_at"), scopes=ONLY),
    Field("consent_given", _("Has allowed"), CONSENT, Contact(), Related(consents.given, "contact"), scopes=ONLY),
    Field("consent_refused", _("Has refused"), CONSENT, Contact(), Related(consents.refused, "contact"), scopes=ONLY),
    Field("event", _("Event"), ORDERS, Words(is_folded=True), Related(events, "kind"), scopes=ONLY),
)  # fmt: skip
