"""What lies on the desks of the demo company this morning: a mention, a handed-over ticket, drafts, a later reply.

Written at the very end and with the bell connected, so that a visitor finds it rung.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.test.utils import override_settings

from customers.actors import Actor
from helpdesk.accounts.models import User
from helpdesk.demo.company import Company
from tickets import services
from tickets.models import Ticket

BELL = ["tickets.notifications.notify"]
MENTION = (
    '<p><span data-mention="user:{pk}">@{name}</span> can you look at this one? You know the valve better than '
    "I do, and they have waited long enough.</p>"
)
SHARED = "<p>Hello,</p><p>thank you for the photos. I have asked the workshop and will know more this afternoon.</p>"
OWN = "<p>Hello,</p><p>I found your order. What I still need is the number under the battery cover, it begins with</p>"
LATER = "<p>Good morning,</p><p>the courier promised to be with you today. Did the parcel arrive?</p>"


def lay_out(company: Company, *, now: datetime) -> None:
    """Nothing where fewer tickets wait than it takes: a company can be told very small."""
    maren, callum, tomasz = (company.staff[name] for name in ("agent", "callum", "lead"))
    waiting = Ticket.objects.unsolved().exclude(team__is_private=True).exclude(assignee=maren).order_by("-pk")[:5]
    if len(waiting) < 5:
        return
    mentioned, handed, shared, begun, later = waiting
    with override_settings(EVENT_CONSUMERS=BELL):
        note = MENTION.format(pk=maren.pk, name=maren.name)
        services.add_note(mentioned, note, actor=Actor.agent(callum), now=now)
        _hand_over(handed, maren, tomasz, now)
    services.save_draft(shared, "reply", SHARED, user=callum, version=0, now=now)
    services.share_draft(shared, "reply", user=callum, shared=True, now=now)
    services.save_draft(begun, "reply", OWN, user=maren, version=0, now=now)
    tomorrow = (now + timedelta(days=1)).replace(hour=8, minute=0, second=0, microsecond=0)
    with override_settings(EVENT_CONSUMERS=["channels_app.outbound.queue_deliveries"]):
        services.add_reply(later, LATER, actor=Actor.agent(maren), send_at=tomorrow, unless_answered=True, now=now)


def _hand_over(ticket: Ticket, to: User, by: User, now: datetime) -> None:
    with services.gesture(ticket, actor=Actor.agent(by), now=now):
        services.assign(ticket, to, actor=Actor.agent(by))
