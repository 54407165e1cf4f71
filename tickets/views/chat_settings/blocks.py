"""Who gets no more chats: blocked by whoever has the chat before them, let in again by leads and admins."""

from __future__ import annotations

from datetime import timedelta

from django import forms
from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_POST

from tickets import policies
from tickets.chat import blocks, life
from tickets.models import BlockedBy, ChatBlock, EndedBy
from tickets.services import Refused
from tickets.views.chat.support import chat_for, done, refused
from tickets.views.support import StaffRequest, require, staff_only

DAYS = [
    ("1", gettext_lazy("a day")),
    ("7", gettext_lazy("a week")),
    ("30", gettext_lazy("30 days")),
    ("", gettext_lazy("for good")),
]


class BlockForm(forms.Form):
    """Of what the dialog in the console asks."""

    by = forms.ChoiceField(label=gettext_lazy("Keep out"), choices=BlockedBy.choices)
    days = forms.ChoiceField(label=gettext_lazy("For"), choices=DAYS, required=False)
    reason = forms.CharField(label=gettext_lazy("Why"), max_length=300, required=False)


@require_POST
@staff_only
def block_visitor(request: StaffRequest, chat_id: int) -> HttpResponse:
    """Whoever writes in this chat writes no more; the chat is over, its ticket stays."""
    chat = chat_for(request, chat_id)
    require(policies.may_chat(request.user))
    form = BlockForm(request.POST)
    if not form.is_valid():
        reason = next(str(errors[0]) for errors in form.errors.values())
        return refused(request, Refused(reason, field=next(iter(form.errors))))
    given, now = form.cleaned_data, timezone.now()
    until = now + timedelta(days=int(given["days"])) if given["days"] else None
    try:
        blocks.block(chat, given["by"], user=request.user, reason=given["reason"], until=until, now=now)
        if chat.is_live:
            life.end(chat, EndedBy.AGENT, user=request.user, now=now)
    except Refused as refusal:
        return refused(request, refusal)
    return done(request, chat)


@require_GET
@staff_only
def block_list(request: StaffRequest) -> HttpResponse:
    require(policies.may_lead_chats(request.user))
    current = Q(until=None) | Q(until__gt=timezone.now())
    rows = ChatBlock.objects.filter(current).select_related("made_by")
    return render(request, "settings/chat/blocked.html", {"blocks": rows, "active": "settings"})


@require_POST
@staff_only
def removal(request: StaffRequest, chat_block_id: int) -> HttpResponse:
    require(policies.may_lead_chats(request.user))
    block = get_object_or_404(ChatBlock, pk=chat_block_id)
    block.delete()
    messages.success(request, _("%(name)s may chat again.") % {"name": block.shown})
    return redirect("settings-chat-blocked")
