"""What a ticket looks like in Slack: the thread's first message with its buttons."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.utils.translation import gettext as _

from helpdesk.integrations.slack.text import to_slack
from tickets.models import Priority, Status, Ticket

ASSIGN, SOLVE = "assign_me", "solve"


def card(ticket: Ticket, words: str) -> dict[str, Any]:
    """`text` for notifications and screen readers, `blocks` for the eye."""
    subject = ticket.subject or _("(no subject)")
    title = f"#{ticket.pk} {subject}"
    link = f"<{settings.PUBLIC_URL}/agent/tickets/{ticket.pk}/|{to_slack(title, 280).replace('|', '¦')}>"
    blocks = [
        {"type": "section", "text": _mrkdwn(f"*{link}*\n{to_slack(words)}"[:MOST_IN_SECTION])},
        {"type": "context", "elements": [_mrkdwn(to_slack(_facts(ticket), 1000))]},
        *_buttons(ticket),
    ]
    return {"text": f"{to_slack(title, 300)}: {to_slack(words, 300)}", "blocks": blocks}


MOST_IN_SECTION = 3000  # Slack's limit


def _facts(ticket: Ticket) -> str:
    facts = [
        str(Status(ticket.status).label),
        str(Priority(ticket.priority).label) if ticket.priority else "",
        str(ticket.requester),
        str(ticket.assignee or _("Nobody has it")),
        str(ticket.team or ""),
    ]
    return " · ".join(fact for fact in facts if fact)


def _buttons(ticket: Ticket) -> list[dict[str, Any]]:
    offered = [(ASSIGN, _("Assign to me"), "")]
    if ticket.status not in (Status.SOLVED, Status.CLOSED):
        offered.append((SOLVE, _("Solve"), "primary"))
    if ticket.is_closed:
        return []
    return [{"type": "actions", "elements": [_button(ticket, *each) for each in offered]}]


def _button(ticket: Ticket, action: str, label: str, style: str) -> dict[str, Any]:
    button = {
        "type": "button",
        "action_id": action,
        "value": str(ticket.pk),
        "text": {"type": "plain_text", "text": label},
    }
    return {**button, "style": style} if style else button


def _mrkdwn(text: str) -> dict[str, Any]:
    """`verbatim`: Slack makes no mentions and channels out of what customers write."""
    return {"type": "mrkdwn", "text": text, "verbatim": True}
