"""Settings: mailboxes elsewhere that mail is fetched from, and how each fares."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from channels_app.mailboxes.errors import NoAccess
from channels_app.mailboxes.fetching import check
from channels_app.mailboxes.forms import MailboxForm
from channels_app.mailboxes.health import health_of
from channels_app.models import Mailbox
from helpdesk.accounts.views import render_edit
from tickets import policies
from tickets.views.support import StaffRequest, require, staff_only

LIST = "settings-mailboxes"


def admins_only(request: StaffRequest) -> None:
    require(policies.may_manage(request.user), _("Only admins change settings."))


@require_GET
@staff_only
def mailbox_list(request: StaffRequest) -> HttpResponse:
    admins_only(request)
    found = Mailbox.objects.select_related("account__inbox")
    context = {"mailboxes": [(mailbox, health_of(mailbox)) for mailbox in found], "active": "settings"}
    return render(request, "settings/mailboxes.html", context)


@require_http_methods(["GET", "POST"])
@staff_only
def edit(request: StaffRequest, mailbox_id: int | None = None) -> HttpResponse:
    """Add a mailbox, or change one. It is saved whether or not the server lets us in: that is said."""
    admins_only(request)
    mailbox = get_object_or_404(Mailbox, pk=mailbox_id) if mailbox_id else None
    heading = str(mailbox or _("New mailbox"))
    form = MailboxForm(request.POST or None, mailbox)
    if request.method == "POST" and form.is_valid():
        form.instance.updated_at = timezone.now()
        saved = form.save()
        _try(request, saved)
        return redirect(LIST)
    return render_edit(request, form, heading, {"title": _("Mailboxes"), "url": LIST})


@require_POST
@staff_only
def testing(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    admins_only(request)
    _try(request, get_object_or_404(Mailbox, pk=mailbox_id))
    return redirect(LIST)


@require_POST
@staff_only
def activity(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    """Pause it, or go on: what came meanwhile lies there and is fetched then."""
    admins_only(request)
    mailbox = get_object_or_404(Mailbox, pk=mailbox_id)
    is_active = request.POST.get("active") == "1"
    Mailbox.objects.filter(pk=mailbox.pk).update(is_active=is_active, updated_at=timezone.now())
    return redirect(LIST)


@require_http_methods(["GET", "POST"])
@staff_only
def removal(request: StaffRequest, mailbox_id: int) -> HttpResponse:
    """GET asks. Mails that were fetched stay on their tickets."""
    admins_only(request)
    mailbox = get_object_or_404(Mailbox, pk=mailbox_id)
    if request.method == "POST":
        mailbox.delete()
        messages.success(request, _("Mail is no longer fetched from %(mailbox)s.") % {"mailbox": mailbox})
        return redirect(LIST)
    return render(request, "settings/mailbox_removal.html", {"mailbox": mailbox, "active": "settings"})


def _try(request: StaffRequest, mailbox: Mailbox) -> None:
    try:
        count = check(mailbox, now=timezone.now())
    except NoAccess as error:
        messages.warning(request, _("%(mailbox)s is saved, but: %(problem)s") % {"mailbox": mailbox, "problem": error})
    else:
        said = _("%(mailbox)s can be read. Mails there now: %(count)s.")
        messages.success(request, said % {"mailbox": mailbox, "count": count})
