"""Rules that tell other systems."""

from __future__ import annotations

import json
from collections.abc import Callable
from contextlib import AbstractContextManager

import pytest
from django.test import Client

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from helpdesk.integrations.models import SlackPost, SlackWorkspace, WebhookDelivery, WebhookEndpoint
from helpdesk.integrations.webhooks.sending import send_waiting
from tests.cast import open_for
from tests.integrations.receiver import Receiver
from tests.integrations.slack_stand_in import Slack
from tests.integrations.test_slack import post_all
from tickets.automation.actions import check_actions
from tickets.conditions import Invalid
from tickets.models import Inbox, Rule, RuleKind, Status, Ticket
from tickets.services import change_status

pytestmark = pytest.mark.django_db
ON_PENDING = {"all": [{"field": "status", "operator": "value", "value": "pending"}]}


@pytest.fixture
def ticket(ada: Customer, support: Inbox) -> Ticket:
    return open_for(ada, support, 'A "quoted" subject')


def trigger(*actions: dict[str, object]) -> Rule:
    checked = check_actions(list(actions), scope="trigger")
    return Rule.objects.create(kind=RuleKind.TRIGGER, title="Tell", conditions=ON_PENDING, actions=checked)


def test_a_rule_tells_a_webhook_in_its_own_words_whatever_the_subject_is(
    ticket: Ticket, endpoint: WebhookEndpoint, receiver: Receiver, grace: User
) -> None:
    endpoint.kinds = []
    endpoint.save()
    body = '{"number": "{{ticket.id}}", "lines": ["{{ticket.title}}", 7]}'
    trigger({"field": "notification_webhook", "value": [str(endpoint.pk), body]})
    change_status(ticket, Status.PENDING, actor=Actor.agent(grace))
    send_waiting()
    assert receiver.heard[0].data == {"number": str(ticket.pk), "lines": ['A "quoted" subject', 7]}
    assert receiver.heard[0].headers["x-onethread-depth"] == "1"


def test_a_loop_through_a_webhook_and_the_api_ends(
    ticket: Ticket, endpoint: WebhookEndpoint, receiver: Receiver, grace: User, client: Client
) -> None:
    """Another system changes the ticket whenever it is told of a change, and sends back the depth that it was told."""
    endpoint.kinds = []
    endpoint.save()
    client.force_login(grace)
    rule = trigger({"field": "notification_webhook", "value": [str(endpoint.pk), '{"a": 1}']})
    Rule.objects.filter(pk=rule.pk).update(conditions={"all": [{"field": "status", "operator": "changed"}]})
    change_status(ticket, Status.PENDING, actor=Actor.agent(grace))
    for status in ("open", "pending") * 3:
        if not send_waiting():
            break
        client.put(
            f"/api/v2/tickets/{ticket.pk}",
            json.dumps({"ticket": {"status": status}}),
            content_type="application/json",
            headers={"X-Onethread-Depth": receiver.heard[-1].headers["x-onethread-depth"]},
        )
    assert [heard.headers["x-onethread-depth"] for heard in receiver.heard] == ["1", "2", "3"]
    assert ticket.events.filter(kind="rules.stopped").count() == 1


def test_without_words_it_tells_the_ticket(ticket: Ticket, endpoint: WebhookEndpoint, grace: User) -> None:
    endpoint.kinds = []
    endpoint.save()
    rule = trigger({"field": "notification_webhook", "value": [str(endpoint.pk), ""]})
    change_status(ticket, Status.PENDING, actor=Actor.agent(grace))
    told = json.loads(WebhookDelivery.objects.get().body)["data"]
    assert (told["rule"], told["ticket"]["status"]) == ({"id": rule.pk, "title": "Tell", "depth": 1}, "pending")


def test_a_rule_opens_the_tickets_thread_in_slack(
    ticket: Ticket, workspace: SlackWorkspace, slack: Slack, grace: User
) -> None:
    value = [str(workspace.pk), "#support", "{{ticket.requester.name}} waits"]
    trigger({"field": "slack_message", "value": value})
    change_status(ticket, Status.PENDING, actor=Actor.agent(grace))
    post_all()
    assert "Ada Lovelace waits" in json.dumps(slack.of("chat.postMessage")[0]["blocks"])


def test_a_rule_that_fails_says_nothing_to_anybody(
    ticket: Ticket,
    workspace: SlackWorkspace,
    endpoint: WebhookEndpoint,
    grace: User,
    django_capture_on_commit_callbacks: Callable[..., AbstractContextManager[list[object]]],
) -> None:
    endpoint.kinds = []
    endpoint.save()
    rule = trigger(
        {"field": "notification_webhook", "value": [str(endpoint.pk), ""]},
        {"field": "slack_message", "value": [str(workspace.pk), "#support", "Hello"]},
    )
    workspace.delete()
    with django_capture_on_commit_callbacks(execute=True):
        change_status(ticket, Status.PENDING, actor=Actor.agent(grace))
    rule.refresh_from_db()
    ticket.refresh_from_db()
    assert not WebhookDelivery.objects.exists()
    assert not SlackPost.objects.exists()
    assert (ticket.status, "no such Slack workspace" in rule.problem) == (Status.PENDING, True)


@pytest.mark.parametrize(
    "value",
    [
        None,
        [],
        ["99999", ""],
        ["{endpoint}", "{"],
        ["{endpoint}", '{"a": "{{ticket.nonsense}}"}'],
        ["{endpoint}", '{"a": "{{ticket.id"}'],
        ["{endpoint}", "[" * 5000],
    ],
)
def test_what_can_not_work_is_refused_on_save(endpoint: WebhookEndpoint, value: object) -> None:
    filled = [str(part).replace("{endpoint}", str(endpoint.pk)) for part in value] if isinstance(value, list) else value
    with pytest.raises(Invalid):
        check_actions([{"field": "notification_webhook", "value": filled}], scope="trigger")


@pytest.mark.parametrize("value", [None, ["1"], ["99", "#a", "x"], ["{ws}", "two words", "x"], ["{ws}", "#a", ""]])
def test_so_it_is_with_slack(workspace: SlackWorkspace, value: object) -> None:
    filled = [str(part).replace("{ws}", str(workspace.pk)) for part in value] if isinstance(value, list) else value
    with pytest.raises(Invalid):
        check_actions([{"field": "slack_message", "value": filled}], scope="trigger")
