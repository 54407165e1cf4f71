"""Who may do what to articles. Pages, buttons and the API ask the same functions."""

from __future__ import annotations

from helpdesk.accounts.models import Role, User
from knowledge_base.models import HelpCentre


def may_write(user: User) -> bool:
    """Begin articles, edit and translate them, comment on them."""
    return user.is_active and user.role in (Role.ADMIN, Role.LEAD, Role.AGENT)


def may_publish(user: User, centre: HelpCentre) -> bool:
    """Put words before readers, or take them away: agents too, unless the help centre wants approval."""
    if not may_write(user):
        return False
    return user.role in (Role.ADMIN, Role.LEAD) or not centre.needs_approval


def may_arrange(user: User) -> bool:
    """Categories, sections, who reads them, reusable blocks, synonyms, readers' comments."""
    return user.is_active and user.role in (Role.ADMIN, Role.LEAD)


def may_set_up(user: User) -> bool:
    """Help centres themselves: names, languages, looks."""
    return user.is_active and user.role == Role.ADMIN
