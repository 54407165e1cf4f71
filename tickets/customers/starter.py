"""The segments of a new installation: three badges that say something wherever a customer is shown."""

from __future__ import annotations

from django.utils import translation
from django.utils.translation import gettext as _

from customers.models import BadgeColour, Segment
from helpdesk.accounts.models import User
from tickets.conditions import check
from tickets.conditions.scopes import CUSTOMER
from tickets.customers.segments import create_segment

VIP = "vip"
NEW_FOR, RISK_FROM = 30, 3  # days, open tickets


def create_segments(admin: User) -> None:
    """As if `admin` had made them, in their language; each can be changed or deleted like any other. Once."""
    with translation.override(admin.language):
        for name, description, colour, parts in (
            (_("VIP"), _("Tagged “vip”, or of an organisation that is."), BadgeColour.VIOLET,
             {"any": [("tags", "includes", [VIP]), ("organization_tags", "includes", [VIP])]}),
            (_("At risk"), _("Three or more tickets of theirs are open."), BadgeColour.RED,
             {"all": [("open_tickets", "greater_than_equal", RISK_FROM)]}),
            (_("New"), _("First seen within the last 30 days."), BadgeColour.GREEN,
             {"all": [("created_at", "within_previous_n_days", NEW_FOR)]}),
        ):  # fmt: skip
            if Segment.objects.in_use().filter(owner=None, name=name).exists():
                continue
            tree = {part: [dict(zip(("field", "operator", "value"), line, strict=True)) for line in lines]
                    for part, lines in parts.items()}  # fmt: skip
            create_segment(
                admin, name, mine=False, description=description, is_badge=True, colour=colour,
                conditions=check(tree, CUSTOMER),
            )  # fmt: skip
