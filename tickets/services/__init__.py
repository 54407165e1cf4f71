"""The one write path: every change to a ticket is a call of one of these."""

from tickets.services.approval import NeedsApproval
from tickets.services.assignment import assign, assign_team, can_be_assigned
from tickets.services.attributes import (
    add_skills,
    change_calendar,
    change_requester_language,
    remove_skills,
    set_skills,
)
from tickets.services.automatic import is_for_stranger, mail_customer, tell_staff
from tickets.services.chatting import add_assistant_reply, add_chat_reply
from tickets.services.drafts import (
    DraftConflict,
    copy_draft,
    delete_old_revisions,
    discard_draft,
    save_draft,
    share_draft,
)
from tickets.services.errors import Refused, ThreadMovedOn, TicketClosed, TooLate, TooLong
from tickets.services.fields import (
    add_cc,
    add_follower,
    add_tags,
    change_due_date,
    change_priority,
    change_subject,
    change_type,
    clean_tag,
    note_also_received,
    remove_cc,
    remove_follower,
    remove_tags,
    set_tags,
)
from tickets.services.gesture import gesture, gestures
from tickets.services.lifecycle import change_status, close_long_solved, open_ticket, opening_ticket
from tickets.services.mentions import mentionable, read_names
from tickets.services.messaging import (
    add_fetched_file,
    add_reply_elsewhere,
    edit_received,
    note_missing_files,
    react,
    said_earlier,
    settle_late,
    withdraw_received,
)
from tickets.services.moving import detach_message, join_message
from tickets.services.note_changes import change_note
from tickets.services.proposals import approve_proposal, decline_proposal, propose_reply, withdraw_proposal
from tickets.services.public_cases import calm_case, flag_case, note_private, note_public_post, sort_case
from tickets.services.rating import Said, rate
from tickets.services.receiving import Incoming, receive_message
from tickets.services.recipients import Recipients, merged, own_addresses, reply_recipients, usual_recipients
from tickets.services.redaction import redact_message
from tickets.services.scheduling import check_send_at, release_reply, reschedule_reply
from tickets.services.sending import note_delivery, retract_reply
from tickets.services.writing import add_note, add_reply, hold_reply

__all__ = [
    "DraftConflict",
    "Incoming",
    "NeedsApproval",
    "Recipients",
    "Refused",
    "Said",
    "ThreadMovedOn",
    "TicketClosed",
    "TooLate",
    "TooLong",
    "add_assistant_reply",
    "add_cc",
    "add_chat_reply",
    "add_fetched_file",
    "add_follower",
    "add_note",
    "add_reply",
    "add_reply_elsewhere",
    "add_skills",
    "add_tags",
    "approve_proposal",
    "assign",
    "assign_team",
    "calm_case",
    "can_be_assigned",
    "change_calendar",
    "change_due_date",
    "change_note",
    "change_priority",
    "change_requester_language",
    "change_status",
    "change_subject",
    "change_type",
    "check_send_at",
    "clean_tag",
    "close_long_solved",
    "copy_draft",
    "decline_proposal",
    "delete_old_revisions",
    "detach_message",
    "discard_draft",
    "edit_received",
    "flag_case",
    "gesture",
    "gestures",
    "hold_reply",
    "is_for_stranger",
    "join_message",
    "mail_customer",
    "mentionable",
    "merged",
    "note_also_received",
    "note_delivery",
    "note_missing_files",
    "note_private",
    "note_public_post",
    "open_ticket",
    "opening_ticket",
    "own_addresses",
    "propose_reply",
    "rate",
    "react",
    "read_names",
    "receive_message",
    "redact_message",
    "release_reply",
    "remove_cc",
    "remove_follower",
    "remove_skills",
    "remove_tags",
    "reply_recipients",
    "reschedule_reply",
    "retract_reply",
    "said_earlier",
    "save_draft",
    "set_skills",
    "set_tags",
    "settle_late",
    "share_draft",
    "sort_case",
    "tell_staff",
    "usual_recipients",
    "withdraw_proposal",
    "withdraw_received",
]
