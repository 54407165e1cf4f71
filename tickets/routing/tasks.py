"""Routing runs by itself: told at once, and by a sweep for what was lost on the way."""

from celery import shared_task
from django.utils import timezone

from helpdesk.lib.handover import hand_over


@shared_task(expires=30)
def route_tickets() -> int:
    """Give what waits; several at once wait for each other, and the later ones find nothing left."""
    from tickets.routing.handing_out import route_waiting  # it gives tickets, whose events ask for this task

    return route_waiting(now=timezone.now())


@shared_task(expires=10)
def sweep_routing() -> int:
    """Take back what was not answered, let go of who is silent, and give what no message told of."""
    from tickets.routing.availability import send_silent_away
    from tickets.routing.taking_back import take_back_due

    now = timezone.now()
    return send_silent_away(now=now) + take_back_due(now=now) + route_tickets()


def ask_for_routing() -> None:
    hand_over(route_tickets)
