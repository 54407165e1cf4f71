"""Saved views: the page that holds them all, and what can be done to one. Its editor is in `view_editor`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tickets import policies, saved_views
from tickets.models import SavedView
from tickets.queue import VIEWS
from tickets.services.errors import Refused
from tickets.shelf import hidden_slugs
from tickets.views.support import StaffRequest, require, staff_only, wants_fragment


@require_GET
@staff_only
def view_list(request: StaffRequest) -> HttpResponse:
    name = "_shelves" if wants_fragment(request) else "list"
    return render(request, f"tickets/views/{name}.html", shelves_context(request))


@require_POST
@staff_only
def copies(request: StaffRequest, view_id: int) -> HttpResponseBase:
    view = view_for(request, view_id)
    try:
        copy = saved_views.copy_view(view, user=request.user)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("views")
    messages.success(request, _("Copied. This one is yours to change."))
    return redirect("view", view_id=copy.pk)


@require_POST
@staff_only
def deletion(request: StaffRequest, view_id: int) -> HttpResponseBase:
    view = view_for(request, view_id)
    require(policies.may_change_view(request.user, view), not_yours())
    saved_views.delete_view(view)
    messages.success(request, _("The view “%(title)s” is deleted.") % {"title": view.title})
    return redirect("views")


@require_POST
@staff_only
def activity(request: StaffRequest, view_id: int) -> HttpResponseBase:
    """`active=1` puts it on the shelves of those it belongs to, anything else takes it off."""
    view = view_for(request, view_id)
    require(policies.may_change_view(request.user, view), not_yours())
    saved_views.set_active(view, request.user, request.POST.get("active") == "1")
    return _shelves(request)


@require_POST
@staff_only
def restoration(request: StaffRequest, view_id: int) -> HttpResponseBase:
    """What it was in revision `number`."""
    view = view_for(request, view_id)
    require(policies.may_change_view(request.user, view), not_yours())
    number = request.POST.get("number", "")
    try:
        wanted = int(number) if number.isdecimal() and len(number) < 9 else 0
        saved_views.restore_view(view, wanted, request.user)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("“%(title)s” is restored.") % {"title": view.title})
    return redirect("view", view_id=view.pk)


@require_POST
@staff_only
def position(request: StaffRequest, view_id: int) -> HttpResponseBase:
    """`place` on its shelf counts from 0; `step` moves it by one (buttons, without scripts too)."""
    view = view_for(request, view_id)
    require(policies.may_change_view(request.user, view), not_yours())
    place, step = request.POST.get("place", ""), request.POST.get("step", "")
    if place.isdecimal() and len(place) < 6:
        saved_views.move_view(view, int(place))
    elif step in ("-1", "1"):
        ids = list(saved_views.beside(view).values_list("pk", flat=True))
        saved_views.move_view(view, ids.index(view.pk) + int(step))
    return _shelves(request)


@require_POST
@staff_only
def visibility(request: StaffRequest, slug: str) -> HttpResponseBase:
    """Whether the reader's own sidebar shows the view: `shown=1`."""
    if slug not in VIEWS:
        view_for(request, int(slug[1:]) if slug[:1] == "v" and slug[1:].isdecimal() and len(slug) < 18 else 0)
    saved_views.show_view(request.user, slug, request.POST.get("shown") == "1")
    return _shelves(request)


def view_for(request: StaffRequest, view_id: int) -> SavedView:
    return get_object_or_404(SavedView.objects.visible_to(request.user).select_related("team", "owner"), pk=view_id)


def not_yours() -> str:
    return _("Only team leads and admins change shared views. Copy it to make one of your own.")


def shelves_context(request: StaffRequest) -> dict[str, Any]:
    user = request.user
    views = SavedView.objects.visible_to(user).select_related("team", "owner")
    shared = policies.may_share_views(user)
    shelves = [
        (_("Your views"), [view for view in views if view.owner_id]),
        *_by_team(views.exclude(team=None).order_by("team__name", "position", "pk")),
        (_("Everyone’s views"), [view for view in views if not view.owner_id and not view.team_id]),
    ]
    return {
        "standard": VIEWS.values(),
        "shelves": [(title, members) for title, members in shelves if members],
        "hidden": hidden_slugs(user),
        "may_share": shared,
        "active": "views",
    }


def _by_team(views: Iterable[SavedView]) -> list[tuple[str, list[SavedView]]]:
    found: dict[str, list[SavedView]] = {}
    for view in views:
        found.setdefault(_("Views of team %(team)s") % {"team": view.team}, []).append(view)
    return list(found.items())


def _shelves(request: StaffRequest) -> HttpResponseBase:
    if not wants_fragment(request):
        return redirect("views")
    return render(request, "tickets/views/_shelves.html", shelves_context(request))
