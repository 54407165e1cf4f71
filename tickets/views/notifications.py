"""The notification centre: the bell, its panel, the page, and saying that something was read."""

from __future__ import annotations

from http import HTTPStatus

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from tickets.models import Notification
from tickets.notifications.centre import bell_of, mark_read, page_of, with_words
from tickets.views.support import StaffRequest, staff_only, wants_fragment

PANEL_SIZE = 15


@require_GET
@staff_only
def notification_page(request: StaffRequest) -> HttpResponse:
    """The page; its list alone for the page that keeps itself fresh, and a short list for the bell's panel."""
    is_panel = "panel" in request.GET
    page = page_of(request.user, after=request.GET.get("after", ""), **({"size": PANEL_SIZE} if is_panel else {}))
    context = {"page": page, "active": "notifications", "is_panel": is_panel}
    if is_panel:
        return render(request, "tickets/notifications/_panel.html", context)
    if wants_fragment(request):
        return render(request, "tickets/notifications/_list.html", context)
    return render(request, "tickets/notifications/page.html", context)


@require_GET
@staff_only
def bell(request: StaffRequest) -> HttpResponse:
    return render(request, "tickets/notifications/bell.html", {"bell": bell_of(request.user)})


@require_GET
@staff_only
def notification(request: StaffRequest, notification_id: int) -> HttpResponse:
    """Where it happened; whoever goes there has read it, with scripts or without."""
    rows = Notification.objects.visible_to(request.user).filter(pk=notification_id)
    get_object_or_404(rows)
    mark_read(request.user, notification=notification_id)
    return redirect(with_words(rows, request.user)[0].path)


@require_POST
@staff_only
def reading(request: StaffRequest) -> HttpResponse:
    """Mark read: `ticket`, `notification`, or all up to the id `until`. Saying it twice does no harm."""
    named = {name: request.POST[name] for name in ("ticket", "notification", "until") if name in request.POST}
    if not named or not all(value.isdecimal() and len(value) <= 18 for value in named.values()):
        return HttpResponse(_("Say what was read."), status=HTTPStatus.BAD_REQUEST)
    said = {name: int(value) for name, value in named.items()}
    mark_read(request.user, ticket=said.get("ticket"), notification=said.get("notification"), until=said.get("until"))
    return HttpResponse(status=HTTPStatus.NO_CONTENT) if wants_fragment(request) else redirect("notifications")
