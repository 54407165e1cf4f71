"""Who may do what with records: one short predicate each. Page, button and API ask the same one."""

from __future__ import annotations

from customers.models import CustomField
from helpdesk.accounts.models import Role, User
from helpdesk.accounts.policies import may_manage

FULL_AGENTS = (Role.ADMIN, Role.LEAD, Role.AGENT)


def may_see_customers(user: User) -> bool:
    """Every member of staff: whoever answers should know who asks."""
    return user.is_active


def may_edit_customer(user: User) -> bool:
    """Change records and identities, add and remove them."""
    return user.is_active and user.role in FULL_AGENTS


def may_merge(user: User) -> bool:
    return may_edit_customer(user)


def may_see_field(user: User, field: CustomField) -> bool:
    """Internal fields are for those who answer customers; other departments do without them."""
    return user.is_active and (not field.is_internal or user.role != Role.COMPANY)


def may_manage_fields(user: User) -> bool:
    """Which fields records have is part of the settings."""
    return may_manage(user)
