"""Who may change how the workspace is set up."""

from helpdesk.accounts.models import Role, User


def may_manage(user: User) -> bool:
    """Staff, teams, inboxes: the settings."""
    return user.is_active and user.role == Role.ADMIN
