"""What a notification says, in the reader's language; the words of messages are read from the messages themselves."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from tickets.models import DeliveryState, Notification, NotificationKind, Status

KIND = NotificationKind
ICONS: Final = {
    KIND.MENTION: ("at-sign", "violet"),
    KIND.ASSIGNED: ("user-check", "blue"),
    KIND.CUSTOMER_REPLIED: ("message-square-text", "green"),
    KIND.FOLLOWED: ("eye", "slate"),
    KIND.NOT_SENT: ("triangle-alert", "red"),
    KIND.RULE: ("zap", "blue"),
    KIND.BULK_DONE: ("check-check", "teal"),
    KIND.TROUBLE: ("triangle-alert", "red"),
    KIND.BAD_RATING: ("thumbs-down", "red"),
    KIND.ARTICLE: ("book-open", "blue"),
    KIND.PROPOSAL: ("shield-check", "amber"),
    KIND.GOAL: ("target", "amber"),
}
SHOWN = 160  # characters of a message


@dataclass(frozen=True)
class Told:
    """A notification as it is shown."""

    row: Notification
    sentence: str
    preview: str = ""

    @property
    def is_unread(self) -> bool:
        return self.row.read_at is None

    @property
    def icon(self) -> str:
        return ICONS[NotificationKind(self.row.kind)][0]

    @property
    def tone(self) -> str:
        return ICONS[NotificationKind(self.row.kind)][1]

    @property
    def path(self) -> str:
        """Where it happened: the message on the ticket's page."""
        if self.row.kind == KIND.BULK_DONE:
            return "/agent/bulk/"
        if self.row.article_id:
            return f"/knowledge/articles/{self.row.article_id}/{self.row.article_language}".rstrip("/") + "/"
        if self.row.kind == KIND.GOAL:
            return "/reports/goals/"
        if self.row.kind == KIND.TROUBLE:
            return "/settings/"
        if self.row.kind == KIND.NOT_SENT and self.row.ticket_id is None:
            return "/agent/drafts/"
        if self.row.ticket_id is None:
            return "/agent/notifications/"
        message = self.row.event.message_id if self.row.event else None
        return f"/agent/tickets/{self.row.ticket_id}/" + (f"#m{message}" if message else "")


def tell_of(row: Notification, *, preview: str = "", by_name: bool = True) -> Told:
    """`row` in words; `by_name` says whether a mention named the person or only their team."""
    words = " ".join((preview or said_in_event(row)).split())
    short = words if len(words) <= SHOWN else f"{words[: SHOWN - 1].rstrip()}…"
    return Told(row, _sentence(row, by_name), row.detail if row.kind == KIND.NOT_SENT else short)


def said_in_event(row: Notification) -> str:
    """What a rule tells staff and what a customer says of a rating stand in their events: they belong to no message."""
    name = {KIND.RULE: "text", KIND.BAD_RATING: "comment", KIND.PROPOSAL: "why"}.get(KIND(row.kind))
    return str(row.event.payload.get(name, "")) if name and row.event else ""


def _sentence(row: Notification, by_name: bool) -> str:
    who = {"name": row.actor_name or _("Somebody")}
    match row.kind:
        case KIND.MENTION:
            return (_("%(name)s mentioned you") if by_name else _("%(name)s mentioned your team")) % who
        case KIND.ASSIGNED:
            return _("%(name)s assigned the ticket to you") % who
        case KIND.CUSTOMER_REPLIED if row.event and row.event.kind == "chat.ended":
            return _("%(name)s came to the chat and nobody accepted it") % {"name": row.ticket and row.ticket.requester}
        case KIND.CUSTOMER_REPLIED:
            return _("%(name)s answered") % who
        case KIND.FOLLOWED:
            return _of_a_colleague(row, who)
        case KIND.NOT_SENT:
            return _of_a_reply(row, who)
        case KIND.BAD_RATING:
            return _("%(name)s was not content with how it went") % who
        case KIND.PROPOSAL if row.event:
            return _of_a_proposal(row, who)
        case KIND.RULE if row.event:
            return str(row.event.payload["subject"]) or _("%(name)s tells you something") % who
    return row.detail or str(KIND(row.kind).label)


def _of_a_colleague(row: Notification, who: dict[str, str]) -> str:
    kind, payload = (row.event.kind, row.event.payload) if row.event else ("", {})
    if kind == "status.changed":
        label = Status(payload["new"]).label if payload["new"] in Status.values else payload["new"]
        return _("%(name)s set the status to %(status)s") % {**who, "status": label}
    if kind == "reply.added":
        return _("%(name)s replied to the customer") % who
    return (_("%(name)s wrote a note") if kind == "note.added" else _("%(name)s changed something")) % who


def _of_a_proposal(row: Notification, who: dict[str, str]) -> str:
    match row.event and row.event.kind:
        case "proposal.approved":
            return _("%(name)s approved your public answer") % who
        case "proposal.declined":
            return _("%(name)s declined your public answer: its words are a draft again") % who
    return _("%(name)s wrote a public answer that needs a second pair of eyes") % who


def _of_a_reply(row: Notification, who: dict[str, str]) -> str:
    kind, payload = (row.event.kind, row.event.payload) if row.event else ("", {})
    if kind == "reply.retracted":
        return _("%(name)s took your reply back before it was sent") % who
    if kind == "reply.held_back" and payload["author_id"] != row.user_id:
        return _("A colleague's reply was held back: its words are a draft shared with the team")
    if kind == "reply.held_back" and payload["reason"] == "moved_on":
        return _("Your answer by mail was not sent: the ticket had moved on. Its words are a draft")
    if kind == "reply.held_back":
        return _("Your reply was held back: its words are a draft again")
    if payload.get("new") == DeliveryState.UNKNOWN:
        return _("Your reply may not have been sent")
    return _("Your reply could not be sent")
