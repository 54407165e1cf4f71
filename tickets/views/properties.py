"""Changing a ticket: one address for each property and for the people around it. Each asks, calls one service, answers.

All are `POST` (or `PUT`, or `DELETE` to undo); the answer is the details fragment as it is now, or for a browser
without scripts a redirect to the ticket.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django import forms
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers.actors import Actor
from customers.identify import identify
from customers.models import IdentityKind, ProvedBy
from helpdesk.accounts.models import Team, User
from tickets import forms as ticket_forms
from tickets import policies, services
from tickets.models import ForbiddenMove, Ticket
from tickets.views.reversal import offer_undo
from tickets.views.staleness import Stale, refuse_stale
from tickets.views.support import (
    Policy,
    StaffRequest,
    back_to,
    require,
    staff_only,
    submitted,
    ticket_for,
    wants_fragment,
)
from tickets.views.ticket import render_properties

Change = Callable[[StaffRequest, Ticket, Actor], None]


def first_error(form: forms.BaseForm) -> str:
    return " ".join(str(error) for errors in form.errors.values() for error in errors)


def changes_ticket(policy: Policy) -> Callable[[Change], Callable[..., HttpResponseBase]]:
    """The frame of every write here: fetch, ask `policy`, change, show how the ticket is now.

    A form that carries what it saw is asked (409) before it undoes what somebody else has changed since.
    """

    def decorate(change: Change) -> Callable[..., HttpResponseBase]:
        @require_http_methods(["POST", "PUT", "DELETE"])
        @staff_only
        @wraps(change)
        def view(request: StaffRequest, number: int) -> HttpResponse:
            ticket = ticket_for(request, number)
            require(policy(request.user, ticket))
            error, status, actor = "", 200, Actor.agent(request.user)
            stale: Stale | None = None
            try:
                with services.gesture(ticket, actor=actor) as g:
                    refuse_stale(g.ticket, change.__name__.rstrip("_"), submitted(request), request.user)
                    change(request, g.ticket, actor)
            except (services.Refused, ForbiddenMove) as refusal:
                error, status = str(refusal), 422
            except Stale as conflict:
                error, status, stale = conflict.reason, 409, conflict
            if not wants_fragment(request):
                return back_to(request, ticket, error=error)
            if not Ticket.objects.visible_to(request.user).filter(pk=number).exists():
                return _gone(request)
            page = render_properties(request, number, error=error, status=status, stale=stale)
            return offer_undo(request, ticket, page)

        return view

    return decorate


def _gone(request: HttpRequest) -> HttpResponse:
    """The change took the ticket out of this person's sight, for example into a private team."""
    response = HttpResponse(status=204)
    response["HX-Redirect"] = "/agent/"
    return response


def checked(form: forms.Form, name: str) -> object:
    """The one value of a one-field form; `Refused` with the form's words when it is malformed."""
    if not form.is_valid():
        raise services.Refused(first_error(form))
    return form.cleaned_data[name]


@changes_ticket(policies.may_edit)
def status(request: StaffRequest, ticket: Ticket, actor: Actor) -> None:
    wanted = checked(ticket_forms.StatusForm(submitted(request)), "status")
    services.change_status(ticket, str(wanted), actor=actor)


@changes_ticket(policies.may_edit)
def priority(request: StaffRequest, ticket: Ticket, actor: Actor) -> None:
    wanted = checked(ticket_forms.PriorityForm(submitted(request)), "priority")
    services.change_priority(ticket, str(wanted), actor=actor)


@changes_ticket(policies.may_edit)
def type_(request: StaffRequest, ticket: Ticket, actor: Actor) -> None:
    services.change_type(ticket, str(checked(ticket_forms.TypeForm(submitted(request)), "type")), actor=actor)


@changes_ticket(policies.may_edit)
def subject(request: StaffRequest, ticket: Ticket, actor: Actor) -> None:
    services.change_subject(ticket, str(checked(ticket_forms.SubjectForm(submitted(request)), "subject")), actor=actor)


@changes_ticket(policies.may_edit)
def tags(request: StaffRequest, ticket: Ticket, actor: Actor) -> None:
    wanted = checked(ticket_forms.TagsForm(submitted(request)), "tags")
    assert isinstance(wanted, list)
    if "seen" in submitted(request):  # what others added or removed meanwhile stays so
        seen = checked(ticket_forms.TagsForm({"tags": submitted(request)["seen"]}), "tags")
        assert isinstance(seen, list)
        wanted, seen = ([services.clean_tag(tag) for tag in tags] for tags in (wanted, seen))
        wanted = services.merged(ticket.tags, seen, wanted)
    services.set_tags(ticket, wanted, actor=actor)


@changes_ticket(policies.may_edit)
def assignee(request: StaffRequest, ticket: Ticket, actor: Actor) -> None:
    wanted = checked(ticket_forms.AssigneeForm(submitted(request), user=request.user), "assignee")
    assert isinstance(wanted, User | None)
    services.assign(ticket, wanted, actor=actor)


@changes_ticket(policies.may_edit)
def team(request: StaffRequest, ticket: Ticket, actor: Actor) -> None:
    wanted = checked(ticket_forms.TeamForm(submitted(request)), "team")
    assert isinstance(wanted, Team | None)
    services.assign_team(ticket, wanted, actor=actor)


@changes_ticket(policies.may_follow)
def followers(request: StaffRequest, ticket: Ticket, actor: Actor) -> None:
    """Follow, or let a colleague follow; `remove` (or `DELETE`) ends it. Light agents may do so for themselves."""
    data = submitted(request)
    user = checked(ticket_forms.PersonForm(data), "user") or request.user
    assert isinstance(user, User)
    require(user == request.user or policies.may_edit(request.user, ticket))
    if request.method == "DELETE" or "remove" in data:
        services.remove_follower(ticket, user, actor=actor)
        return
    if not Ticket.objects.visible_to(user).filter(pk=ticket.pk).exists():
        raise services.Refused(_("%(name)s may not see this ticket.") % {"name": user})
    services.add_follower(ticket, user, actor=actor)


@changes_ticket(policies.may_edit)
def ccs(request: StaffRequest, ticket: Ticket, actor: Actor) -> None:
    """Put an address in copy, or take it out with `remove` (or `DELETE`)."""
    data = submitted(request)
    address = str(checked(ticket_forms.AddressForm(data), "address")).lower()
    if request.method == "DELETE" or "remove" in data:
        services.remove_cc(ticket, address, actor=actor)
        return
    if ticket.requester.identities.filter(kind=IdentityKind.EMAIL, value=address).exists():
        raise services.Refused(_("The requester gets every reply already."))
    if ticket_forms.is_own_inbox(address):
        raise services.Refused(_("This is the address of one of our inboxes."))
    identity = identify(IdentityKind.EMAIL, address, proved_by=ProvedBy.AGENT)
    services.add_cc(ticket, identity.customer, address, actor=actor)
