"""The bar above the composer of a ticket that began in public: sorting it, taking it to private, approving answers."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from channels_app.messaging import private
from channels_app.models import Conversation
from customers.actors import Actor
from helpdesk.accounts.models import Team
from tickets import policies, services
from tickets.models import ForbiddenMove, ProposalState, PublicCase, ReplyProposal, Ticket, Triage
from tickets.views.support import StaffRequest, back_to, require, staff_only, ticket_for, wants_fragment, with_toast

Act = Callable[[], str]


@require_GET
@staff_only
def public_bar(request: StaffRequest, number: int) -> HttpResponse:
    """Nothing for what was never public."""
    return _bar(request, ticket_for(request, number))


@require_POST
@staff_only
def triage(request: StaffRequest, number: int) -> HttpResponse:
    """`triage` is a Triage; ignoring wants a `reason`, marketing takes one as a note."""
    ticket = ticket_for(request, number)
    require(policies.may_edit(request.user, ticket))
    wanted, actor = request.POST.get("triage", ""), Actor.agent(request.user)

    def sort() -> str:
        if wanted not in Triage.values:
            raise services.Refused(_("Choose support, marketing or ignore."))
        team = _marketing(private.public_talk(ticket)) if wanted == Triage.MARKETING else None
        services.sort_case(ticket, wanted, reason=request.POST.get("reason", ""), team=team, actor=actor)
        return str(Triage(wanted).label)

    return _done(request, ticket, sort, refused_at=f"triage-{wanted}")


@require_POST
@staff_only
def quarrel(request: StaffRequest, number: int) -> HttpResponse:
    """Whoever works on it may see one coming (`expected=1`); that there is none, a lead says."""
    ticket = ticket_for(request, number)
    is_expected = request.POST.get("expected") == "1"
    require((policies.may_edit if is_expected else policies.may_calm)(request.user, ticket))
    actor = Actor.agent(request.user)

    def decide() -> str:
        if is_expected:
            services.flag_case(ticket, actor=actor)
            return _("Public answers need a second person now")
        services.calm_case(ticket, actor=actor)
        return _("Public answers go out at once again")

    return _done(request, ticket, decide)


@require_POST
@staff_only
def to_private(request: StaffRequest, number: int) -> HttpResponse:
    """Answer in public with `words`, and go on privately on the same ticket."""
    ticket = ticket_for(request, number)
    require(policies.may_reply(request.user, ticket))

    def ask() -> str:
        asked = private.take_to_private(ticket, request.POST.get("words", ""), actor=Actor.agent(request.user))
        return _("A colleague has to approve the answer first") if asked.proposal else _("Asked to write privately")

    return _done(request, ticket, ask, refused_at="private")


@require_POST
@staff_only
def decision(request: StaffRequest, proposal_id: int) -> HttpResponse:
    """`decision` is approve, decline (with `why`) or withdraw."""
    visible = ReplyProposal.objects.filter(ticket__in=Ticket.objects.visible_to(request.user))
    proposal = get_object_or_404(visible.select_related("ticket", "author"), pk=proposal_id)
    require(policies.may_reply(request.user, proposal.ticket))
    actor, wanted = Actor.agent(request.user), request.POST.get("decision", "")

    def decide() -> str:
        if wanted == "approve":
            services.approve_proposal(proposal, actor=actor)
            return _("Approved: it is on its way")
        if wanted == "withdraw":
            services.withdraw_proposal(proposal, actor=actor)
            return _("Taken back: the words are your draft again")
        if wanted != "decline":
            raise services.Refused(_("Approve it, or decline it with a word."))
        services.decline_proposal(proposal, actor=actor, why=request.POST.get("why", ""))
        return _("Declined: its author has the words as a draft again")

    return _done(request, proposal.ticket, decide, refused_at=f"proposal-{proposal.pk}")


def _done(request: StaffRequest, ticket: Ticket, act: Act, *, refused_at: str = "") -> HttpResponse:
    """What every press here answers: the bar as it is then; 422 with the reason at the place that was pressed."""
    try:
        said = act()
    except (services.Refused, ForbiddenMove) as refusal:
        if not wants_fragment(request):
            return back_to(request, ticket, error=str(refusal))
        refused: dict[str, Any] = {"refused": str(refusal), "refused_at": refused_at, "given": request.POST}
        return _bar(request, ticket, HTTPStatus.UNPROCESSABLE_ENTITY, **refused)
    if not wants_fragment(request):
        return back_to(request, ticket)
    if not Ticket.objects.visible_to(request.user).filter(pk=ticket.pk).exists():
        gone = HttpResponse(status=HTTPStatus.NO_CONTENT)  # it was given to a team that others may not look into
        gone["HX-Redirect"] = "/agent/"
        return gone
    return with_toast(_bar(request, ticket), said)


def _bar(request: StaffRequest, ticket: Ticket, status: int = HTTPStatus.OK, **more: Any) -> HttpResponse:
    case = PublicCase.objects.filter(ticket=ticket).select_related("sorted_by").first()
    if case is None:
        return HttpResponse() if wants_fragment(request) else back_to(request, ticket)
    public = private.public_talk(ticket)
    context = {
        "ticket": ticket,
        "case": case,
        "proposals": _waiting(ticket),
        "team": _marketing(public),
        "private_words": private.words_for(public.account) if public else "",
        "private_talk": private.private_talk(ticket, public) if public else None,
        "may_edit": policies.may_edit(request.user, ticket) and not ticket.is_closed,
        "may_reply": policies.may_reply(request.user, ticket) and not ticket.is_closed,
        "may_calm": policies.may_calm(request.user, ticket),
        **more,
    }
    context["places"] = _places(context)
    name = "channels/_public.html" if wants_fragment(request) else "channels/public.html"
    return render(request, name, context, status=status)


def _places(context: dict[str, Any]) -> set[str]:
    """The forms that the bar has open for a refusal."""
    sorting = {"triage-ignored", *(["triage-marketing"] if context["team"] else [])}
    is_new = context["may_edit"] and context["case"].triage == Triage.NEW
    may_ask = context["may_reply"] and context["private_words"] and not context["private_talk"]
    places = {f"proposal-{each.pk}" for each in context["proposals"]}
    return places | (sorting if is_new else set()) | ({"private"} if may_ask else set())


def _waiting(ticket: Ticket) -> list[ReplyProposal]:
    waiting = ReplyProposal.objects.filter(ticket=ticket, state=ProposalState.WAITING).select_related("author")
    return list(waiting.order_by("pk"))


def _marketing(public: Conversation | None) -> Team | None:
    """The team that the account's admin named."""
    named = str(public.account.option("marketing_team") or "") if public else ""
    return Team.objects.filter(pk=int(named)).first() if named.isdecimal() and len(named) < 19 else None
