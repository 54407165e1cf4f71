"""What the demo company knows of the companies it sells to, and the segments it looks at."""

from __future__ import annotations

from customers.actors import Actor
from customers.models import Customer, Organisation
from customers.record import change_customer, change_organisation
from helpdesk.demo.company import Company
from tickets.conditions import check
from tickets.conditions.scopes import CUSTOMER
from tickets.customers.segments import create_segment
from tickets.customers.starter import VIP, create_segments

TIERS = ("Gold", "Silver", "Bronze")
KNOWN = 6  # companies that are looked after by name


def know_clients(company: Company) -> None:
    """Tiers and owners of the first few, a group of companies, tickets that colleagues share, a few regulars."""
    lead = company.staff["lead"]
    actor = Actor.agent(lead)
    firms = list(Organisation.objects.order_by("pk")[:KNOWN])
    for place, firm in enumerate(firms):
        values = {"tier": TIERS[place % len(TIERS)], "owner": lead if place % 2 else company.staff["agent"]}
        change_organisation(firm, values, actor=actor)
    change_organisation(firms[0], {"tags": [VIP], "shares_tickets": True}, actor=actor)
    change_organisation(firms[1], {"shares_tickets": True, "notes": "Orders by phone before nine."}, actor=actor)
    change_organisation(firms[2], {"parent": firms[0]}, actor=actor)
    for customer in Customer.objects.filter(organisation=None).order_by("pk")[:2]:
        change_customer(customer, {"tags": [VIP]}, actor=actor)
    create_segments(company.staff["admin"])
    create_segment(
        lead, "Trade, quiet for a month", mine=False, description="Companies whose people have not written lately",
        conditions=check({"all": [
            {"field": "organization_id", "operator": "present"},
            {"field": "has_written", "operator": "present"},
        ], "none": [{"field": "last_contact", "operator": "within_previous_n_days", "value": 30}]}, CUSTOMER),
    )  # fmt: skip
