"""Settings: Slack. Installing by token, where Slack has to call us, and what went wrong."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from helpdesk.integrations.models import SlackEvent, SlackEventState, SlackPost, SlackWorkspace
from helpdesk.integrations.slack import hearing, workspaces
from helpdesk.integrations.slack.calling import Failed, in_words
from helpdesk.integrations.slack.text import as_object, words_of
from tickets import policies
from tickets.views.support import StaffRequest, require, staff_only

SHOWN = 20
WORDS_SHOWN = 120  # characters


class InstallForm(forms.Form):
    token = forms.RegexField(
        r"^xoxb-[A-Za-z0-9-]{10,250}$",
        label=gettext_lazy("Bot token"),
        help_text=gettext_lazy("OAuth & Permissions → Bot User OAuth Token; it begins with xoxb-"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )
    signing_secret = forms.RegexField(
        r"^[A-Fa-f0-9]{16,128}$",
        label=gettext_lazy("Signing secret"),
        help_text=gettext_lazy("Basic Information → App Credentials"),
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "dir": "ltr"}),
    )


@require_http_methods(["GET", "POST"])
@staff_only
def slack_page(request: StaffRequest) -> HttpResponse:
    require(policies.may_manage(request.user), _("Only admins change settings."))
    form = InstallForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            installed = workspaces.install(
                request.user, form.cleaned_data["token"], form.cleaned_data["signing_secret"]
            )
        except Failed as failed:
            form.add_error("token", in_words(failed.error))
        else:
            messages.success(request, _("Slack is connected: %(name)s.") % {"name": installed})
            return redirect("settings-slack")
    context = {
        "active": "settings",
        "form": form,
        "workspaces": [_shown(each) for each in SlackWorkspace.objects.all()],
    }
    return render(request, "integrations/slack.html", context, status=422 if form.errors else 200)


@require_POST
@staff_only
def removal(request: StaffRequest, workspace_id: int) -> HttpResponse:
    require(policies.may_manage(request.user), _("Only admins change settings."))
    workspace = get_object_or_404(SlackWorkspace, pk=workspace_id)
    workspace.delete()
    messages.success(request, _("Slack is no longer connected: %(name)s.") % {"name": workspace})
    return redirect("settings-slack")


@require_POST
@staff_only
def retrial(request: StaffRequest, slack_event_id: int) -> HttpResponse:
    """Try once more to apply what Slack sent."""
    require(policies.may_manage(request.user), _("Only admins change settings."))
    hearing.try_again(get_object_or_404(SlackEvent, pk=slack_event_id))
    messages.success(request, _("It is tried again."))
    return redirect("settings-slack")


def _shown(workspace: SlackWorkspace) -> dict[str, Any]:
    posts = SlackPost.objects.filter(thread__workspace=workspace).select_related("thread")
    unread = workspace.events.filter(state=SlackEventState.FAILED).order_by("-pk")
    base = f"{settings.PUBLIC_URL}/hooks/slack/{workspace.hook_token}/"
    return {
        "row": workspace,
        "addresses": [
            (_("Event Subscriptions"), base),
            (_("Interactivity"), f"{base}interactivity/"),
            (_("Slash Commands"), f"{base}commands/"),
        ],
        "waiting": posts.filter(state__in=["waiting", "sending"]).count(),
        "failed": posts.filter(state="failed").order_by("-pk")[:SHOWN],
        "unread": [_unread(event) for event in unread[:SHOWN]],
        "unread_count": unread.count(),
    }


def _unread(event: SlackEvent) -> dict[str, Any]:
    """What came, why nothing came of it, and when: the last line of what went wrong says most."""
    told = as_object(event.body.get("event"))
    lines = event.detail.strip().splitlines()
    return {
        "row": event,
        "words": words_of(as_object(told.get("message")) or told)[:WORDS_SHOWN],
        "reason": lines[-1] if lines else "",
    }
