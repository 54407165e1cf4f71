"""Who may do what: one short predicate each. Page, button and API ask the same one.

What a person may *see* is `Ticket.objects.visible_to(user)`.
"""

from __future__ import annotations

from django.conf import settings

from helpdesk.accounts.models import Role, User
from helpdesk.accounts.policies import may_manage
from tickets.models import DeliveryState, Macro, Message, SavedView, Ticket

__all__ = [
    "may_edit",
    "may_follow",
    "may_manage",
    "may_note",
    "may_read_notes",
    "may_reply",
    "may_retract",
    "may_see_intake",
]

FULL_AGENTS = (Role.ADMIN, Role.LEAD, Role.AGENT)


def may_enter(user: User) -> bool:
    """Work with tickets at all. Other departments read of them on the timelines of customers only."""
    return user.is_active and user.role != Role.COMPANY


def may_reply(user: User, ticket: Ticket | None = None) -> bool:
    """Write to the customer, open tickets, take a reply back."""
    return user.is_active and user.role in FULL_AGENTS


def may_note(user: User, ticket: Ticket | None = None) -> bool:
    return may_enter(user)


def may_read_notes(user: User) -> bool:
    """What colleagues write among themselves, on whatever page it stands. Other departments are no part of that."""
    return may_enter(user)


def may_edit(user: User, ticket: Ticket | None = None) -> bool:
    """Change a ticket's status, properties and people."""
    return user.is_active and user.role in FULL_AGENTS


def may_see_feedback(user: User) -> bool:
    """The board, and putting something on it: all of the company."""
    return user.is_active


def may_manage_feedback(user: User) -> bool:
    """Topics, their status, and telling those who asked."""
    return user.is_active and user.role in FULL_AGENTS


def may_follow(user: User, ticket: Ticket | None = None) -> bool:
    return may_enter(user)


def may_retract(user: User, message: Message) -> bool:
    """Inside the undo window its author and leads; one that waits to be sent later, whoever may answer."""
    if message.delivery_state == DeliveryState.SCHEDULED:
        return may_reply(user)
    own_or_lead = message.author_user_id == user.pk or user.role in (Role.ADMIN, Role.LEAD)
    return may_reply(user) and own_or_lead and message.delivery_state == DeliveryState.QUEUED


def may_redact(user: User, message: Message | None = None) -> bool:
    """Whoever answers customers: a card number should go when it is seen. On closed tickets as well."""
    return may_edit(user)


def may_share_views(user: User) -> bool:
    """Views of teams and of everyone."""
    return user.is_active and user.role in (Role.ADMIN, Role.LEAD)


def may_change_view(user: User, view: SavedView) -> bool:
    """Own ones anybody, shared ones whoever may share."""
    return user.is_active and (view.owner_id == user.pk if view.owner_id else may_share_views(user))


def may_share_macros(user: User) -> bool:
    """Macros of teams and of everyone."""
    return user.is_active and user.role in (Role.ADMIN, Role.LEAD)


def may_change_macro(user: User, macro: Macro) -> bool:
    """Own ones anybody, shared ones whoever may share."""
    return user.is_active and (macro.owner_id == user.pk if macro.owner_id else may_share_macros(user))


def may_calm(user: User, ticket: Ticket | None = None) -> bool:
    """Say that a public post is no quarrel, so that one person's answer is enough: nobody lets themselves off."""
    return user.is_active and user.role in (Role.ADMIN, Role.LEAD)


def may_see_intake(user: User) -> bool:
    """Mail that was held or refused, raw bytes included."""
    return user.is_active and user.role in (Role.ADMIN, Role.LEAD)


def may_see_outbox(user: User) -> bool:
    """Mail that went out, raw bytes included. In the demo everybody: its page stands for the customers' mailboxes."""
    return may_see_intake(user) or (user.is_active and settings.DEMO)


def may_chat(user: User) -> bool:
    """Talk with visitors of sites."""
    return may_reply(user)


def may_lead_chats(user: User) -> bool:
    """See who waits and who talks, listen in, whisper, take over and pass on what others have."""
    return user.is_active and user.role in (Role.ADMIN, Role.LEAD)


def may_log_calls(user: User) -> bool:
    """Write down calls, call customers, settle calls that are owed."""
    return may_reply(user)


def may_take_calls(user: User) -> bool:
    return may_reply(user)


def may_lead_calls(user: User) -> bool:
    """Take over what colleagues have claimed."""
    return user.is_active and user.role in (Role.ADMIN, Role.LEAD)


def may_see_reports(user: User) -> bool:
    """The team's numbers, by person too. Everybody who works with tickets has a page of their own."""
    return user.is_active and user.role in (Role.ADMIN, Role.LEAD)


def may_see_wallboard(user: User) -> bool:
    """What hangs on the wall of the room: no numbers of single people."""
    return may_enter(user)
