"""What rules can do outside: send to a webhook, post in Slack. Registered with the one catalogue of actions.

Both write down what is to be said, in the gesture's own transaction; a rule that fails leaves nothing of it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import Actor
from helpdesk.accounts.models import User
from helpdesk.integrations.models import SlackWorkspace, WebhookEndpoint
from helpdesk.integrations.slack.threads import start_thread
from helpdesk.integrations.webhooks import payloads, queueing
from tickets.automation.actions import register
from tickets.automation.kinds import BY_RULE, Action, Change, Choices, Gone, read_id
from tickets.automation.kinds_words import read_words
from tickets.automation.placeholders import check_placeholders, render
from tickets.conditions.problems import Wrong
from tickets.events import RuleNotifies
from tickets.models import Ticket
from tickets.services import gesture

LONGEST_BODY = 50_000
LONGEST_POST = 3000
RULE = "rule.notified"


@dataclass(frozen=True)
class NotifyWebhook(Action):
    """A list of endpoint and body, as in Zendesk. The body is JSON whose texts may have placeholders; none: our own."""

    widget = "parts"
    scopes: frozenset[str] = BY_RULE
    repeatable: bool = True

    def read(self, value: object) -> list[str]:
        if not isinstance(value, list) or len(value) != 2:
            raise Wrong(_("Choose a webhook, and what it is to be told."))
        endpoint, body = str(value[0]), str(value[1] or "").strip()
        if not WebhookEndpoint.objects.filter(pk=read_id(endpoint)).exists():
            raise Wrong(_("There is no such webhook."))
        if len(body) > LONGEST_BODY:
            raise Wrong(_("This is longer than %(limit)s characters.") % {"limit": LONGEST_BODY})
        if body:
            _filled(_read_json(body), check_placeholders)
        return [endpoint, body]

    def bind(self, value: Any, actor: Actor) -> Change:
        endpoint = WebhookEndpoint.objects.filter(pk=value[0]).first()
        if endpoint is None:
            raise Gone(_("The webhook does not exist any more."))

        def notify(ticket: Ticket) -> None:
            with gesture(ticket, actor=actor) as g:
                body = _body(ticket, value[1], actor, depth=g.depth)
                queueing.write_down([queueing.delivery(endpoint, RULE, body, ticket_number=ticket.pk, depth=g.depth)])
                g.record(RuleNotifies("webhook", str(endpoint), endpoint.pk))

        return notify

    def parts(self, user: User) -> list[dict[str, Any]]:
        return [
            {"label": _("Webhook"), "widget": "choice", "choices": _endpoints()},
            {"label": _("Body as JSON; empty: the ticket"), "widget": "words"},
        ]

    def shown(self, value: Any) -> str:
        return dict(_endpoints()).get(value[0], str(value[0]))


@dataclass(frozen=True)
class PostInSlack(Action):
    """A list of workspace, channel and words."""

    widget = "parts"
    scopes: frozenset[str] = BY_RULE
    repeatable: bool = True

    def read(self, value: object) -> list[str]:
        if not isinstance(value, list) or len(value) != 3:
            raise Wrong(_("Say in which channel of which workspace, and the words."))
        workspace, channel, words = (str(part or "").strip() for part in value)
        if not SlackWorkspace.objects.filter(pk=read_id(workspace)).exists():
            raise Wrong(_("There is no such Slack workspace: connect it first."))
        if not channel or len(channel) > 80 or any(char.isspace() or char in "<>&" for char in channel):
            raise Wrong(_("Name a channel, such as #support."))
        return [workspace, channel, read_words(words, LONGEST_POST)]

    def bind(self, value: Any, actor: Actor) -> Change:
        workspace = SlackWorkspace.objects.filter(pk=value[0]).first()
        if workspace is None:
            raise Gone(_("The Slack workspace is not connected any more."))

        def post(ticket: Ticket) -> None:
            with gesture(ticket, actor=actor) as g:
                start_thread(ticket, workspace, value[1], _words(value[2], ticket, actor))
                g.record(RuleNotifies("slack", value[1], workspace.pk))

        return post

    def parts(self, user: User) -> list[dict[str, Any]]:
        return [
            {"label": _("Workspace"), "widget": "choice", "choices": _workspaces()},
            {"label": _("Channel"), "widget": "text"},
            {"label": _("Words"), "widget": "words"},
        ]

    def shown(self, value: Any) -> str:
        return str(value[1])


def register_actions() -> None:
    register(
        NotifyWebhook(
            "notification_webhook", gettext_lazy("Tell a webhook"), gettext_lazy("tell the webhook %(value)s")
        )
    )
    register(PostInSlack("slack_message", gettext_lazy("Post in Slack"), gettext_lazy("post in Slack, %(value)s")))


def _body(ticket: Ticket, written: str, actor: Actor, *, depth: int) -> str:
    """The rule's own JSON with its texts filled in one by one, so that no word can break it; or the ticket.

    `depth` counts the rules that led here; it is in the header X-Onethread-Depth, too, whatever the body says.
    """
    if written:
        told = _filled(_read_json(written), lambda text: _words(text, ticket, actor))
        return json.dumps(told, ensure_ascii=False)
    rule = {"id": actor.rule_id, "title": actor.name, "depth": depth}
    data = {"rule": rule, "ticket": payloads.ticket_data(ticket)}
    return payloads.write(RULE, timezone.now(), data)


def _words(text: str, ticket: Ticket, actor: Actor) -> str:
    return render(text, ticket, actor=actor.current, language=settings.LANGUAGE_CODE, for_staff=True)


def _read_json(body: str) -> Any:
    try:
        return json.loads(body)
    except (ValueError, RecursionError) as error:
        where = f"{error.lineno}:{error.colno}" if isinstance(error, json.JSONDecodeError) else ""
        raise Wrong(_("This is no JSON (%(where)s). Placeholders go into its texts.") % {"where": where}) from error


def _filled(node: Any, fill: Any) -> Any:
    if isinstance(node, str):
        return fill(node)
    if isinstance(node, list):
        return [_filled(child, fill) for child in node]
    return {key: _filled(child, fill) for key, child in node.items()} if isinstance(node, dict) else node


def _endpoints() -> Choices:
    return [(str(endpoint.pk), str(endpoint)) for endpoint in WebhookEndpoint.objects.all()]


def _workspaces() -> Choices:
    return [(str(workspace.pk), str(workspace)) for workspace in SlackWorkspace.objects.all()]
