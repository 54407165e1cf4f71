"""Marshwren, our invented company: makers of weather and watering instruments for gardens.

Heron is its weather station, Wren the soil sensor, Dipper the watering controller, Nest the hub between them and the
Wi-Fi, and Almanac a subscription for forecasts. Eight people answer its mail.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from random import Random

from django.contrib.auth.hashers import make_password

from channels_app.models import ChannelAccount
from customers.identify import identify
from customers.models import Customer, Organisation
from helpdesk.accounts.models import Availability, Role, Team, User
from helpdesk.demo.stories import DATA
from tickets.models import Inbox

NAME = "Marshwren"
PASSWORD = "demo"  # noqa: S105  the demo's sign-ins are public
ADMIN = "admin@demo.test"

TEAMS = {"Support": False, "Hardware": False, "Billing": False, "Escalations": True}  # name → private
INBOXES = {"support": ("Support", "support@demo.test"), "billing": ("Billing", "billing@demo.test")}

# e-mail name, name, role, teams, availability, time zone, signature
STAFF: tuple[tuple[str, str, Role, str, Availability, str, str], ...] = (
    ("admin", "Ingrid Solheim", Role.ADMIN, "Support Escalations", Availability.ONLINE, "Europe/Oslo",
     "Ingrid Solheim\nManaging director, Marshwren"),
    ("lead", "Tomasz Wilk", Role.LEAD, "Support Billing Escalations", Availability.ONLINE, "Europe/Warsaw",
     "Tomasz Wilk\nHead of customer support\nMarshwren · weather and watering for gardens"),
    ("agent", "Maren Achterberg", Role.AGENT, "Support Hardware", Availability.ONLINE, "Europe/Amsterdam",
     "Kind regards from Haarlem\nMaren Achterberg, Marshwren support"),
    ("light", "Joaquim Serra", Role.LIGHT, "Hardware", Availability.AWAY, "Europe/Lisbon", ""),
    ("callum", "Callum Fraser", Role.AGENT, "Support", Availability.ONLINE, "Europe/London",
     "All the best\nCallum\nMarshwren support"),
    ("nkechi", "Nkechi Balogun", Role.AGENT, "Support Billing", Availability.AWAY, "Europe/London",
     "Nkechi Balogun\nMarshwren · weather and watering for gardens"),
    ("yuki", "Yuki Tanabe", Role.AGENT, "Hardware Support", Availability.OFFLINE, "Asia/Tokyo",
     "Yuki Tanabe\nHardware support, Marshwren"),
    ("sofie", "Sofie Lindqvist", Role.AGENT, "Billing Escalations", Availability.ONLINE, "Europe/Stockholm",
     "Sofie Lindqvist\nAccounts, Marshwren"),
    ("sales", "Priya Raman", Role.COMPANY, "", Availability.OFFLINE, "Europe/London", ""),
)  # fmt: skip

# Who usually answers for a team; a name twice answers twice as much.
ROTA = {
    "Support": ("agent", "agent", "callum", "callum", "nkechi", "yuki"),
    "Hardware": ("yuki", "yuki", "agent"),
    "Billing": ("sofie", "sofie", "nkechi"),
    "Escalations": ("lead", "sofie", "admin"),
}


@dataclass(frozen=True)
class Person:
    """A customer with what his mails need."""

    customer: Customer
    address: str
    kind: str
    city: str
    sign_off: str


@dataclass
class Company:
    staff: dict[str, User] = field(default_factory=dict)
    teams: dict[str, Team] = field(default_factory=dict)
    inboxes: dict[str, Inbox] = field(default_factory=dict)
    people: dict[str, list[Person]] = field(default_factory=dict)  # by kind: home, trade, lab

    def answers_for(self, team: str, rng: Random) -> User:
        return self.staff[rng.choice(ROTA[team])]


def found(*, now: datetime) -> Company:
    """Hire the staff, open the inboxes and make the customers known."""
    company = Company()
    for name, is_private in TEAMS.items():
        company.teams[name] = Team.objects.create(name=name, is_private=is_private)
    for key, (name, address) in INBOXES.items():
        inbox = Inbox.objects.create(name=name, address=address, team=company.teams[name])
        ChannelAccount.objects.create(inbox=inbox)
        company.inboxes[key] = inbox
    password = make_password(PASSWORD)  # once: a good hash is slow on purpose
    for local, name, role, teams, availability, zone, signature in STAFF:
        user = User.objects.create(
            email=f"{local}@demo.test", password=password, name=name, role=role,
            availability=availability, time_zone=zone, signature=signature,
        )  # fmt: skip
        user.teams.set(company.teams[team] for team in teams.split())
        company.staff[local] = user
    User.objects.update(created_at=now - timedelta(days=400))
    for person in customers():
        company.people.setdefault(person.kind, []).append(person)
    return company


def customers() -> Iterator[Person]:
    kinds = {}
    for row in _rows("organisations"):
        Organisation.objects.create(name=row["name"], domains=[row["domain"]])
        kinds[row["name"]] = row["kind"]
    for row in _rows("customers"):
        customer = identify("email", row["email"], name=row["name"]).customer
        customer.language, customer.time_zone = row["language"], row["time_zone"]
        customer.save(update_fields=["language", "time_zone"])
        sign_off = row["sign_off"].replace("{name}", row["name"]).replace("|", "\n")
        yield Person(customer, row["email"], kinds.get(row["organisation"], "home"), row["city"], sign_off)


def _rows(name: str) -> Iterator[dict[str, str]]:
    with (DATA / f"{name}.csv").open(newline="", encoding="utf-8") as file:
        yield from csv.DictReader(file)
