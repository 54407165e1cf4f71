"""Installing: a bot token and a signing secret, tried out before they are kept."""

from __future__ import annotations

from helpdesk.accounts.models import User
from helpdesk.integrations.models import SlackWorkspace
from helpdesk.integrations.slack.calling import Slack
from helpdesk.integrations.slack.threads import wake
from helpdesk.lib.sealing import seal


def install(user: User, token: str, signing_secret: str) -> SlackWorkspace:
    """Ask Slack whose token it is, and keep both. Installing again renews them. Raises `calling.Failed`."""
    told = Slack(token).call("auth.test")
    workspace, _is_new = SlackWorkspace.objects.update_or_create(
        team_id=str(told.get("team_id") or "")[:32],
        defaults={
            "team_name": str(told.get("team") or "Slack")[:200],
            "bot_user_id": str(told.get("user_id") or "")[:32],
            "bot_id": str(told.get("bot_id") or "")[:32],
            "sealed_token": seal(token),
            "sealed_signing_secret": seal(signing_secret),
            "is_active": True,
            "problem": "",
        },
    )
    if workspace.created_by_id is None:
        workspace.created_by = user
        workspace.save(update_fields=["created_by"])
    wake()
    return workspace
