"""What began in public: sorted by people (support, marketing, ignored), and watched for quarrels."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from customers.actors import Actor
from helpdesk.accounts.models import Team
from helpdesk.lib.html import text_to_html
from tickets.confrontation import Sign, Volume, merged, signs_of
from tickets.events import PublicCaseFlagged, PublicCaseOpened, PublicCaseSorted, TakenToPrivate
from tickets.models import Message, PublicCase, Status, Ticket, Triage
from tickets.models.ticket import MOVES, UNSOLVED
from tickets.services.assignment import assign_team
from tickets.services.errors import Refused, refuse_closed
from tickets.services.gesture import Gesture, gesture
from tickets.services.lifecycle import change_status
from tickets.services.writing import add_note

HOUR = timedelta(hours=1)
LONGEST_REASON = 300


def note_public_post(
    ticket: Ticket, message: Message, *, people_below_post: int = 1, actor: Actor, now: datetime | None = None
) -> PublicCase:
    """`message` was said in public: its ticket has a case from now on, flagged where the words or the crowd give cause.

    Ignored before, it is sorted anew: there is something new to read.
    """
    with gesture(ticket, actor=actor, now=now) as g:
        case, is_new = PublicCase.objects.get_or_create(ticket=g.ticket, defaults={"created_at": g.now})
        if is_new:
            g.record(PublicCaseOpened())
        elif case.triage == Triage.IGNORED:
            _sort(g, case, Triage.NEW, "")
        volume = Volume(_posts_within_an_hour(message), people_below_post)
        if signs := signs_of(message.text, message.language, volume):
            _flag(g, case, signs)
        return case


def sort_case(
    ticket: Ticket,
    triage: str,
    *,
    actor: Actor,
    reason: str = "",
    team: Team | None = None,
    now: datetime | None = None,
) -> PublicCase:
    """Who it is for. Marketing gets it in `team`, with `reason` as a note; ignored it is solved, and says why.

    `Triage.NEW` takes back what sorting changed, as far as nobody has changed it since. Raises `Refused`.
    """
    with gesture(ticket, actor=actor, now=now) as g:
        case = _case_of(g.ticket)
        reason = " ".join(reason.split())[:LONGEST_REASON]
        if case.triage == triage:
            return case
        refuse_closed(g.ticket)
        if triage == Triage.IGNORED and not reason:
            raise Refused(_("Say in a word why nobody answers this."), field="reason")
        _take_back(g, case)
        case.before = {}
        if triage == Triage.MARKETING:
            _hand_over(g, case, team, reason)
        elif triage == Triage.IGNORED:
            _close(g, case)
        _sort(g, case, triage, reason)
        return case


def flag_case(ticket: Ticket, *, actor: Actor) -> PublicCase:
    """A member of staff sees a quarrel coming."""
    with gesture(ticket, actor=actor) as g:
        case = _case_of(g.ticket)
        _flag(g, case, [{"kind": "person", "name": actor.name}])
        return case


def calm_case(ticket: Ticket, *, actor: Actor) -> PublicCase:
    """It is no quarrel, or none any more: answers need no second person for it."""
    with gesture(ticket, actor=actor) as g:
        case = _case_of(g.ticket)
        if case.flagged_at:
            case.flagged_at, case.signs = None, []
            case.save(update_fields=["flagged_at", "signs"])
            g.record(PublicCaseFlagged())
        return case


def note_private(ticket: Ticket, *, conversation: int, person: str, other: int | None, actor: Actor) -> None:
    """The private half of a public post is on this ticket from now on; `other` is the ticket that had it."""
    with gesture(ticket, actor=actor) as g:
        g.record(TakenToPrivate(conversation, person, other))


def _case_of(ticket: Ticket) -> PublicCase:
    case = PublicCase.objects.filter(ticket=ticket).first()
    if case is None:
        raise Refused(_("Nothing of this ticket was said in public."))
    return case


def _sort(g: Gesture, case: PublicCase, triage: str, reason: str) -> None:
    old, case.triage, case.reason = case.triage, triage, reason
    is_sorted = triage != Triage.NEW
    case.sorted_by, case.sorted_at = (g.actor.user, g.now) if is_sorted else (None, None)
    case.save(update_fields=["triage", "reason", "sorted_by", "sorted_at", "before"])
    g.record(PublicCaseSorted(old, triage, reason))


def _take_back(g: Gesture, case: PublicCase) -> None:
    """The team and the status that the last sorting set, where they are as it left them."""
    before = case.before
    if "team" in before and g.ticket.team_id == before["new_team"]:
        assign_team(g.ticket, Team.objects.filter(pk=before["team"]).first(), actor=g.actor)
    if "status" in before and g.ticket.status == Status.SOLVED and Status.OPEN in MOVES[Status.SOLVED]:
        change_status(g.ticket, Status.OPEN, actor=g.actor)


def _hand_over(g: Gesture, case: PublicCase, team: Team | None, reason: str) -> None:
    if team is None:
        raise Refused(_("No team is named for marketing: an admin chooses one in the account’s settings."))
    case.before = {"team": g.ticket.team_id, "new_team": team.pk}
    assign_team(g.ticket, team, actor=g.actor)
    if reason:
        add_note(g.ticket, text_to_html(reason), actor=g.actor, keeps_draft=True)


def _close(g: Gesture, case: PublicCase) -> None:
    if g.ticket.status in UNSOLVED:
        case.before = {"status": g.ticket.status}
        change_status(g.ticket, Status.SOLVED, actor=g.actor)


def _flag(g: Gesture, case: PublicCase, signs: list[Sign]) -> None:
    known = merged(case.signs, signs)
    if case.flagged_at and known == case.signs:
        return
    case.flagged_at, case.signs = case.flagged_at or g.now, known
    case.save(update_fields=["flagged_at", "signs"])
    g.record(PublicCaseFlagged(known))


def _posts_within_an_hour(message: Message) -> int:
    """Of the same person, wherever in public, by when they were said."""
    theirs = Message.objects.filter(
        ticket__requester=message.ticket.requester_id,
        author_customer=message.author_customer_id,
        facts__is_public=True,
        created_at__gt=message.created_at - HOUR,
        created_at__lte=message.created_at,
    )
    return theirs.count()
