"""The kinds of things that happen to a ticket: one dataclass each, stored as a TicketEvent row.

The events are the timeline, the audit trail and what consumers (realtime, outbox) react to. Kinds are past tense;
a field that names a person or team keeps the name as it was then, beside the id.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import Any, ClassVar


@dataclass(frozen=True)
class Event:
    kind: ClassVar[str]

    def payload(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class TicketOpened(Event):
    kind: ClassVar[str] = "ticket.opened"
    subject: str
    channel: str
    follow_up_of: int | None = None


@dataclass(frozen=True)
class FollowUpOpened(Event):
    """On the closed ticket: the customer wrote again and this number carries on."""

    kind: ClassVar[str] = "follow_up.opened"
    number: int


@dataclass(frozen=True)
class MessageReceived(Event):
    kind: ClassVar[str] = "message.received"
    message_id: int
    rule: str
    is_auto_reply: bool = False


LINES_OF_CHATS = ("chat", "chat-verified")  # the `rule` of what a visitor says in a chat


@dataclass(frozen=True)
class ReplyAdded(Event):
    """`chat` is the one that it was said in: all that is said in a chat counts as one reply."""

    kind: ClassVar[str] = "reply.added"
    message_id: int
    chat: int | None = None

    def payload(self) -> dict[str, Any]:
        return {"message_id": self.message_id, **({"chat": self.chat} if self.chat else {})}


@dataclass(frozen=True)
class ReplyScheduled(Event):
    """Written, to be sent at `send_at` (ISO 8601); `reply.added` follows when it is."""

    kind: ClassVar[str] = "reply.scheduled"
    message_id: int
    send_at: str
    unless_answered: bool = False


@dataclass(frozen=True)
class ReplyRescheduled(Event):
    kind: ClassVar[str] = "reply.rescheduled"
    message_id: int
    old: str
    new: str
    unless_answered: bool = False


@dataclass(frozen=True)
class ReplyHeldBack(Event):
    """A scheduled reply is not sent; its words are the author's draft again. `reason`: see services.scheduling."""

    kind: ClassVar[str] = "reply.held_back"
    message_id: int
    reason: str
    author_id: int | None


@dataclass(frozen=True)
class NoteAdded(Event):
    """`mentioned` are the names of people and teams who hear of it, `unseen` of those who may not see the ticket."""

    kind: ClassVar[str] = "note.added"
    message_id: int
    mentioned: list[str] = field(default_factory=list)
    unseen: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class NoteChanged(Event):
    """A note that was written elsewhere was changed there; `old` are its words until now."""

    kind: ClassVar[str] = "note.changed"
    message_id: int
    old: str


@dataclass(frozen=True)
class ReplyRetracted(Event):
    """Taken back inside the undo window; the customer never got it."""

    kind: ClassVar[str] = "reply.retracted"
    message_id: int


@dataclass(frozen=True)
class DeliveryChanged(Event):
    """What became of an outgoing message: `state` is a DeliveryState."""

    kind: ClassVar[str] = "delivery.changed"
    message_id: int
    old: str
    new: str
    detail: str = ""


@dataclass(frozen=True)
class AlsoReceived(Event):
    """The same mail reached a second inbox of ours."""

    kind: ClassVar[str] = "mail.also_received"
    inbox: str


@dataclass(frozen=True)
class MessageMoved(Event):
    """A message was detached from one ticket into another: `direction` is "in" or "out"."""

    kind: ClassVar[str] = "message.moved"
    message_id: int
    direction: str
    number: int


@dataclass(frozen=True)
class MalwareFound(Event):
    """In a file of a message, by the scanner's name for it; the file is kept away from then on."""

    kind: ClassVar[str] = "malware.found"
    attachment_id: int
    filename: str
    found: str


@dataclass(frozen=True)
class MessageRedacted(Event):
    """Parts of a message were taken out: how many passages and files, and in how many other messages they stood."""

    kind: ClassVar[str] = "message.redacted"
    message_id: int
    passages: int
    files: int = 0
    elsewhere: int = 0


@dataclass(frozen=True)
class MessageEdited(Event):
    """Its sender changed the words where they were written; the former ones are in the message's facts."""

    kind: ClassVar[str] = "message.edited"
    message_id: int


@dataclass(frozen=True)
class MessageWithdrawn(Event):
    """Its sender deleted it where it was written."""

    kind: ClassVar[str] = "message.withdrawn"
    message_id: int


@dataclass(frozen=True)
class MessageReacted(Event):
    """With `emoji`, or took it back (empty)."""

    kind: ClassVar[str] = "message.reacted"
    message_id: int
    emoji: str
    is_ours: bool = False


@dataclass(frozen=True)
class FileFetched(Event):
    """A file of a message came after its words; without `attachment_id`, why it did not."""

    kind: ClassVar[str] = "file.fetched"
    message_id: int
    attachment_id: int | None


@dataclass(frozen=True)
class StatusChanged(Event):
    kind: ClassVar[str] = "status.changed"
    old: str
    new: str


@dataclass(frozen=True)
class RatingGiven(Event):
    """The customer said how they were served: `score` is a Score, `old` the one that counted until now, if any.

    `survey` is a SurveyKind, `value` where it lies on the `scale`. Earlier events know neither: good or bad was asked.
    """

    kind: ClassVar[str] = "rating.given"
    rating_id: int
    score: str
    comment: str = ""
    old: str = ""
    survey: str = "csat"
    value: int | None = None
    scale: int = 2
    reasons: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class SurveySent(Event):
    """The customer is asked how they were served; `reminder` when they are asked the second and last time."""

    kind: ClassVar[str] = "survey.sent"
    invitation_id: int
    title: str
    to: str = ""
    reminder: bool = False


@dataclass(frozen=True)
class SurveySkipped(Event):
    """They were to be asked, and are not; `reason` is a WhySkipped."""

    kind: ClassVar[str] = "survey.skipped"
    invitation_id: int
    title: str
    reason: str


@dataclass(frozen=True)
class ChatStarted(Event):
    """A visitor of a site asked to talk with somebody."""

    kind: ClassVar[str] = "chat.started"
    chat_id: int
    page: str = ""


@dataclass(frozen=True)
class ChatAccepted(Event):
    """Somebody took it; `waited` is in seconds, -1 where nobody waited: it was taken over from a colleague."""

    kind: ClassVar[str] = "chat.accepted"
    chat_id: int
    agent_id: int
    agent: str
    waited: int


@dataclass(frozen=True)
class ChatTransferred(Event):
    """To a team, or to one person; `old` is who had it."""

    kind: ClassVar[str] = "chat.transferred"
    chat_id: int
    old: str
    team: str = ""
    agent: str = ""


@dataclass(frozen=True)
class ChatEnded(Event):
    """`by` is an EndedBy; `was_missed`: nobody had accepted it. `seconds` since its start."""

    kind: ClassVar[str] = "chat.ended"
    chat_id: int
    by: str
    seconds: int
    was_missed: bool = False


@dataclass(frozen=True)
class AssistantReplied(Event):
    """The chat's assistant, a machine, said something: no reply of ours."""

    kind: ClassVar[str] = "assistant.replied"
    message_id: int


@dataclass(frozen=True)
class ArticleHelped(Event):
    """The customer says that an article solved it; which one, where they said so."""

    kind: ClassVar[str] = "article.helped"
    article_id: int | None
    title: str = ""


@dataclass(frozen=True)
class PriorityChanged(Event):
    kind: ClassVar[str] = "priority.changed"
    old: str
    new: str


@dataclass(frozen=True)
class TypeChanged(Event):
    kind: ClassVar[str] = "type.changed"
    old: str
    new: str


@dataclass(frozen=True)
class SubjectChanged(Event):
    kind: ClassVar[str] = "subject.changed"
    old: str
    new: str


@dataclass(frozen=True)
class TagsChanged(Event):
    kind: ClassVar[str] = "tags.changed"
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class AssigneeChanged(Event):
    kind: ClassVar[str] = "assignee.changed"
    old_id: int | None
    old: str
    new_id: int | None
    new: str


@dataclass(frozen=True)
class TicketRouted(Event):
    """Who got it, and why: `reasons` are what `tickets.routing.words` says in words."""

    kind: ClassVar[str] = "ticket.routed"
    user_id: int
    user: str
    reasons: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class TicketTakenBack(Event):
    """Not answered in time by the one whom routing gave it to."""

    kind: ClassVar[str] = "ticket.taken_back"
    user_id: int
    user: str
    minutes: int


@dataclass(frozen=True)
class TeamChanged(Event):
    kind: ClassVar[str] = "team.changed"
    old_id: int | None
    old: str
    new_id: int | None
    new: str


@dataclass(frozen=True)
class DueChanged(Event):
    """Moments as ISO 8601, empty for none."""

    kind: ClassVar[str] = "due.changed"
    old: str
    new: str


@dataclass(frozen=True)
class BulkEdited(Event):
    """Says where the other events of its gesture come from: one edit of `total` tickets."""

    kind: ClassVar[str] = "bulk.edited"
    job_id: int
    total: int


@dataclass(frozen=True)
class MacroApplied(Event):
    """Somebody used a macro. What it changed is told by the events of the same gesture that are of `kinds`."""

    kind: ClassVar[str] = "macro.applied"
    macro_id: int
    title: str
    kinds: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class FollowerAdded(Event):
    kind: ClassVar[str] = "follower.added"
    user_id: int
    name: str


@dataclass(frozen=True)
class FollowerRemoved(Event):
    kind: ClassVar[str] = "follower.removed"
    user_id: int
    name: str


@dataclass(frozen=True)
class CcAdded(Event):
    """`state` is a CcState: in copy, suggested, or a new person who is unverified."""

    kind: ClassVar[str] = "cc.added"
    address: str
    state: str


@dataclass(frozen=True)
class CcRemoved(Event):
    kind: ClassVar[str] = "cc.removed"
    address: str


@dataclass(frozen=True)
class SlaApplied(Event):
    """Which policy the ticket is under from here on, and whose hours count; `policy_id` is None for none.

    `requester_user_id`: the requester is one of the staff. `calendar_version` counts how often its hours were changed.
    """

    kind: ClassVar[str] = "sla.applied"
    policy_id: int | None
    policy: str
    revision: int
    calendar_id: int | None
    calendar: str
    calendar_version: int
    requester_user_id: int | None = None


@dataclass(frozen=True)
class SlaRetimed(Event):
    """Another priority, other targets for what still runs: `changes` of {metric, old, new}, seconds or None."""

    kind: ClassVar[str] = "sla.retimed"
    priority: str
    changes: list[dict[str, Any]]


@dataclass(frozen=True)
class SlaWarned(Event):
    """The target is about to be missed, at `due_at` (ISO 8601)."""

    kind: ClassVar[str] = "sla.warned"
    metric: str
    instance: int
    due_at: str
    policy: str = ""


@dataclass(frozen=True)
class SlaBreached(Event):
    """The target was missed, at `breached_at` (ISO 8601); when a policy came too late, that is when it came."""

    kind: ClassVar[str] = "sla.breached"
    metric: str
    instance: int
    breached_at: str
    policy: str = ""


@dataclass(frozen=True)
class CalendarChanged(Event):
    """Whose hours the ticket's clocks go by, set for this ticket."""

    kind: ClassVar[str] = "calendar.changed"
    old_id: int | None
    old: str
    new_id: int | None
    new: str


@dataclass(frozen=True)
class SkillsChanged(Event):
    kind: ClassVar[str] = "skills.changed"
    added: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class RequesterLanguageChanged(Event):
    kind: ClassVar[str] = "requester.language_changed"
    old: str
    new: str


@dataclass(frozen=True)
class RuleFired(Event):
    """The heading of what a rule did in its gesture: `changes` are the kinds of the events that follow from it."""

    kind: ClassVar[str] = "rule.fired"
    rule: str
    rule_kind: str
    revision: int
    changes: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class RuleFailed(Event):
    """The rule held, but something it should do can't be done; nothing of it was."""

    kind: ClassVar[str] = "rule.failed"
    rule: str
    rule_kind: str
    revision: int
    reason: str
    switched_off: bool = False


@dataclass(frozen=True)
class RuleMailed(Event):
    """A rule wrote to the customer: a public message that is no reply."""

    kind: ClassVar[str] = "rule.mailed"
    message_id: int
    to: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class RuleMailHeld(Event):
    """A rule would have written to the customer; `reason` is one of tickets.services.automatic, `words` explain it."""

    kind: ClassVar[str] = "rule.mail_held"
    reason: str
    subject: str = ""
    words: str = ""


@dataclass(frozen=True)
class RuleTold(Event):
    """A rule told staff something: the words are for them alone. `to` says whom, as it was chosen."""

    kind: ClassVar[str] = "rule.told"
    to: str
    user_ids: list[int]
    subject: str
    text: str


@dataclass(frozen=True)
class RuleNotifies(Event):
    """A rule tells another system: a consumer of events carries it out. `via` is webhook, slack …"""

    kind: ClassVar[str] = "rule.notifies"
    via: str
    target: str
    target_id: int | None = None
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class AccountActionPressed(Event):
    """Somebody asked another system to do something, such as a refund; `said` are the inputs in words."""

    kind: ClassVar[str] = "account_action.pressed"
    run_id: int
    title: str
    order: str
    said: str = ""
    again: bool = False


@dataclass(frozen=True)
class AccountActionAnswered(Event):
    """What came of it: `state` is done or failed."""

    kind: ClassVar[str] = "account_action.answered"
    run_id: int
    title: str
    order: str
    state: str
    message: str
    asked_by: str


@dataclass(frozen=True)
class ArticleBegun(Event):
    """Somebody writes an article of what was said here."""

    kind: ClassVar[str] = "article.begun"
    article_id: int
    language: str
    title: str


@dataclass(frozen=True)
class ArticleFlagged(Event):
    """Somebody found an article wrong while working on this ticket; its owner is told."""

    kind: ClassVar[str] = "article.flagged"
    article_id: int
    title: str


@dataclass(frozen=True)
class CallStarted(Event):
    """`direction` is a CallDirection."""

    kind: ClassVar[str] = "call.started"
    call_id: int
    direction: str


@dataclass(frozen=True)
class CallAnswered(Event):
    """By the agent named; empty: a telephone that belongs to nobody here. `is_answer`: the customer called, and was
    spoken with, which is a reply as one in writing is.
    """

    kind: ClassVar[str] = "call.answered"
    call_id: int
    agent_id: int | None = None
    agent: str = ""
    is_answer: bool = False


@dataclass(frozen=True)
class CallHeld(Event):
    kind: ClassVar[str] = "call.held"
    call_id: int


@dataclass(frozen=True)
class CallResumed(Event):
    kind: ClassVar[str] = "call.resumed"
    call_id: int


@dataclass(frozen=True)
class CallRecordingPaused(Event):
    """What is said is not recorded (a card's number, say), or, with `is_over`, is again."""

    kind: ClassVar[str] = "call.recording_paused"
    call_id: int
    is_over: bool = False


@dataclass(frozen=True)
class CallTransferred(Event):
    """To the agent named."""

    kind: ClassVar[str] = "call.transferred"
    call_id: int
    agent_id: int | None = None
    agent: str = ""


@dataclass(frozen=True)
class CallEnded(Event):
    kind: ClassVar[str] = "call.ended"
    call_id: int


@dataclass(frozen=True)
class CallSettled(Event):
    """Its outcome and its durations are known; whole seconds."""

    kind: ClassVar[str] = "call.settled"
    call_id: int
    outcome: str
    waited: int
    talked: int
    held: int


@dataclass(frozen=True)
class CallWrittenUp(Event):
    """What an agent wrote down of it: by hand, or after a call that a telephone told of. `is_answer`: they were spoken
    with, and nothing has said so before.
    """

    kind: ClassVar[str] = "call.written_up"
    call_id: int
    message_id: int
    direction: str
    outcome: str
    seconds: int
    by_hand: bool = False
    is_answer: bool = False


@dataclass(frozen=True)
class CallRecorded(Event):
    """A recording is there as a file of the call's message."""

    kind: ClassVar[str] = "call.recorded"
    call_id: int
    attachment_id: int
    is_voicemail: bool = False


@dataclass(frozen=True)
class CallbackOwed(Event):
    """We are to call them, by `due_at` (ISO 8601); `reason` is a CallbackReason."""

    kind: ClassVar[str] = "callback.owed"
    callback_id: int
    reason: str
    due_at: str


@dataclass(frozen=True)
class CallbackClaimed(Event):
    """Somebody is on it, or, with `by_nobody`, gave it back."""

    kind: ClassVar[str] = "callback.claimed"
    callback_id: int
    by_nobody: bool = False


@dataclass(frozen=True)
class CallbackPostponed(Event):
    """Tried, or not: again at `due_at`."""

    kind: ClassVar[str] = "callback.postponed"
    callback_id: int
    due_at: str
    tries: int


@dataclass(frozen=True)
class CallbackSettled(Event):
    """`state` is done or failed."""

    kind: ClassVar[str] = "callback.settled"
    callback_id: int
    state: str


@dataclass(frozen=True)
class PublicCaseOpened(Event):
    """Everybody can read what the ticket began with: it has to be sorted."""

    kind: ClassVar[str] = "public_case.opened"


@dataclass(frozen=True)
class PublicCaseSorted(Event):
    """`old` and `new` are Triage values."""

    kind: ClassVar[str] = "public_case.sorted"
    old: str
    new: str
    reason: str = ""


@dataclass(frozen=True)
class PublicCaseFlagged(Event):
    """It may become a quarrel, for these signs (tickets/confrontation.py); without any: somebody says it won't."""

    kind: ClassVar[str] = "public_case.flagged"
    signs: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class TakenToPrivate(Event):
    """What is said in the private conversation named belongs to this ticket from now on. `other` had it before."""

    kind: ClassVar[str] = "public_case.private"
    conversation: int
    person: str
    other: int | None = None


@dataclass(frozen=True)
class ReplyProposed(Event):
    """A public answer waits for a second person."""

    kind: ClassVar[str] = "proposal.made"
    proposal_id: int
    reasons: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class ProposalApproved(Event):
    """Sent as `author` wrote it."""

    kind: ClassVar[str] = "proposal.approved"
    proposal_id: int
    author_id: int
    author: str
    message_id: int


@dataclass(frozen=True)
class ProposalDeclined(Event):
    """Its words are a draft of `author`'s again."""

    kind: ClassVar[str] = "proposal.declined"
    proposal_id: int
    author_id: int
    author: str
    why: str


@dataclass(frozen=True)
class ProposalWithdrawn(Event):
    """By its author; the words are their draft again."""

    kind: ClassVar[str] = "proposal.withdrawn"
    proposal_id: int


@dataclass(frozen=True)
class RulesStopped(Event):
    """Rules held but were not let. `reason`: "depth" (rules had caused each other), "flood" of mails, too "often"."""

    kind: ClassVar[str] = "rules.stopped"
    reason: str
    rules: list[str] = field(default_factory=list)
    depth: int = 0


CLOCK_KINDS = (SlaWarned.kind, SlaBreached.kind)
SLA_KINDS = (SlaApplied.kind, SlaRetimed.kind, SlaWarned.kind, SlaBreached.kind)
ARTICLE_KINDS = (ArticleBegun.kind, ArticleFlagged.kind)
SURVEY_KINDS = (SurveySent.kind, SurveySkipped.kind)


def is_quiet(kind: str, payload: dict[str, Any]) -> bool:
    """True for what happens by itself, to every sent message or by a clock, or to an article: no reason to call a
    ticket updated.
    """
    by_itself = (*SLA_KINDS, *ARTICLE_KINDS, *SURVEY_KINDS)
    return kind in (*by_itself, RulesStopped.kind, MessageReacted.kind, FileFetched.kind) or (
        kind == DeliveryChanged.kind and payload["new"] not in ("failed", "unknown")
    )


def changes_lists(kind: str, payload: dict[str, Any]) -> bool:
    """Whether lists look different after it."""
    return kind in CLOCK_KINDS or not is_quiet(kind, payload)


KINDS: dict[str, type[Event]] = {event.kind: event for event in Event.__subclasses__()}
