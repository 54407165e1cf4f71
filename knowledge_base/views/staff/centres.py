"""Settings: help centres, their names, languages and looks."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from knowledge_base import policies
from knowledge_base.errors import Refused
from knowledge_base.models import HelpCentre
from knowledge_base.setting_up import save_centre
from knowledge_base.structure_forms import CentreForm
from knowledge_base.views.support import StaffRequest, require, staff_only


@require_GET
@staff_only
def centre_list(request: StaffRequest) -> HttpResponse:
    _admins(request)
    return render(request, "knowledge/centres.html", {"centres": HelpCentre.objects.all(), "active": "settings"})


@require_http_methods(["GET", "POST"])
@staff_only
def edit_centre(request: StaffRequest, centre_id: int | None = None) -> HttpResponse:
    """Add one, or change one. None is deleted here: its articles and their addresses would go with it."""
    _admins(request)
    centre = get_object_or_404(HelpCentre, pk=centre_id) if centre_id else HelpCentre(languages=["en"])
    heading = str(centre) if centre.pk else _("New help centre")
    form = CentreForm(request.POST or None, request.FILES or None, instance=centre)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            saved = save_centre(
                form.instance,
                welcome=form.welcome,
                logo=given["logo_file"] or None,
                drop_logo=given.get("drop_logo", False),
            )
        except Refused as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
            return redirect("settings-help-centres")
    context = {"form": form, "centre": centre, "heading": heading, "active": "settings"}
    return render(request, "knowledge/centre.html", context, status=422 if form.errors else 200)


def _admins(request: StaffRequest) -> None:
    require(policies.may_set_up(request.user), _("Only admins change settings."))
