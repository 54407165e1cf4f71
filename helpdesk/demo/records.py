"""What the demo company knows of some of its people: fields of its own, numbers, days to remember."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

from customers.actors import Actor
from customers.dates import add_date
from customers.field_upkeep import create_field
from customers.identities import add_identity
from customers.models import Customer
from customers.record import change_customer
from helpdesk.demo.company import Company

FIELDS: tuple[dict[str, Any], ...] = (
    {"of": "customer", "kind": "integer", "title": "Stations", "help": "How many weather stations they run."},
    {"of": "customer", "kind": "dropdown", "title": "Bought at", "options": ["Our shop", "A dealer", "A fair"]},
    {"of": "customer", "kind": "multiselect", "title": "Interested in", "options": ["Rain", "Wind", "Soil", "Frost"]},
    {"of": "customer", "kind": "text", "title": "Payment risk", "is_internal": True},
    {"of": "organisation", "kind": "regexp", "title": "VAT id", "pattern": "[A-Z]{2}[0-9A-Z]{2,12}"},
    {"of": "organisation", "kind": "date", "title": "Contract ends"},
)
# By name: what is known, what else they are known by (numbers that are kept for stories), days in how many days.
Known = tuple[dict[str, Any], list[tuple[str, str]], list[tuple[str, int, bool]]]
KNOWN: dict[str, Known] = {
    "Margit Halvorsen": (
        {"pronouns": "she/her", "tier": "Gold", "location": "Bergen", "preferred_channel": "email",
         "custom_fields.stations": 3, "custom_fields.interested_in": ["Rain", "Frost"],
         "notes": "Measures on three terraces and compares. Likes exact answers."},
        [("telegram", "@margit_maaler")],
        [("Birthday", 9, True)],
    ),
    "Birgit Sandhofer": (
        {"pronouns": "sie/ihr", "location": "Lindental", "contact_preferences": "In writing, please",
         "custom_fields.stations": 42, "custom_fields.bought_at": "A fair"},
        [("phone", "+49 30 23125 140"), ("email", "stadtgruen@lindental-privat.example")],
        [("Maintenance contract ends", 75, False)],
    ),
    "Desmond Pryce": (
        {"location": "Hay-on-Wye", "tier": "Silver", "preferred_channel": "phone",
         "custom_fields.payment_risk": "two reminders in spring"},
        [("phone", "+44 20 7946 0123"), ("whatsapp", "+44 7700 900123")],
        [],
    ),
}  # fmt: skip


def know_people(company: Company, *, now: datetime) -> None:
    for values in FIELDS:
        create_field(values)
    actor, noted = Actor.agent(company.staff["agent"]), now - timedelta(days=20)
    for name, (values, identities, days) in KNOWN.items():
        customer = Customer.objects.get(name=name)
        change_customer(customer, {**values, "owner": company.staff["agent"]}, actor=actor, now=noted)
        for kind, value in identities:
            add_identity(customer, kind, value, actor=actor, now=noted)
        for label, left, is_yearly in days:
            day = now.date() + timedelta(days=left)
            add_date(customer, label, _long_ago(day) if is_yearly else day, is_yearly=is_yearly, actor=actor, now=noted)


def _long_ago(day: date) -> date:
    """The same day of a leap year, so that every day is in it."""
    return day.replace(year=1972)
