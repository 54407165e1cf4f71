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
    "DeliveryState",
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
