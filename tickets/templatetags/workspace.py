"""What every page of the workspace shows around its own content."""

from __future__ import annotations

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.translation import ngettext

from helpdesk.accounts.models import User
from helpdesk.lib.people import hue_of, initials_of
from tickets import policies, send_times

register = template.Library()


@register.filter
def may_manage(user: User) -> bool:
    return policies.may_manage(user)


@register.filter
def may_see_intake(user: User) -> bool:
    return policies.may_see_intake(user)


@register.filter
def may_enter(user: User) -> bool:
    return policies.may_enter(user)


@register.filter
def may_log_calls(user: User) -> bool:
    return policies.may_log_calls(user)


@register.filter
def may_see_outbox(user: User) -> bool:
    return policies.may_see_outbox(user)


@register.filter
def may_see_reports(user: User) -> bool:
    return policies.may_see_reports(user)


@register.filter
def may_open_tickets(user: User) -> bool:
    return policies.may_reply(user)


@register.filter
def may_edit_tickets(user: User) -> bool:
    return policies.may_edit(user)


@register.simple_tag
def bell_label(unread: int) -> str:
    return ngettext("Notifications, %(count)s unread", "Notifications, %(count)s unread", unread) % {"count": unread}


@register.filter
def as_moment(written: str) -> datetime:
    """A moment that an event keeps as ISO 8601."""
    return datetime.fromisoformat(written)


@register.filter
def addresses(joined: str) -> list[str]:
    return [address for address in joined.split(", ") if address]


@register.filter
def send_moment(at: datetime | str) -> str:
    """When a message is to be sent, in the reader's time zone; events hold it as ISO 8601."""
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return send_times.moment(timezone.localtime(moment))


register.filter("initials", initials_of)
register.filter("hue", hue_of)
