"""Who does something: a member of staff, a customer, a rule, or the system itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from customers.models import Customer
from helpdesk.accounts.models import User


class _Rule(Protocol):
    pk: int
    title: str


@dataclass(frozen=True)
class Actor:
    """`behind` a rule is who did what made it run: it is the rule's deed, but their `current_user`."""

    kind: str
    name: str
    user: User | None = None
    customer: Customer | None = None
    rule_id: int | None = None
    behind: Actor | None = None

    @classmethod
    def agent(cls, user: User) -> Actor:
        return cls("user", str(user), user=user)

    @classmethod
    def of_customer(cls, customer: Customer) -> Actor:
        return cls("customer", str(customer), customer=customer)

    @classmethod
    def of_rule(cls, rule: _Rule, behind: Actor | None = None) -> Actor:
        return cls("rule", rule.title, rule_id=rule.pk, behind=behind)

    @property
    def current(self) -> Actor:
        return self.behind.current if self.behind else self


SYSTEM = Actor("system", "Onethread")
