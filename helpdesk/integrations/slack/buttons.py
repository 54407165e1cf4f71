"""Buttons under a ticket's card, and the slash command: done by the colleague with the same address, or refused."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from customers.actors import Actor
from helpdesk.integrations.models import SlackWorkspace
from helpdesk.integrations.slack import people
from helpdesk.integrations.slack.calling import Failed, Slack, answer_later, is_slacks
from helpdesk.integrations.slack.cards import ASSIGN, SOLVE, card
from helpdesk.integrations.slack.text import as_object
from helpdesk.lib.typed import whole_number
from tickets import policies
from tickets.models import ForbiddenMove, Status, Ticket
from tickets.services import Refused, assign, change_status

logger = logging.getLogger(__name__)

PRESS_LASTS = timedelta(minutes=15)  # what somebody pressed longer ago than that, they don't wait for any more


def press(workspace: SlackWorkspace, payload: dict[str, Any]) -> str:
    """Do what a button says; what to tell the person who pressed it, empty when the card shows it."""
    actions = payload.get("actions")
    action = as_object(actions[0]) if isinstance(actions, list) and actions else {}
    found = _ticket_for(workspace, str(as_object(payload.get("user")).get("id") or ""), str(action.get("value") or ""))
    if isinstance(found, str):
        return found
    ticket, actor = found
    try:
        if action.get("action_id") == ASSIGN and policies.may_edit(_user(actor), ticket):
            assign(ticket, _user(actor), actor=actor)
        elif action.get("action_id") == SOLVE and policies.may_edit(_user(actor), ticket):
            change_status(ticket, Status.SOLVED, actor=actor)
        else:
            return _("You may not do this.")
    except (Refused, ForbiddenMove) as refused:
        return str(refused)
    return ""


def pressed(workspace: SlackWorkspace, payload: dict[str, Any], at: datetime) -> str:
    """A press that was stored at that moment, and answered to whoever pressed; what came of it, for the log."""
    if timezone.now() - at > PRESS_LASTS:
        words = _("This took too long, and nothing was done. Press the button again.")
    else:
        words = press(workspace, payload)
    if words:
        transaction.on_commit(lambda: answer_privately(workspace, payload, words))
    return words


def answer_privately(workspace: SlackWorkspace, payload: dict[str, Any], words: str) -> None:
    """Only the person who pressed sees it. That they can't be told is no reason to do anything again."""
    channel, user = payload.get("channel"), payload.get("user")
    if isinstance(channel, dict) and isinstance(user, dict):
        try:
            Slack(workspace.token).call(
                "chat.postEphemeral", channel=channel.get("id"), user=user.get("id"), text=words
            )
        except Failed as failed:
            logger.warning("Slack did not take our answer to a button: %s", failed)


def command(workspace: SlackWorkspace, slack_id: str, text: str) -> dict[str, Any]:
    """`/… 1234` shows a ticket, to the person who asked alone."""
    number = text.strip().removeprefix("#")
    if not whole_number(number):
        return _privately(_("Write the number of a ticket, such as 1234."))
    found = _ticket_for(workspace, slack_id, number)
    if isinstance(found, str):
        return _privately(found)
    ticket = Ticket.objects.with_people().get(pk=found[0].pk)
    return {"response_type": "ephemeral", **card(ticket, ticket.preview)}


def commanded(workspace: SlackWorkspace, body: dict[str, Any]) -> str:
    """A command that was stored, because Slack had to be asked first who gave it; answered where Slack said."""
    answer = command(workspace, str(body.get("user_id") or ""), str(body.get("text") or ""))
    address = str(body.get("response_url") or "")
    if is_slacks(address):
        transaction.on_commit(lambda: answer_later(address, answer))
    return str(answer.get("text") or "")


def _privately(text: str) -> dict[str, Any]:
    return {"response_type": "ephemeral", "text": text}


def _ticket_for(workspace: SlackWorkspace, slack_id: str, number: str) -> tuple[Ticket, Actor] | str:
    """The ticket and who acts on it, or why not. Not visible is not there."""
    user = people.staff(people.person(workspace, slack_id)) if slack_id else None
    if user is None:
        return _("Your Slack account has no colleague here with the same e-mail address.")
    pk = whole_number(number)
    ticket = Ticket.objects.visible_to(user).filter(pk=pk).first() if pk else None
    if ticket is None:
        return _("There is no ticket with this number.")
    return ticket, Actor.agent(user)


def _user(actor: Actor) -> Any:
    return actor.user
