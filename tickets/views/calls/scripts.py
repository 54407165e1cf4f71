"""Settings: what agents say and tick in calls about a topic."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tickets import policies
from tickets.call_forms import ScriptForm
from tickets.models import CallScript
from tickets.views.support import StaffRequest, require, staff_only


@require_GET
@staff_only
def script_list(request: StaffRequest) -> HttpResponse:
    require(policies.may_manage(request.user), _("Only admins change settings."))
    return render(request, "settings/calls/scripts.html", {"scripts": CallScript.objects.all(), "active": "settings"})


@require_http_methods(["GET", "POST"])
@staff_only
def edit_script(request: StaffRequest, script_id: int = 0) -> HttpResponse:
    require(policies.may_manage(request.user), _("Only admins change settings."))
    script = get_object_or_404(CallScript, pk=script_id) if script_id else None
    form = ScriptForm(request.POST if request.method == "POST" else None, instance=script)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("The script is saved."))
        return redirect("settings-call-scripts")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "script": script, "active": "settings"}
    return render(request, "settings/calls/script.html", context, status=status)


@require_POST
@staff_only
def deletion(request: StaffRequest, script_id: int) -> HttpResponse:
    """What was ticked in calls stays with them."""
    require(policies.may_manage(request.user), _("Only admins change settings."))
    get_object_or_404(CallScript, pk=script_id).delete()
    messages.success(request, _("The script is deleted."))
    return redirect("settings-call-scripts")
