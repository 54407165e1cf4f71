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


def may_leave_note(user: User) -> bool:
    """On the customer's timeline: whoever sees customers may know something about them."""
    return may_see_customers(user)


def may_merge(user: User) -> bool:
    return may_edit_customer(user)


def may_see_field(user: User, field: CustomField) -> bool:
    """Internal fields are for those who answer customers; other departments do without them."""
    return user.is_active and (not field.is_internal or user.role != Role.COMPANY)


def may_export_person(user: User) -> bool:
    """Everything about somebody in one file, notes of staff included."""
    return user.is_active and user.role in (Role.ADMIN, Role.LEAD)


def may_erase_person(user: User) -> bool:
    """It can't be undone."""
    return may_manage(user)


def may_manage_fields(user: User) -> bool:
    """Which fields records have is part of the settings."""
    return may_manage(user)


def may_import(user: User) -> bool:
    """Many records at once: who answers for all of them."""
    return user.is_active and user.role in (Role.ADMIN, Role.LEAD)


def may_export(user: User) -> bool:
    """Lists with everybody's addresses leave the house by those who answer for it."""
    return user.is_active and user.role in (Role.ADMIN, Role.LEAD)
