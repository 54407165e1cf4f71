"""The own profile, and for admins the staff and teams."""

from __future__ import annotations

from smtplib import SMTPException
from typing import cast

from allauth.account.forms import ResetPasswordForm
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Count, Q
from django.forms import BaseForm
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from helpdesk.accounts import policies
from helpdesk.accounts.forms import ProfileForm, StaffForm, TeamForm
from helpdesk.accounts.models import Team, User


@require_http_methods(["GET", "POST"])
@login_required
def profile(request: HttpRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, instance=User.objects.get(pk=cast(User, request.user).pk))
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Your profile is saved."))
        return redirect("profile")
    return render(
        request, "settings/profile.html", {"form": form, "active": "profile"}, status=422 if form.errors else 200
    )


def admin(request: HttpRequest) -> User:
    """Who asks, if they may change settings; otherwise 403."""
    user = cast(User, request.user)
    if not policies.may_manage(user):
        raise PermissionDenied(_("Only admins change settings."))
    return user


@require_GET
@login_required
def settings_home(request: HttpRequest) -> HttpResponse:
    admin(request)
    return render(request, "settings/home.html", {"active": "settings"})


@require_GET
@login_required
def staff_list(request: HttpRequest) -> HttpResponse:
    admin(request)
    staff = User.objects.prefetch_related("teams").order_by("-is_active", "name")
    return render(request, "settings/staff.html", {"staff": staff, "active": "settings"})


@require_http_methods(["GET", "POST"])
@login_required
def edit_person(request: HttpRequest, user_id: int | None = None) -> HttpResponse:
    """Add a colleague, or change one. Nobody is deleted: what they wrote keeps its author."""
    admin(request)
    person = get_object_or_404(User, pk=user_id) if user_id else None
    heading = str(person or _("New colleague"))
    form = StaffForm(request.POST or None, instance=person, initial={} if person else {"is_active": True})
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("%(name)s is saved.") % {"name": saved})
        if not saved.has_usable_password() and not person:
            _send_invitation(request, saved)
        return redirect("settings-staff")
    return render_edit(request, form, heading, {"title": _("Staff"), "url": "settings-staff"})


def render_edit(request: HttpRequest, form: BaseForm, heading: str, parent: dict[str, str]) -> HttpResponse:
    """The page that adds or changes one thing; `parent` is the list it stands in: title and url name."""
    context = {"form": form, "heading": heading, "parent": parent, "active": "settings"}
    return render(request, "settings/edit.html", context, status=422 if form.errors else 200)


def _send_invitation(request: HttpRequest, person: User) -> None:
    """A link to choose the password; where mail does not work yet the admin is told what to do instead."""
    invitation = ResetPasswordForm({"email": person.email})
    try:
        if invitation.is_valid():
            invitation.save(request)
    except (OSError, SMTPException) as error:
        said = _("The mail with the link could not be sent (%(error)s). Set a password instead.")
        messages.error(request, said % {"error": error})


@require_GET
@login_required
def team_list(request: HttpRequest) -> HttpResponse:
    admin(request)
    active = Count("members", filter=Q(members__is_active=True))
    return render(request, "settings/teams.html", {"teams": Team.objects.annotate(people=active), "active": "settings"})


@require_http_methods(["GET", "POST"])
@login_required
def edit_team(request: HttpRequest, team_id: int | None = None) -> HttpResponse:
    admin(request)
    team = get_object_or_404(Team, pk=team_id) if team_id else None
    heading = str(team or _("New team"))
    form = TeamForm(request.POST or None, instance=team)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("The team %(name)s is saved.") % {"name": saved})
        return redirect("settings-teams")
    return render_edit(request, form, heading, {"title": _("Teams"), "url": "settings-teams"})
