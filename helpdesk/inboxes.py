"""Settings: the inboxes, each with the account through which its mail comes and goes."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from channels_app.models import ChannelAccount
from helpdesk.accounts.views import render_edit
from tickets import policies
from tickets.forms import InboxForm
from tickets.models import Inbox
from tickets.views.support import StaffRequest, require, staff_only


@require_GET
@staff_only
def inbox_list(request: StaffRequest) -> HttpResponse:
    require(policies.may_manage(request.user), _("Only admins change settings."))
    inboxes = Inbox.objects.select_related("team").order_by("-is_active", "name")
    return render(request, "settings/inboxes.html", {"inboxes": inboxes, "active": "settings"})


@require_http_methods(["GET", "POST"])
@staff_only
def edit_inbox(request: StaffRequest, inbox_id: int | None = None) -> HttpResponse:
    """Add an inbox, or change one. It is never deleted: its tickets keep it; switched off it takes no mail."""
    require(policies.may_manage(request.user), _("Only admins change settings."))
    inbox = get_object_or_404(Inbox, pk=inbox_id) if inbox_id else None
    heading = str(inbox or _("New inbox"))
    form = InboxForm(request.POST or None, instance=inbox)
    if request.method == "POST" and form.is_valid():
        saved = save_inbox(form)
        messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
        return redirect("settings-inboxes")
    return render_edit(request, form, heading, {"title": _("Inboxes"), "url": "settings-inboxes"})


@transaction.atomic
def save_inbox(form: InboxForm) -> Inbox:
    inbox = form.save()
    ChannelAccount.objects.get_or_create(inbox=inbox)
    return inbox
