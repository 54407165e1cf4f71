"""Settings: how a widget gets onto a page, and the keys by which the page says who its visitor is."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tickets.chat.keys import create_key, retire_key
from tickets.chat_forms import KeyForm
from tickets.models import ChatKey, ChatWidget, KeyAlgorithm
from tickets.services import Refused
from tickets.views.portal.form_settings import admins_only
from tickets.views.support import StaffRequest, staff_only


@require_http_methods(["GET", "POST"])
@staff_only
def install(request: StaffRequest, widget_id: int) -> HttpResponse:
    """POST makes a key. Its secret is in this one answer, which nothing keeps, and in no address."""
    admins_only(request)
    widget = get_object_or_404(ChatWidget, pk=widget_id)
    form, made, secret = KeyForm(initial={"algorithm": KeyAlgorithm.HS256}), None, ""
    if request.method == "POST":
        form = KeyForm(request.POST)
        if form.is_valid():
            try:
                made, secret = create_key(widget, **form.cleaned_data)
            except Refused as refusal:
                form.refuse(refusal)
            else:
                form = KeyForm(initial={"algorithm": KeyAlgorithm.HS256})
                widget.refresh_from_db()
    context = {
        "widget": widget,
        "form": form,
        "made": made,
        "secret": secret,
        "keys": widget.keys.order_by("retired_at", "-pk"),
        "snippet": f'<script src="{settings.PUBLIC_URL}/widget.js" data-key="{widget.key}" async></script>',
        "site": settings.PUBLIC_URL,
        "socket": settings.PUBLIC_URL.replace("http", "ws", 1),
        "active": "settings",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    response = render(request, "settings/chat/install.html", context, status=status)
    response["Cache-Control"] = "no-store"
    return response


@require_POST
@staff_only
def retirement(request: StaffRequest, chat_key_id: int) -> HttpResponse:
    admins_only(request)
    key = get_object_or_404(ChatKey, pk=chat_key_id)
    retire_key(key)
    messages.success(request, _("The key counts no more."))
    return redirect("settings-chat-install", key.widget_id)
