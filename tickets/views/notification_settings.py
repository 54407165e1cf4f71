"""Each person's own page: of what they want to hear, how, and when not."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from tickets.models import NotificationSettings
from tickets.notifications.forms import NotificationSettingsForm, way_labels
from tickets.notifications.vapid import public_key
from tickets.views.support import StaffRequest, staff_only


@require_http_methods(["GET", "POST"])
@staff_only
def notification_settings(request: StaffRequest) -> HttpResponse:
    stored = NotificationSettings.objects.filter(user=request.user).first() or NotificationSettings(user=request.user)
    form = NotificationSettingsForm(request.POST or None, instance=stored)
    if request.method == "POST" and form.is_valid():
        form.save()
        messages.success(request, _("Saved: from now on you are told like this."))
        return redirect("notification-settings")
    context = {
        "form": form,
        "way_labels": way_labels(),
        "web_push": settings.WEB_PUSH,
        "browsers": request.user.push_subscriptions.order_by("pk") if settings.WEB_PUSH else [],
        "push_key": public_key() if settings.WEB_PUSH else "",
        "active": "profile",
    }
    return render(request, "tickets/notifications/settings.html", context, status=422 if form.errors else 200)
