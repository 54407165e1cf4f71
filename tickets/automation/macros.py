"""Using macros: what one would write and change on a ticket, and what was used when words are sent.

Nothing is sent or changed by looking at a macro or by taking it into the composer. Its words stand there to be read;
its changes wait beside them, and are made in the gesture of the send, or at once when their reader says so.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Count, Q
from django.utils.html import linebreaks, urlize
from django.utils.translation import gettext as _

from customers.actors import Actor
from helpdesk.accounts.models import User
from helpdesk.lib.html import clean_composer_html
from tickets import attachments, policies
from tickets.automation.actions import ACTIONS, IS_PUBLIC, Wanted, bind, check_actions, may_apply
from tickets.automation.kinds import MACRO
from tickets.automation.placeholders import render
from tickets.events import MacroApplied
from tickets.models import Attachment, DraftMode, ForbiddenMove, Macro, MacroUse, ScanState, Ticket
from tickets.services import Refused, gesture
from tickets.services.gesture import Gesture

WORDS = ("comment_value", "comment_value_html")
COUNTED_FOR = timedelta(days=90)

# Which events an action leaves, for its undo.
KINDS = {
    "status": "status.changed",
    "priority": "priority.changed",
    "type": "type.changed",
    "group_id": "team.changed",
    "assignee_id": "assignee.changed",
    "set_tags": "tags.changed",
    "current_tags": "tags.changed",
    "remove_tags": "tags.changed",
    "follower": "follower.added",
    "subject": "subject.changed",
    "due_date": "due.changed",
}


@dataclass(frozen=True)
class Tried:
    """One change, tried out: why it can't be made, or that it would change nothing."""

    action: Wanted
    text: str
    problem: str = ""
    is_unchanged: bool = False

    def as_dict(self) -> dict[str, Any]:
        told = {"text": self.text, "problem": self.problem, "unchanged": self.is_unchanged}
        return {"action": self.action, **told}


@dataclass(frozen=True)
class Preview:
    """What a macro makes of a ticket. `mode`: where its words go, reply, note, or "" for wherever one is writing."""

    macro: Macro
    html: str
    mode: str
    changes: list[Tried]
    problem: str = ""  # why its words can't be written
    files: list[Attachment] = field(default_factory=list)


@dataclass(frozen=True)
class Offer:
    """A macro that may be used, with how often it was of late, by all and by who asks."""

    macro: Macro
    uses: int
    own_uses: int


def usable(user: User, *, now: datetime) -> list[Offer]:
    """The active macros that `user` may see and, by their role, carry out."""
    counts: dict[int, Counter[bool]] = defaultdict(Counter)
    since = MacroUse.objects.filter(created_at__gt=now - COUNTED_FOR)
    by_whom = since.annotate(is_own=Q(user=user)).values_list("macro", "is_own")
    for macro_id, is_own, count in by_whom.annotate(count=Count("pk")).order_by():
        counts[macro_id][bool(is_own)] += count
    active = Macro.objects.visible_to(user).filter(is_active=True).select_related("team", "owner")
    return [Offer(macro, counts[macro.pk].total(), counts[macro.pk][True]) for macro in active if is_for(user, macro)]


def is_for(user: User, macro: Macro) -> bool:
    """Whether what it does is in this person's role: light agents write notes and follow."""
    if mode_of(macro.actions) == DraftMode.REPLY and not policies.may_reply(user):
        return False
    return may_apply(user, Ticket(), [action for action in changes_in(macro) if action["field"] in ACTIONS])


def changes_in(macro: Macro) -> list[Wanted]:
    """What it changes beside writing."""
    return [action for action in macro.actions if action["field"] not in (*WORDS, IS_PUBLIC)]


def preview(macro: Macro, ticket: Ticket, *, user: User) -> Preview:
    """What `macro` would do now. Nothing is written: its changes are tried out and taken back."""
    html, problem = "", ""
    try:
        html = words_of(macro, ticket, user=user)
    except Refused as refusal:
        problem = str(refusal)
    changes = [_filled(action, ticket, user) for action in changes_in(macro)]
    files = list(macro.attachments.exclude(scan_state=ScanState.INFECTED)) if macro.pk else []
    return Preview(macro, html, mode_of(macro.actions), try_out(ticket, changes, user=user), problem, files)


def mode_of(actions: Iterable[Wanted]) -> str:
    for action in actions:
        if action["field"] == IS_PUBLIC:
            return DraftMode.REPLY if action["value"] else DraftMode.NOTE
    return ""


def words_of(macro: Macro, ticket: Ticket, *, user: User) -> str:
    """Its words as HTML, placeholders filled in in the language they are written in. Raises `Refused`."""
    actor = Actor.agent(user)
    language = macro.language or ticket.language or ticket.requester.language or user.language
    written = []
    for action in macro.actions:
        if action["field"] == "comment_value_html":
            html = render(action["value"], ticket, actor=actor, language=language, is_html=True)
            written.append(clean_composer_html(html))
        elif action["field"] == "comment_value":
            text = render(action["value"], ticket, actor=actor, language=language)
            written.append(clean_composer_html(linebreaks(urlize(text, autoescape=True))))
    return "".join(written)


def _filled(action: Wanted, ticket: Ticket, user: User) -> Wanted:
    """A subject may have placeholders as well; what waits in the composer is what it will be."""
    if action["field"] != "subject":
        return action
    subject = render(action["value"], ticket, actor=Actor.agent(user), language=user.language)
    return Wanted(field="subject", value=" ".join(subject.split())[:300])


class _TriedOut(Exception):
    """Everything that was tried is to be taken back."""


def try_out(ticket: Ticket, actions: Sequence[Wanted], *, user: User) -> list[Tried]:
    """Each of `actions` made by its service and taken back, so that what is said is what would happen."""
    tried: list[Tried] = []
    try:
        with gesture(ticket, actor=Actor.agent(user)) as g:
            tried = [_try(g, action, user) for action in actions]
            raise _TriedOut
    except _TriedOut:
        return tried


def _try(g: Gesture, action: Wanted, user: User) -> Tried:
    kind = ACTIONS.get(action["field"])
    if kind is None:
        return Tried(action, action["field"], problem=_("There is no such change any more."))
    text = f"{kind.label} → {kind.shown(action['value'])}"
    before = len(g.events)
    try:
        with g.attempt():
            _refuse_others(user, g.ticket, [action])
            for change in bind([action], actor=g.actor):
                change(g.ticket)
    except (Refused, ForbiddenMove) as refusal:
        return Tried(action, text, problem=str(refusal))
    return Tried(action, text, is_unchanged=len(g.events) == before)


def _refuse_others(user: User, ticket: Ticket, actions: Sequence[Wanted]) -> None:
    if not may_apply(user, ticket, actions):
        raise Refused(_("Your role does not include this: light agents read and write notes."))


def read_changes(pending: object) -> list[Wanted]:
    """Changes that waited in a browser, checked again; raises `conditions.Invalid`. Words are sent as words."""
    actions = check_actions(pending, scope=MACRO) if pending else []
    if any(action["field"] in (*WORDS, IS_PUBLIC) for action in actions):
        raise Refused(_("Words are sent as a reply or a note."))
    return actions


def carry_out(
    ticket: Ticket, changes: Sequence[Wanted], *, used: Iterable[int], user: User, now: datetime | None = None
) -> None:
    """Make `changes`, in one gesture with what else is going on, and note which macros (`used`) it came from.

    Raises what services raise, and then nothing is done.
    """
    actor = Actor.agent(user)
    macros = Macro.objects.meant_for(user).filter(pk__in=set(used))  # deleted meanwhile or not
    kinds = sorted({KINDS[action["field"]] for action in changes if action["field"] in KINDS})
    with gesture(ticket, actor=actor, now=now) as g:
        _refuse_others(user, g.ticket, changes)
        for macro in macros:
            g.record(MacroApplied(macro.pk, macro.title, kinds))
            MacroUse.objects.create(macro=macro, user=user, ticket=g.ticket, created_at=g.now)
        for change in bind(changes, actor=actor):
            change(g.ticket)


@transaction.atomic
def copy_files(macro: Macro, *, user: User, now: datetime) -> list[Attachment]:
    """Its files as uploads of `user`, for the message they are writing."""
    files = macro.attachments.exclude(scan_state=ScanState.INFECTED)
    return [attachments.copy_for(user, file, now=now) for file in files]
