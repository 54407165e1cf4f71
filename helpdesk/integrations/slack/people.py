"""Who writes in Slack: their name there, and the member of staff with the same address."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.utils import timezone

from customers.actors import Actor
from helpdesk.accounts.models import User
from helpdesk.integrations.models import SlackPerson, SlackWorkspace
from helpdesk.integrations.slack.calling import Failed, Slack
from helpdesk.integrations.slack.text import as_object
from tickets.models import Ticket

KNOWN_FOR = timedelta(days=1)


def is_known(workspace: SlackWorkspace, slack_id: str) -> bool:
    """Whether `person` will answer without asking Slack, which may take seconds."""
    fresh = SlackPerson.objects.filter(asked_at__gt=timezone.now() - KNOWN_FOR)
    return fresh.filter(workspace=workspace, slack_id=slack_id).exists()


def person(workspace: SlackWorkspace, slack_id: str) -> SlackPerson:
    """As we know them, asked of Slack at most once a day. Who can't be asked about is known by their id."""
    known = SlackPerson.objects.filter(workspace=workspace, slack_id=slack_id).first()
    if known and timezone.now() - known.asked_at < KNOWN_FOR:
        return known
    try:
        told = Slack(workspace.token).call("users.info", user=slack_id).get("user")
    except Failed:
        return known or SlackPerson(workspace=workspace, slack_id=slack_id, name=slack_id)
    about = as_object(told)
    profile = as_object(about.get("profile"))
    name = profile.get("display_name") or profile.get("real_name") or about.get("real_name") or about.get("name")
    values = {
        "name": str(name or slack_id)[:200],
        "email": str(profile.get("email") or "").lower()[:320] if _is_of_us(workspace, about) else "",
        "asked_at": timezone.now(),
    }
    return SlackPerson.objects.update_or_create(workspace=workspace, slack_id=slack_id, defaults=values)[0]


def _is_of_us(workspace: SlackWorkspace, about: dict[str, Any]) -> bool:
    """Whether our own workspace vouches for their address. In channels shared with others (Slack Connect) people come
    along whose addresses only their own admins have seen."""
    teams = as_object(about.get("enterprise_user")).get("teams")
    home = {str(about.get("team_id") or workspace.team_id), *(map(str, teams) if isinstance(teams, list) else ())}
    is_strange = about.get("is_stranger") or about.get("is_email_confirmed") is False
    return workspace.team_id in home and not (is_strange or about.get("deleted") or about.get("is_bot"))


def staff(who: SlackPerson) -> User | None:
    """The member of staff with their address; our workspace has proved it."""
    return User.objects.filter(email=who.email, is_active=True).first() if who.email else None


def actor_for(who: SlackPerson, ticket: Ticket) -> Actor:
    """The colleague themselves where they may see the ticket; else the name that Slack gives."""
    user = staff(who)
    if user and Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
        return Actor.agent(user)
    return Actor("system", f"{who.name} (Slack)"[:200])
