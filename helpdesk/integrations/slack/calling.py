"""Calls of Slack's Web API through slack-sdk, and what its refusals mean."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.translation import gettext as _
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.webhook import WebhookClient

logger = logging.getLogger(__name__)

TIMEOUT = 5  # seconds
# The whole app is refused: nothing will work until somebody gives a new token.
LOCKED_OUT = {
    "invalid_auth",
    "not_authed",
    "token_revoked",
    "token_expired",
    "account_inactive",
    "team_access_not_granted",
}
PASSING = {"ratelimited", "rate_limited", "internal_error", "fatal_error", "service_unavailable", "request_timeout"}


class Failed(Exception):
    """Slack said no. `again_after` seconds it may say yes; None: never."""

    def __init__(self, error: str, *, again_after: int | None = None) -> None:
        super().__init__(error)
        self.error = error
        self.again_after = again_after

    @property
    def is_lockout(self) -> bool:
        return self.error in LOCKED_OUT


@dataclass(frozen=True)
class Slack:
    """One workspace, by its token."""

    token: str

    def call(self, method: str, **arguments: Any) -> dict[str, Any]:
        """The answer's data. Raises `Failed`."""
        client = WebClient(token=self.token, base_url=settings.SLACK_API_URL, timeout=TIMEOUT, retry_handlers=[])
        try:
            answer = client.api_call(method, json=arguments)
        except SlackApiError as error:
            raise _refusal(error) from error
        except (SlackClientError, OSError, ValueError) as error:  # no connection, or no JSON
            raise Failed(str(error)[:300] or type(error).__name__, again_after=10) from error
        data: Any = answer.data
        if not isinstance(data, dict):
            raise Failed(_("Slack's answer could not be read."), again_after=10)
        return data


def _refusal(error: SlackApiError) -> Failed:
    answer = error.response
    said = str(answer.get("error") or "") if isinstance(answer.data, dict) else ""
    if answer.status_code == 429:
        asked = str(answer.headers.get("Retry-After") or answer.headers.get("retry-after") or "")
        return Failed(said or "ratelimited", again_after=min(int(asked[:9]), 3600) if asked.isdecimal() else 30)
    if said in PASSING or answer.status_code >= 500:
        return Failed(said or f"HTTP {answer.status_code}", again_after=30)
    return Failed(said or f"HTTP {answer.status_code}")


def is_slacks(address: str) -> bool:
    """Whether it is one that Slack gives to answer a command at, and no other place."""
    ours = urlsplit(settings.SLACK_API_URL)
    asked = urlsplit(address)
    return (asked.scheme, asked.netloc) in (("https", "hooks.slack.com"), (ours.scheme, ours.netloc))


def answer_later(address: str, answer: dict[str, Any]) -> None:
    """To a command that was told to wait. That nobody takes it is no reason to do anything again."""
    try:
        sent = WebhookClient(address, timeout=TIMEOUT, retry_handlers=[]).send_dict(answer)
    except (SlackClientError, OSError, ValueError) as error:
        logger.warning("Slack did not take our answer to a command: %s", error)
    else:
        if sent.status_code != 200:
            logger.warning("Slack did not take our answer to a command: %s", sent.status_code)


def in_words(error: str) -> str:
    """For admins, what Slack's error means for them; its own word where we know no better."""
    known = {
        "channel_not_found": _("There is no such channel, or the app is not in it: invite it with /invite."),
        "not_in_channel": _("The app is not in this channel: invite it there with /invite."),
        "is_archived": _("The channel is archived."),
        "missing_scope": _("The app lacks a permission: chat:write, users:read and users:read.email are needed."),
        "thread_not_found": _("The thread was deleted in Slack."),
        "message_not_found": _("The message was deleted in Slack."),
        "restricted_action": _("Slack's settings don't let the app post there."),
    }
    if error in LOCKED_OUT:
        return _("Slack doesn't know our token any more (%(error)s). Install the app anew.") % {"error": error}
    return known.get(error, error)
