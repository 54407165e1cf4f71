"""Who does something to a ticket: a member of staff, a customer, a rule, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass

from customers.models import Customer
from helpdesk.accounts.models import User
from tickets.models.rule import Rule


@dataclass(frozen=True)
class Actor:
    kind: str
    name: str
    user: User | None = None
    customer: Customer | None = None
    rule_id: int | None = None

    @classmethod
    def agent(cls, user: User) -> Actor:
        return cls("user", str(user), user=user)

    @classmethod
    def of_customer(cls, customer: Customer) -> Actor:
        return cls("customer", str(customer), customer=customer)

    @classmethod
    def of_rule(cls, rule: Rule) -> Actor:
        return cls("rule", rule.title, rule_id=rule.pk)


SYSTEM = Actor("system", "Onethread")
