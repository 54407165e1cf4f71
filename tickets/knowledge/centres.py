"""Which help centre stands beside tickets."""

from __future__ import annotations

from knowledge_base.models import HelpCentre
from tickets.models import ContactRequest, Ticket


def usual_centre() -> HelpCentre | None:
    """The one of no particular host first: tickets belong to inboxes, and no inbox to a help centre."""
    return HelpCentre.objects.order_by("host", "pk").first()


def centre_beside(ticket: Ticket) -> HelpCentre | None:
    """Where its form was filled in, so that a brand's customers get the brand's articles; else the usual one."""
    sent = ContactRequest.objects.filter(ticket=ticket).exclude(centre=None).select_related("centre").first()
    return sent.centre if sent else usual_centre()
