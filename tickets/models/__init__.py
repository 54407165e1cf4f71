from tickets.models.draft import Draft
from tickets.models.event import TicketEvent
from tickets.models.inbox import Channel, Inbox
from tickets.models.message import Attachment, DeliveryState, Message, MessageKind
from tickets.models.people import CcState, Follower, TicketCC
from tickets.models.ticket import ForbiddenMove, Priority, Status, Ticket, TicketType

__all__ = [
    "Attachment",
    "CcState",
    "Channel",
    "DeliveryState",
    "Draft",
    "Follower",
    "ForbiddenMove",
    "Inbox",
    "Message",
    "MessageKind",
    "Priority",
    "Status",
    "Ticket",
    "TicketCC",
    "TicketEvent",
    "TicketType",
]
