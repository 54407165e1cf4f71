from tickets.models.bulk import BulkItem, BulkJob, BulkOutcome, BulkState
from tickets.models.draft import Draft, DraftMode, DraftRevision
from tickets.models.event import TicketEvent
from tickets.models.inbox import Channel, Inbox
from tickets.models.macro import Macro, MacroUse
from tickets.models.message import Attachment, DeliveryState, Message, MessageKind, ScanState
from tickets.models.notification import (
    Mention,
    Notification,
    NotificationKind,
    NotificationSettings,
    PushSubscription,
)
from tickets.models.people import CcState, Follower, TicketCC
from tickets.models.routing import Capacity, Routed, RoutedState, RoutingMode, Skill, TeamRouting
from tickets.models.rule import (
    DuePlan,
    DueRule,
    DueState,
    Replay,
    Revision,
    RevisionOf,
    Rule,
    RuleCategory,
    RuleKind,
    RuleTrace,
)
from tickets.models.search import SavedSearch, SearchEntry, SearchProgress, SearchWord, StaleSearchEntry
from tickets.models.sla import (
    SlaEvent,
    SlaEventKind,
    SlaMemory,
    SlaMetric,
    SlaPolicy,
    SlaState,
    SlaTarget,
    SlaWhatIf,
)
from tickets.models.ticket import ForbiddenMove, Priority, Status, Ticket, TicketType
from tickets.models.view import SavedView, ViewLayout

__all__ = [
    "Attachment",
    "BulkItem",
    "BulkJob",
    "BulkOutcome",
    "BulkState",
    "Capacity",
    "CcState",
    "Channel",
    "DeliveryState",
    "Draft",
    "DraftMode",
    "DraftRevision",
    "DuePlan",
    "DueRule",
    "DueState",
    "Follower",
    "ForbiddenMove",
    "Inbox",
    "Macro",
    "MacroUse",
    "Mention",
    "Message",
    "MessageKind",
    "Notification",
    "NotificationKind",
    "NotificationSettings",
    "Priority",
    "PushSubscription",
    "Replay",
    "Revision",
    "RevisionOf",
    "Routed",
    "RoutedState",
    "RoutingMode",
    "Rule",
    "RuleCategory",
    "RuleKind",
    "RuleTrace",
    "SavedSearch",
    "SavedView",
    "ScanState",
    "SearchEntry",
    "SearchProgress",
    "SearchWord",
    "Skill",
    "SlaEvent",
    "SlaEventKind",
    "SlaMemory",
    "SlaMetric",
    "SlaPolicy",
    "SlaState",
    "SlaTarget",
    "SlaWhatIf",
    "StaleSearchEntry",
    "Status",
    "TeamRouting",
    "Ticket",
    "TicketCC",
    "TicketEvent",
    "TicketType",
    "ViewLayout",
]
