"""The one write path: every change to a ticket is a call of one of these."""

from tickets.services.assignment import assign, assign_team, can_be_assigned
from tickets.services.drafts import DraftConflict, discard_draft, save_draft
from tickets.services.errors import Refused, ThreadMovedOn, TicketClosed, TooLate
from tickets.services.fields import (
    add_cc,
    add_follower,
    change_priority,
    change_subject,
    change_type,
    note_also_received,
    remove_cc,
    remove_follower,
    set_tags,
)
from tickets.services.gesture import gesture
from tickets.services.lifecycle import change_status, close_long_solved, open_ticket, opening_ticket
from tickets.services.messages import Incoming, add_note, add_reply, receive_message, reply_recipients
from tickets.services.moving import detach_message, join_message
from tickets.services.sending import note_delivery, retract_reply

__all__ = [
    "DraftConflict",
    "Incoming",
    "Refused",
    "ThreadMovedOn",
    "TicketClosed",
    "TooLate",
    "add_cc",
    "add_follower",
    "add_note",
    "add_reply",
    "assign",
    "assign_team",
    "can_be_assigned",
    "change_priority",
    "change_status",
    "change_subject",
    "change_type",
    "close_long_solved",
    "detach_message",
    "discard_draft",
    "gesture",
    "join_message",
    "note_also_received",
    "note_delivery",
    "open_ticket",
    "opening_ticket",
    "receive_message",
    "remove_cc",
    "remove_follower",
    "reply_recipients",
    "retract_reply",
    "save_draft",
    "set_tags",
]
