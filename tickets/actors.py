"""Who does something to a ticket: a member of staff, a customer, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass

from customers.models import Customer
from helpdesk.accounts.models import User


@dataclass(frozen=True)
class Actor:
    kind: str
    name: str
    user: User | None = None
    customer: Customer | None = None

    @classmethod
    def agent(cls, user: User) -> Actor:
        return cls("user", str(user), user=user)

    @classmethod
    def of_customer(cls, customer: Customer) -> Actor:
        return cls("customer", str(customer), customer=customer)


SYSTEM = Actor("system", "Onethread")
