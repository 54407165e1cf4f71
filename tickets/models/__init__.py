from tickets.models.bulk import BulkItem, BulkJob, BulkOutcome, BulkState
from tickets.models.draft import Draft, DraftMode, DraftRevision
from tickets.models.event import TicketEvent
from tickets.models.inbox import Channel, Inbox
from tickets.models.message import Attachment, DeliveryState, Message, MessageKind, ScanState
from tickets.models.notification import (
    Mention,
    Notification,
    NotificationKind,
    NotificationSettings,
    PushSubscription,
)
from tickets.models.people import CcState, Follower, TicketCC
from tickets.models.search import SavedSearch, SearchEntry, SearchProgress, SearchWord, StaleSearchEntry
from tickets.models.ticket import ForbiddenMove, Priority, Status, Ticket, TicketType
from tickets.models.view import SavedView, ViewLayout

__all__ = [
    "Attachment",
    "BulkItem",
    "BulkJob",
    "BulkOutcome",
    "BulkState",
    "CcState",
    "Channel",
    "DeliveryState",
    "Draft",
    "DraftMode",
    "DraftRevision",
    "Follower",
    "ForbiddenMove",
    "Inbox",
    "Mention",
    "Message",
    "MessageKind",
    "Notification",
    "NotificationKind",
    "NotificationSettings",
    "Priority",
    "PushSubscription",
    "SavedSearch",
    "SavedView",
    "ScanState",
    "SearchEntry",
    "SearchProgress",
    "SearchWord",
    "StaleSearchEntry",
    "Status",
    "Ticket",
    "TicketCC",
    "TicketEvent",
    "TicketType",
    "ViewLayout",
]
