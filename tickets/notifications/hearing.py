"""Who should hear of which event: the event consumer that writes notifications in the gesture's own transaction.

Nobody hears of their own deeds, nobody twice of one gesture, nobody of a ticket they may not see, and of a machine's
automatic answer nobody hears at all. What a rule tells them on purpose comes on top.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from django.utils import timezone, translation
from django.utils.translation import gettext as _

from tickets.events import LINES_OF_CHATS
from tickets.models import Channel, DeliveryState, Notification, NotificationKind, Score, Ticket, TicketEvent
from tickets.notifications.listeners import Asked, Listener, listeners_of
from tickets.notifications.telling import tell, write_down
from tickets.people import leads_of
from tickets.services.consuming import Together, Told

KIND = NotificationKind
HISTORY = timedelta(days=1)  # older than that it is an import or the demo's past: nobody wants mails about it
UNHEARD = ("moved", *LINES_OF_CHATS)  # in a chat somebody is there, or it is offered to somebody
DECISIONS = ("proposal.approved", "proposal.declined")
FAILURES = (DeliveryState.FAILED, DeliveryState.UNKNOWN)
# The first that fits a person is what they are told of a gesture.
STRONGEST_FIRST = (
    KIND.MENTION, KIND.ASSIGNED, KIND.NOT_SENT, KIND.PROPOSAL, KIND.BAD_RATING, KIND.CUSTOMER_REPLIED, KIND.FOLLOWED,
)  # fmt: skip


@Together
def notify(told: Told) -> None:
    """Event consumer: at most one statement to read and one to write (two more to read for a bad rating, whose leads
    hear of it), and none where nobody can be concerned.
    """
    now = timezone.now()
    heard = [(ticket, news) for ticket, events in told if (news := _news_of(ticket, events, now))]
    if not heard:
        return
    listeners = listeners_of([Asked(ticket, _named_people(ticket, news), _notes(news)) for ticket, news in heard])
    rows = [row for ticket, news in heard for one in listeners[ticket.pk] for row in _told_to(one, ticket, news, now)]
    if rows:
        write_down(rows)
    for _ticket, news in heard:
        for event in news:
            if event.kind == "reply.held_back" and event.payload["reason"] == "sight":
                _tell_out_of_sight(event)


def _news_of(ticket: Ticket, events: list[TicketEvent], now: datetime) -> list[TicketEvent]:
    """What somebody could want to hear of; nothing where nobody can be concerned."""
    news = [event for event in events if _is_news(event) and event.created_at > now - HISTORY]
    return news if news and _may_concern_anybody(ticket, events, news) else []


def _notes(news: list[TicketEvent]) -> list[int]:
    return [event.message_id for event in news if event.kind == "note.added" and event.message_id]


def _told_to(listener: Listener, ticket: Ticket, news: list[TicketEvent], now: datetime) -> Iterator[Notification]:
    for event in news:
        if _is_told(listener, event) and listener.ways_for(KIND.RULE):
            yield _row(listener, KIND.RULE, event, ticket, now)
    if found := _strongest(listener, ticket, news):
        yield _row(listener, *found, ticket, now)


def _row(listener: Listener, kind: str, event: TicketEvent, ticket: Ticket, now: datetime) -> Notification:
    return listener.row(kind, now=now, ticket=ticket, event=event, actor_name=event.actor_name[:200])


def _is_told(listener: Listener, event: TicketEvent) -> bool:
    return event.kind == "rule.told" and listener.pk in event.payload["user_ids"]


def _is_news(event: TicketEvent) -> bool:
    """Whether anybody could want to hear of it."""
    match event.kind:
        case "note.added" | "status.changed" | "rule.told":
            return True
        case "proposal.made" | "proposal.approved" | "proposal.declined":
            return True
        case "reply.added":
            return event.message is None or event.message.channel != Channel.CHAT  # they are talking
        case "chat.ended":
            return bool(event.payload["was_missed"])
        case "rating.given":
            return bool(event.payload["score"] == Score.BAD)
        case "message.received":
            return not event.payload["is_auto_reply"] and event.payload["rule"] not in UNHEARD
        case "assignee.changed":
            return event.payload["new_id"] is not None and event.payload["new_id"] != event.actor_user_id
        case "delivery.changed":
            return event.payload["new"] in FAILURES
        case "reply.held_back":
            return True
        case "reply.retracted":
            return event.actor_user_id != _author_of(event)  # the author who takes it back knows
    return False


def _may_concern_anybody(ticket: Ticket, events: list[TicketEvent], news: list[TicketEvent]) -> bool:
    """False for what happens most: a new ticket, which nobody has yet and nobody follows."""
    is_new = any(event.kind == "ticket.opened" for event in events)
    return not is_new or bool(_named_people(ticket, news)) or any(event.kind == "note.added" for event in news)


def _named_people(ticket: Ticket, news: list[TicketEvent]) -> set[int]:
    """The assignee, the authors of what could not be sent, whom a rule tells something, and who leads."""
    people = {ticket.assignee_id} | {_author_of(event) for event in news}
    people |= {person for event in news if event.kind == "rule.told" for person in event.payload["user_ids"]}
    people |= {event.payload["author_id"] for event in news if event.kind in DECISIONS}
    if any(event.kind in ("rating.given", "proposal.made") for event in news):
        people |= leads_of(ticket)
    return {person for person in people if person}


def _author_of(event: TicketEvent) -> int | None:
    is_failure = event.kind in ("delivery.changed", "reply.retracted", "reply.held_back")
    return event.message.author_user_id if is_failure and event.message else None


def _tell_out_of_sight(event: TicketEvent) -> None:
    """The author of a reply that waited on a ticket they no longer see: told what became of it, not of the ticket."""
    author = event.message.author_user if event.message else None
    if author:
        with translation.override(author.language):
            why = _("You may no longer see its ticket. The words are among your drafts.")
        tell(author, KIND.NOT_SENT, detail=why)


def _strongest(listener: Listener, ticket: Ticket, news: list[TicketEvent]) -> tuple[str, TicketEvent] | None:
    """What this person is told of the gesture: the strongest of what it is to them and they want to hear of."""
    heard: dict[str, TicketEvent] = {}
    for event in sorted(news, key=lambda event: event.kind == "status.changed"):
        kind = _kind_for(listener, ticket, event)
        if kind and event.actor_user_id != listener.pk and listener.ways_for(kind):
            heard.setdefault(kind, event)
    return next(((kind, heard[kind]) for kind in STRONGEST_FIRST if kind in heard), None)


def _kind_for(listener: Listener, ticket: Ticket, event: TicketEvent) -> NotificationKind | None:
    is_theirs = ticket.assignee_id == listener.pk
    match event.kind:
        case "note.added" if listener.is_mentioned:
            return KIND.MENTION
        case "assignee.changed":
            return KIND.ASSIGNED if event.payload["new_id"] == listener.pk else None
        case "reply.held_back" if is_theirs and event.payload["reason"] in ("author", "sight"):
            return KIND.NOT_SENT  # whoever has the ticket finds the words shared with them
        case "delivery.changed" | "reply.retracted" | "reply.held_back":
            return KIND.NOT_SENT if _author_of(event) == listener.pk else None
        case "message.received" | "chat.ended":
            return KIND.CUSTOMER_REPLIED if is_theirs or listener.follows else None
        case "rating.given":
            return KIND.BAD_RATING  # they have it, follow it or lead its team
        case "proposal.made":
            return KIND.PROPOSAL  # likewise
        case "proposal.approved" | "proposal.declined" if event.payload["author_id"] == listener.pk:
            return KIND.PROPOSAL
        case "rule.told":
            return None  # it was meant for those it names
        case "note.added" | "reply.added":
            is_own = event.message is not None and event.message.author_user_id == listener.pk  # a worker sent it
            return KIND.FOLLOWED if (is_theirs or listener.follows) and not is_own else None
    return KIND.FOLLOWED if listener.follows else None
