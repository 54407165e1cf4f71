"""Segments: their list with how many are in each, the editor with a preview, deletion and its undo."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.errors import Refused
from customers.models import Segment
from customers.views.support import require
from tickets.automation.sentences import html, tree_words
from tickets.builder import LONGEST, as_dicts, conditions_data
from tickets.conditions import Invalid, check
from tickets.conditions.catalogue import fields_in
from tickets.conditions.scopes import CUSTOMER
from tickets.customers import segments
from tickets.customers.listing import LONGEST_FILTER
from tickets.customers.segment_forms import SegmentForm
from tickets.views.support import StaffRequest, staff_only

SAMPLES = 5


@require_GET
@staff_only
def segment_list(request: StaffRequest) -> HttpResponse:
    shown = list(Segment.objects.visible_to(request.user))
    rows = [(one, segments.may_change(request.user, one), segments.broken(one)) for one in shown]
    context = {
        "mine": [row for row in rows if row[0].owner_id],
        "everyones": [row for row in rows if not row[0].owner_id],
        "active": "customers",
    }
    return render(request, "tickets/customers/segments.html", context)


@require_http_methods(["GET", "POST"])
@staff_only
def new_segment(request: StaffRequest) -> HttpResponse:
    """Empty, or with the filter of the list from which it is to be saved."""
    return _edit(request, Segment(owner=request.user), {"conditions": _from_list(request)})


@require_http_methods(["GET", "POST"])
@staff_only
def edit_segment(request: StaffRequest, segment_id: int) -> HttpResponse:
    segment = _segment(request, segment_id)
    require(segments.may_change(request.user, segment), _("This segment is everyone’s: leads and admins change it."))
    return _edit(request, segment)


@require_POST
@staff_only
def segment_preview(request: StaffRequest) -> HttpResponse:
    """Whom the conditions in the form would hold: a bounded count and the first few. Changes nothing."""
    context: dict[str, Any] = {"samples": [], "problems": []}
    try:
        tree = check(json.loads(request.POST.get("conditions", "")[:LONGEST] or "{}"), CUSTOMER)
        found = segments.customers_like(tree, now=timezone.now(), user=request.user)
        words = tree_words(tree, fields_in(CUSTOMER))
        context["sentence"] = html(_("Customers of whom %(asked)s.") % {"asked": words} if words else _("Everybody."))
        context["count"] = segments.count_of(found)
        context["samples"] = found.select_related("organisation").order_by("-pk")[:SAMPLES]
    except Invalid as error:
        context["problems"] = error.problems
    except (ValueError, RecursionError):
        context["problems"] = [{"reason": _("The conditions are no JSON that can be read.")}]
    return render(request, "tickets/customers/_preview.html", context, status=422 if context["problems"] else 200)


@require_GET
@staff_only
def segment_count(request: StaffRequest, segment_id: int) -> HttpResponse:
    segment = _segment(request, segment_id)
    try:
        found = segments.customers_in(segment, now=timezone.now(), user=request.user)
    except Invalid:
        return HttpResponse(_("broken"))
    return render(request, "tickets/customers/_count.html", {"count": segments.count_of(found)})


@require_POST
@staff_only
def segment_deletion(request: StaffRequest, segment_id: int) -> HttpResponse:
    segment = _segment(request, segment_id)
    require(segments.may_change(request.user, segment), _("This segment is everyone’s: leads and admins change it."))
    segments.delete_segment(segment)
    messages.success(request, _("The segment “%(name)s” is deleted. Its customers stay.") % {"name": segment.name})
    return redirect("segments")


def _segment(request: StaffRequest, segment_id: int) -> Segment:
    segment = Segment.objects.visible_to(request.user).filter(pk=segment_id).first()
    if segment is None:
        raise Http404(_("This segment was deleted, or it belongs to somebody else."))
    return segment


def _edit(request: StaffRequest, segment: Segment, initial: dict[str, Any] | None = None) -> HttpResponse:
    form = SegmentForm(request.POST or None, instance=segment, user=request.user, initial=initial)
    seen = request.POST.get("seen", segment.version)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(request, form, segment)
        except Refused as refused:
            form.add_error(refused.field or None, str(refused))
            seen = refused.version if isinstance(refused, segments.ChangedMeanwhile) else seen
        else:
            messages.success(request, _("The segment “%(name)s” is saved.") % {"name": saved.name})
            return redirect(f"{reverse('customers')}?segment={saved.pk}")
    return render(
        request, "tickets/customers/segment.html", _editor(request, form, segment, seen),
        status=422 if form.errors else 200,
    )  # fmt: skip


def _save(request: StaffRequest, form: SegmentForm, segment: Segment) -> Segment:
    values = form.values()
    if segment.pk:
        stored = Segment.objects.get(pk=segment.pk)  # the form has written into its instance already
        return segments.change_segment(stored, values, seen=request.POST.get("seen", ""))
    mine = values.pop("owner") is not None
    return segments.create_segment(request.user, values.pop("name"), mine=mine, **values)


def _editor(request: StaffRequest, form: SegmentForm, segment: Segment, seen: str) -> dict[str, Any]:
    text = form["conditions"].value() or "{}"
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        tree = {}
    return {
        "form": form, "saved": segment, "seen": seen, "tree": text, "active": "customers",
        "data": conditions_data(tree, request.user, CUSTOMER), "problems": as_dicts(form.found_problems),
    }  # fmt: skip


def _from_list(request: StaffRequest) -> dict[str, Any]:
    """The filter of the list and the segment it narrows, as one question."""
    trees = []
    number = request.GET.get("segment", "")
    if number.isdecimal() and len(number) < 19:
        base = Segment.objects.visible_to(request.user).filter(pk=int(number)).first()
        trees = [base.conditions] if base and base.conditions else []
    try:
        asked = json.loads(request.GET.get("filter", "")[:LONGEST_FILTER] or "{}")
    except (ValueError, RecursionError):
        asked = {}
    trees += [asked] if isinstance(asked, dict) and asked else []
    return trees[0] if len(trees) == 1 else {"all": trees} if trees else {}
