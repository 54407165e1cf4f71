"""Settings: chat widgets, their look, words, hours and sites."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from knowledge_base.centres import direction_of
from tickets.chat.widgets import delete_widget, save_widget
from tickets.chat_forms import TEXTS, WidgetForm
from tickets.models import ChatState, ChatWidget
from tickets.services import Refused
from tickets.views.portal.form_settings import admins_only, shelf
from tickets.views.support import StaffRequest, staff_only


@require_GET
@staff_only
def widget_list(request: StaffRequest) -> HttpResponse:
    admins_only(request)
    live = Count("chats", filter=~Q(chats__state=ChatState.ENDED))
    widgets = ChatWidget.objects.select_related("inbox", "team", "inbox__team").annotate(live=live)
    return render(request, "settings/chat/widgets.html", {"widgets": widgets, "active": "settings"})


@require_http_methods(["GET", "POST"])
@staff_only
def edit_widget(request: StaffRequest, widget_id: int | None = None) -> HttpResponse:
    admins_only(request)
    widget = get_object_or_404(ChatWidget, pk=widget_id) if widget_id else None
    form = WidgetForm(request.POST if request.method == "POST" else None, instance=widget)
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_widget(widget, form.values)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
            return redirect("settings-chat-widget", saved.pk) if widget else redirect("settings-chat-install", saved.pk)
    context = {
        "form": form,
        "widget": widget,
        "hue": form["hue"].value() or 0,
        "preview": _preview(form),
        "questions": shelf(widget) if widget else [],
        "base": questions_at(widget) if widget else "",
        "active": "settings",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "settings/chat/widget.html", context, status=status)


def questions_at(widget: ChatWidget) -> str:
    """Where its questions lie."""
    return f"{reverse('settings-chat-widget', args=[widget.pk])}questions/"


def _preview(form: WidgetForm) -> dict[str, str]:
    """What visitors see in the first language: what was typed, else what stands there by itself."""
    first = form.codes[0]
    said = {name: str(form[f"{name}_{first}"].value() or otherwise) for name, (_l, _m, otherwise) in TEXTS.items()}
    return {**said, "language": first, "direction": direction_of(first)}


@require_POST
@staff_only
def activity(request: StaffRequest, widget_id: int) -> HttpResponse:
    """Switched off, it is gone from its pages; chats under way go on."""
    admins_only(request)
    widget = get_object_or_404(ChatWidget, pk=widget_id)
    widget.is_active = request.POST.get("active") == "1"
    widget.save(update_fields=["is_active", "updated_at"])
    return redirect("settings-chat")


@require_POST
@staff_only
def deletion(request: StaffRequest, widget_id: int) -> HttpResponse:
    admins_only(request)
    widget = get_object_or_404(ChatWidget, pk=widget_id)
    try:
        delete_widget(widget)
    except Refused as refusal:
        messages.error(request, str(refusal))
        return redirect("settings-chat-widget", widget.pk)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": widget})
    return redirect("settings-chat")
