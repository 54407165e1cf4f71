"""Settings: the inboxes."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from tickets import policies
from tickets.forms import InboxForm
from tickets.models import Inbox
from tickets.views.support import StaffRequest, require, staff_only


@require_GET
@staff_only
def inbox_list(request: StaffRequest) -> HttpResponse:
    require(policies.may_manage(request.user))
    inboxes = Inbox.objects.select_related("team").order_by("-is_active", "name")
    return render(request, "settings/inboxes.html", {"inboxes": inboxes})


@require_http_methods(["GET", "POST"])
@staff_only
def edit_inbox(request: StaffRequest, inbox_id: int | None = None) -> HttpResponse:
    """Add an inbox, or change one. It is never deleted: its tickets keep it; switched off it takes no mail."""
    require(policies.may_manage(request.user))
    inbox = get_object_or_404(Inbox, pk=inbox_id) if inbox_id else None
    form = InboxForm(request.POST or None, instance=inbox)
    if request.method == "POST" and form.is_valid():
        saved = form.save()
        messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
        return redirect("settings-inboxes")
    status = 422 if request.method == "POST" else 200
    return render(request, "settings/inbox.html", {"form": form, "inbox": inbox}, status=status)
