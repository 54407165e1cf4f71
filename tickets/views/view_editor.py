"""The editor of a saved view: its form, the preview beside it, and the same builder as a filter above a list."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.models import Customer, Organisation
from tickets import policies, revisions, saved_views
from tickets.automation.comparing import history
from tickets.automation.sentences import sentence
from tickets.builder import LONGEST, as_dicts, conditions_data
from tickets.columns import order_by
from tickets.conditions import Invalid, as_q, check
from tickets.conditions.catalogue import FIELDS
from tickets.counting import CAP
from tickets.lists import list_query
from tickets.models import SavedView, Ticket
from tickets.queue import standard_conditions
from tickets.services.errors import Refused
from tickets.view_forms import ViewForm, sort_of
from tickets.views.saved_views import not_yours, view_for
from tickets.views.support import StaffRequest, require, staff_only

SAMPLES = 5
LOOKED_UP = 12
REVISIONS_SHOWN = 30


@require_http_methods(["GET", "POST"])
@staff_only
def new_view(request: StaffRequest) -> HttpResponse:
    """Empty, or with what the list looks like from which it is to be saved."""
    view = SavedView(owner=request.user)
    return _edit(request, view, initial=_from_list(request))


@require_http_methods(["GET", "POST"])
@staff_only
def edit_view(request: StaffRequest, view_id: int) -> HttpResponse:
    view = view_for(request, view_id)
    require(policies.may_change_view(request.user, view), not_yours())
    return _edit(request, view)


@require_POST
@staff_only
def preview(request: StaffRequest) -> HttpResponse:
    """What the conditions in the form would hold: a bounded count and the first few. Changes nothing."""
    context: dict[str, Any] = {"samples": [], "problems": []}
    try:
        tree = check(json.loads(request.POST.get("conditions", "")[:LONGEST] or "{}"))
        tickets = Ticket.objects.visible_to(request.user)
        tickets = tickets.filter(as_q(tree, user=request.user, now=timezone.now()))
        ordered = order_by(sort_of(request.POST)).sort(tickets).select_related("requester")
        context["sentence"] = sentence("view", tree, [], FIELDS)
        context.update(count=tickets.values("pk")[:CAP].count(), samples=ordered[:SAMPLES])
    except Invalid as error:
        context["problems"] = error.problems
    except (ValueError, RecursionError):
        context["problems"] = [{"reason": _("The conditions are no JSON that can be read.")}]
    return render(request, "tickets/views/_preview.html", context, status=422 if context["problems"] else 200)


@require_GET
@staff_only
def filter_box(request: StaffRequest) -> HttpResponse:
    """The condition builder for the list that is shown: a filter for now, which can be saved as a view."""
    listed = list_query(request)
    tree = listed.filter if listed else {}
    context: dict[str, Any] = {
        "list": listed,
        "tree": json.dumps(tree, ensure_ascii=False),
        "data": conditions_data(tree, request.user),
        "problems": [],
    }
    return render(request, "tickets/views/_filter.html", context)


@require_GET
@staff_only
def lookup(request: StaffRequest, kind: str) -> HttpResponse:
    """Customers or organisations whose name begins like the words, to put into a condition."""
    words = request.GET.get("q", "").replace("\0", "").strip()[:100]
    rows: dict[str, QuerySet[Any]] = {"customer": Customer.objects.all(), "organisation": Organisation.objects.all()}
    if kind not in rows:
        raise Http404
    found = rows[kind].filter(name__icontains=words).order_by("name", "pk")[:LOOKED_UP] if words else []
    return JsonResponse({"results": [{"value": str(row.pk), "label": str(row)} for row in found]})


def _edit(request: StaffRequest, view: SavedView, initial: dict[str, Any] | None = None) -> HttpResponse:
    form = ViewForm(request.POST or None, instance=view, user=request.user, initial=initial)
    seen = request.POST.get("seen", view.version)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, form, view)
        except Refused as refused:
            form.add_error(None, str(refused))
            seen = refused.version if isinstance(refused, saved_views.ChangedMeanwhile) else seen
        else:
            messages.success(request, _("The view “%(title)s” is saved.") % {"title": saved.title})
            return redirect(f"/agent/?view={saved.slug}")
    context = _editor(request, form, view) | {"seen": seen, "is_stale": seen != request.POST.get("seen", seen)}
    return render(request, "tickets/views/edit.html", context, status=422 if form.errors else 200)


def _save(request: StaffRequest, form: ViewForm, view: SavedView) -> SavedView:
    values = form.values()
    if view.pk:
        return saved_views.change_view(view, values, author=request.user, seen=request.POST.get("seen", ""))
    owner, team = values.pop("owner"), values.pop("team")
    return saved_views.create_view(request.user, values.pop("title"), team=team, mine=owner is not None, **values)


def _editor(request: StaffRequest, form: ViewForm, view: SavedView) -> dict[str, Any]:
    text = form["conditions"].value() or "{}"
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        tree = {}
    return {
        "form": form,
        "saved": view,
        "tree": text,
        "data": conditions_data(tree, request.user),
        "problems": as_dicts(form.found_problems),
        "told": history(list(revisions.of(view)[:REVISIONS_SHOWN]), FIELDS) if view.pk else [],
        "active": view.slug if view.pk else "views",
    }


def _from_list(request: StaffRequest) -> dict[str, Any]:
    """Of the list at `?view=…&filter=…`: its conditions, order and columns. Nothing for a new view from nothing."""
    listed = list_query(request) if "view" in request.GET else None
    if listed is None:
        return {"conditions": {}, "sort": "-updated_at"}
    asked = _unread_filter(request) if listed.refused else listed.filter
    trees = [tree for tree in (standard_conditions(listed.view.slug), listed.view.conditions, asked) if tree]
    tree = trees[0] if len(trees) == 1 else {"all": [node for tree in trees for node in _nodes(tree)]} if trees else {}
    return {
        "title": "",
        "conditions": tree,
        "sort": listed.sort,
        "group_by": listed.group_by,
        "layout": listed.layout,
        "columns": [column.key for column in listed.columns],
    }


def _unread_filter(request: StaffRequest) -> dict[str, Any]:
    """A filter that no list takes, too long for an address or wrong: the editor has room for it, and says why."""
    try:
        tree = json.loads(request.GET.get("filter", "")[:LONGEST])
    except (ValueError, RecursionError):
        return {}
    return tree if isinstance(tree, dict) else {}


def _nodes(tree: dict[str, Any]) -> list[Any]:
    """What can stand in another tree's `all` and mean the same."""
    return list(tree["all"]) if set(tree) == {"all"} and isinstance(tree["all"], list) else [tree]
