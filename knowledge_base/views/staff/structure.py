"""Categories and sections: the tree that readers walk, and who reads what lies in a section."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.module_loading import import_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpdesk.lib.typed import whole_number
from knowledge_base import arranging, policies
from knowledge_base.errors import Refused
from knowledge_base.models import Category, HelpCentre, Section
from knowledge_base.staff_lists import shelves_of
from knowledge_base.structure_forms import CategoryForm, SectionForm
from knowledge_base.views.support import StaffRequest, require, staff_only, wants_fragment


@require_GET
@staff_only
def structure(request: StaffRequest) -> HttpResponse:
    _arrangers(request)
    return _tree(request)


@require_http_methods(["GET", "POST"])
@staff_only
def category(request: StaffRequest, help_category_id: int | None = None) -> HttpResponse:
    """Change one, or add one to `?centre=`."""
    _arrangers(request)
    known = _category(help_category_id) if help_category_id else Category(centre=_centre(request))
    form = CategoryForm(known, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            saved = arranging.save_category(known, form.texts, icon=given["icon"], tone=given["tone"])
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
            return redirect("knowledge-structure")
    context = {"form": form, "category": known, "active": "knowledge"}
    return render(request, "knowledge/category.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_only
def section(request: StaffRequest, section_id: int | None = None) -> HttpResponse:
    """Change one, or add one to `?category=`. Without scripts `find` looks for organisations and saves nothing yet."""
    _arrangers(request)
    known = _section(section_id) if section_id else Section(category=_category_asked(request))
    form = SectionForm(known, request.POST if request.method == "POST" else None)
    if request.method == "POST" and "find" not in request.POST and form.is_valid():
        known.category = form.cleaned_data["category"]
        try:
            saved = arranging.save_section(known, form.texts, form.chosen, by=request.user)
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
            return redirect("knowledge-structure")
    audiences = import_string(settings.KNOWLEDGE_AUDIENCES)
    context = {
        **audiences(form.organisation_ids, form.segment_ids, request.POST.get("q", "")),
        "form": form,
        "section": known,
        "articles": known.articles.filter(archived_at=None).prefetch_related("translations") if known.pk else [],
        "active": "knowledge",
    }
    return render(request, "knowledge/section.html", context, status=422 if form.errors else 200)


@require_POST
@staff_only
def category_position(request: StaffRequest, help_category_id: int) -> HttpResponse:
    _arrangers(request)
    known = _category(help_category_id)
    arranging.place(known, _index(request, list(known.centre.categories.values_list("pk", flat=True)), known.pk))
    return _tree(request) if wants_fragment(request) else redirect("knowledge-structure")


@require_POST
@staff_only
def section_position(request: StaffRequest, section_id: int) -> HttpResponse:
    _arrangers(request)
    known = _section(section_id)
    arranging.place(known, _index(request, list(known.category.sections.values_list("pk", flat=True)), known.pk))
    return _tree(request) if wants_fragment(request) else redirect("knowledge-structure")


@require_POST
@staff_only
def category_deletion(request: StaffRequest, help_category_id: int) -> HttpResponse:
    _arrangers(request)
    known = _category(help_category_id)
    try:
        arranging.delete_category(known)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("knowledge-category", help_category_id)
    messages.success(request, _("The category is deleted."))
    return redirect("knowledge-structure")


@require_POST
@staff_only
def section_deletion(request: StaffRequest, section_id: int) -> HttpResponse:
    _arrangers(request)
    known = _section(section_id)
    try:
        arranging.delete_section(known)
    except Refused as refusal:
        messages.error(request, refusal.message)
        return redirect("knowledge-section", section_id)
    messages.success(request, _("The section is deleted."))
    return redirect("knowledge-structure")


def _tree(request: StaffRequest) -> HttpResponse:
    context = {
        "shelves": [(centre, shelves_of(centre)) for centre in HelpCentre.objects.all()],
        "may_set_up": policies.may_set_up(request.user),
        "active": "knowledge",
    }
    template = "knowledge/_structure.html" if wants_fragment(request) else "knowledge/structure.html"
    return render(request, template, context)


def _arrangers(request: StaffRequest) -> None:
    require(policies.may_arrange(request.user), _("Team leads and admins arrange the help centre."))


def _category(number: int) -> Category:
    return get_object_or_404(Category.objects.select_related("centre"), pk=number)


def _section(number: int) -> Section:
    return get_object_or_404(Section.objects.select_related("category__centre"), pk=number)


def _centre(request: StaffRequest) -> HelpCentre:
    wanted = whole_number(request.GET.get("centre", ""))
    found = HelpCentre.objects.filter(pk=wanted) if wanted else HelpCentre.objects.all()
    if (centre := found.first()) is None:
        raise Http404
    return centre


def _category_asked(request: StaffRequest) -> Category:
    wanted = whole_number(request.GET.get("category", ""))
    found = Category.objects.select_related("centre").order_by("centre", "position", "pk")
    if (known := (found.filter(pk=wanted) if wanted else found).first()) is None:
        raise Http404
    return known


def _index(request: StaffRequest, order: list[int], pk: int) -> int:
    """`place` counts from 0; `step` is one up or down."""
    place = whole_number(request.POST.get("place", ""))
    return order.index(pk) + (1 if request.POST.get("step") == "1" else -1) if place is None else place
