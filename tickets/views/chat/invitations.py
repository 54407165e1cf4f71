"""Settings: invitations to chat, in the order in which they are tried, with what came of each wording."""

from __future__ import annotations

from http import HTTPStatus

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tickets.chat.flow_upkeep import first_language
from tickets.chat.invitation_upkeep import move_invitation, save_invitation
from tickets.chat.invitations import figures
from tickets.chat_invitation_forms import InvitationForm
from tickets.models import ChatInvitation, ChatWidget
from tickets.services import Refused
from tickets.views.chat.flows import admins_only
from tickets.views.support import StaffRequest, staff_only


@require_GET
@staff_only
def invitation_list(request: StaffRequest) -> HttpResponse:
    admins_only(request)
    rows = [(each, figures(each)) for each in ChatInvitation.objects.select_related("widget")]
    return render(request, "settings/chat/invitations.html", {"invitations": rows, "active": "settings"})


@require_http_methods(["GET", "POST"])
@staff_only
def edit_invitation(request: StaffRequest, invitation_id: int | None = None) -> HttpResponse:
    admins_only(request)
    invitation = get_object_or_404(ChatInvitation, pk=invitation_id) if invitation_id else None
    form = InvitationForm(
        request.POST if request.method == "POST" else None, invitation=invitation, languages=_languages()
    )
    if request.method == "POST" and form.is_valid():
        try:
            saved = save_invitation(invitation, form.values)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("“%(name)s” is saved.") % {"name": saved})
            return redirect("settings-chat-invitations")
    context = {
        "form": form,
        "invitation": invitation,
        "figures": figures(invitation) if invitation else [],
        "active": "settings",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "settings/chat/invitation.html", context, status=status)


def _languages() -> list[str]:
    """Those of all widgets, since the widget is chosen on the same page."""
    found: dict[str, None] = {}
    for widget in ChatWidget.objects.all():
        found |= dict.fromkeys([first_language(widget), *widget.languages])
    return list(found) or ["en"]


@require_POST
@staff_only
def position(request: StaffRequest, invitation_id: int) -> HttpResponse:
    admins_only(request)
    invitation = get_object_or_404(ChatInvitation, pk=invitation_id)
    move_invitation(invitation, 1 if request.POST.get("step") == "1" else -1)
    return redirect("settings-chat-invitations")


@require_POST
@staff_only
def deletion(request: StaffRequest, invitation_id: int) -> HttpResponse:
    admins_only(request)
    invitation = get_object_or_404(ChatInvitation, pk=invitation_id)
    invitation.delete()
    messages.success(request, _("“%(name)s” is deleted.") % {"name": invitation})
    return redirect("settings-chat-invitations")
