from helpdesk.integrations.models.account_action import (
    UNDER_WAY,
    AccountAction,
    AccountActionRun,
    AppliesTo,
    InputKind,
    RunState,
)
from helpdesk.integrations.models.slack import (
    SlackEvent,
    SlackEventState,
    SlackMirror,
    SlackPerson,
    SlackPost,
    SlackPostKind,
    SlackPostState,
    SlackThread,
    SlackWorkspace,
)
from helpdesk.integrations.models.webhook import DeliveryState, WebhookAttempt, WebhookDelivery, WebhookEndpoint

__all__ = [
    "UNDER_WAY",
    "AccountAction",
    "AccountActionRun",
    "AppliesTo",
    "DeliveryState",
    "InputKind",
    "RunState",
    "SlackEvent",
    "SlackEventState",
    "SlackMirror",
    "SlackPerson",
    "SlackPost",
    "SlackPostKind",
    "SlackPostState",
    "SlackThread",
    "SlackWorkspace",
    "WebhookAttempt",
    "WebhookDelivery",
    "WebhookEndpoint",
]
