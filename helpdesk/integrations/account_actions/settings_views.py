"""Settings: the buttons that have another system do something."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpdesk.integrations.account_actions.forms import ActionForm
from helpdesk.integrations.models import AccountAction
from helpdesk.lib import standard_webhooks
from helpdesk.lib.sealing import CannotOpen, seal
from tickets import policies
from tickets.views.support import StaffRequest, require, staff_only


def _admin(request: StaffRequest) -> None:
    require(policies.may_manage(request.user), _("Only admins change settings."))


@require_GET
@staff_only
def action_list(request: StaffRequest) -> HttpResponse:
    _admin(request)
    found = AccountAction.objects.order_by("-is_active", "position", "pk")
    return render(request, "integrations/account_actions.html", {"actions": found, "active": "settings"})


@require_http_methods(["GET", "POST"])
@staff_only
def edit_action(request: StaffRequest, action_id: int | None = None) -> HttpResponse:
    _admin(request)
    action = get_object_or_404(AccountAction, pk=action_id) if action_id else None
    form = ActionForm(request.POST or None, instance=action)
    if request.method == "POST" and form.is_valid():
        saved = form.save(commit=False)
        saved.inputs, saved.updated_at = form.cleaned_data["inputs"], timezone.now()
        if action is None:
            saved.created_by, saved.sealed_secret = request.user, seal(standard_webhooks.new_secret())
        saved.save()
        messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
        return redirect("settings-account-actions")
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    context = {"form": form, "action": action, "active": "settings"}
    return render(request, "integrations/account_action_edit.html", context, status=status)


@require_POST
@staff_only
def action_secret(request: StaffRequest, action_id: int) -> HttpResponse:
    """The secret, asked for on purpose; with `rotate` a new one, which signs from then on."""
    _admin(request)
    action = get_object_or_404(AccountAction, pk=action_id)
    if "rotate" in request.POST:
        action.sealed_secret = seal(standard_webhooks.new_secret())
        action.save(update_fields=["sealed_secret"])
    try:
        secret = action.secret
    except CannotOpen:
        secret = ""
    context = {"secret": secret, "action": action, "active": "settings"}
    answer = render(request, "integrations/account_action_secret.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@staff_only
def action_deletion(request: StaffRequest, action_id: int) -> HttpResponse:
    """The button goes; what was done with it stays on the timelines."""
    _admin(request)
    action = get_object_or_404(AccountAction, pk=action_id)
    action.delete()
    messages.success(request, _("“%(name)s” is deleted.") % {"name": action})
    return redirect("settings-account-actions")
