"""Settings: assignment. Teams, people and skills; and everybody's own switch for new work."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpdesk.accounts.models import WITHOUT_TICKETS, Team, User
from helpdesk.accounts.views import render_edit
from tickets import policies
from tickets.models import Skill, TeamRouting, WaitingTicket, WaitReason
from tickets.routing import availability as availabilities
from tickets.routing import setup
from tickets.routing.desk import WORK
from tickets.routing_forms import AvailabilityForm, PersonForm, SkillForm, TeamRoutingForm
from tickets.views.support import StaffRequest, require, staff_only


@require_http_methods(["GET", "POST"])
@staff_only
def availability(request: StaffRequest) -> HttpResponse:
    if request.method == "GET":  # a page that heard of a change fetches it
        return render(request, "components/me.html")
    form = AvailabilityForm(request.POST)
    if not form.is_valid():
        return HttpResponse(_("There is no such state."), status=422)
    availabilities.set_availability(request.user, form.cleaned_data["availability"])
    if request.htmx:
        return render(request, "components/me.html")
    return redirect("profile")


@require_GET
@staff_only
def routing(request: StaffRequest) -> HttpResponse:
    require(policies.may_manage(request.user), _("Only admins change settings."))
    return _overview(request, SkillForm())


def _overview(request: StaffRequest, form: SkillForm) -> HttpResponse:
    open_now = Count("tickets", filter=Q(tickets__status__in=WORK))
    people = User.objects.filter(is_active=True).exclude(role__in=WITHOUT_TICKETS).prefetch_related("skills", "teams")
    context = {
        "teams": [{"team": team, "waiting": _waiting(team)} for team in Team.objects.select_related("routing")],
        "people": people.select_related("capacity").annotate(open_now=open_now),
        "skills": Skill.objects.annotate(n=Count("people")),
        "form": form,
        "active": "settings",
    }
    return render(request, "settings/routing.html", context, status=422 if form.errors else 200)


def _waiting(team: Team) -> list[tuple[int, str]]:
    """How many wait, and why."""
    rows = WaitingTicket.objects.filter(team=team).order_by().values_list("reason").annotate(n=Count("pk"))
    words = dict(WaitReason.choices)
    return [(count, str(words.get(reason, ""))) for reason, count in rows]


@require_http_methods(["GET", "POST"])
@staff_only
def team_routing(request: StaffRequest, team_id: int) -> HttpResponse:
    require(policies.may_manage(request.user), _("Only admins change settings."))
    team = get_object_or_404(Team, pk=team_id)
    routing = TeamRouting.objects.filter(team=team).first()
    form = TeamRoutingForm(request.POST or None, instance=routing or TeamRouting(team=team))
    if request.method == "POST" and form.is_valid():
        setup.change_routing(team, **form.cleaned_data)
        messages.success(request, _("Assignment in %(name)s is saved.") % {"name": team})
        return redirect("settings-routing")
    return render_edit(request, form, str(team), {"title": _("Assignment"), "url": "settings-routing"})


@require_http_methods(["GET", "POST"])
@staff_only
def person_routing(request: StaffRequest, user_id: int) -> HttpResponse:
    require(policies.may_manage(request.user), _("Only admins change settings."))
    person = get_object_or_404(User, pk=user_id)
    form = PersonForm(request.POST or None, person=person)
    if request.method == "POST" and form.is_valid():
        setup.change_person(person, per_channel=form.per_channel(), skills=form.cleaned_data["skills"])
        messages.success(request, _("What %(name)s takes is saved.") % {"name": person})
        return redirect("settings-routing")
    return render_edit(request, form, str(person), {"title": _("Assignment"), "url": "settings-routing"})


@require_POST
@staff_only
def skills(request: StaffRequest) -> HttpResponse:
    require(policies.may_manage(request.user), _("Only admins change settings."))
    form = SkillForm(request.POST)
    if not form.is_valid():
        return _overview(request, form)
    Skill.objects.create(name=form.cleaned_data["name"])
    return redirect("settings-routing")


@require_POST
@staff_only
def skill_deletion(request: StaffRequest, skill_id: int) -> HttpResponse:
    """Tickets that ask for it wait until somebody takes it off them, and say so in the overview."""
    require(policies.may_manage(request.user), _("Only admins change settings."))
    get_object_or_404(Skill, pk=skill_id).delete()
    return redirect("settings-routing")
