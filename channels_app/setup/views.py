"""Settings: channels. Which are connected, how each fares, and connecting another."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any
from uuid import uuid4

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from channels_app.messaging.hearing import read_again
from channels_app.messaging.keys import as_key
from channels_app.models import HookPayload, HookState, ProviderAccount, ProviderKind
from channels_app.setup import accounts
from channels_app.setup.forms import AccountForm
from channels_app.setup.health import health_of, told_by_provider
from channels_app.setup.setups import SETUPS, setup_of
from channels_app.setup.testing import newest_conversation, send_test
from tickets import policies
from tickets.services import Refused
from tickets.views.support import StaffRequest, require, staff_only

PAYLOADS_SHOWN = 10


def admins_only(request: StaffRequest) -> None:
    require(policies.may_manage(request.user), _("Only admins change settings."))


@require_GET
@staff_only
def channel_list(request: StaffRequest) -> HttpResponse:
    admins_only(request)
    found = ProviderAccount.objects.select_related("inbox")
    context = {
        "active": "settings",
        "accounts": [(account, setup_of(account.kind).icon, health_of(account)) for account in found],
        "kinds": [(kind, kind.label, setup_of(kind)) for kind in SETUPS],
    }
    return render(request, "settings/channels/list.html", context)


@require_http_methods(["GET", "POST"])
@staff_only
def connect(request: StaffRequest, channel_kind: str) -> HttpResponse:
    admins_only(request)
    if channel_kind not in SETUPS:
        raise Http404
    return _edited(request, channel_kind, None)


@require_http_methods(["GET", "POST"])
@staff_only
def edit(request: StaffRequest, account_id: int) -> HttpResponse:
    admins_only(request)
    account = get_object_or_404(ProviderAccount, pk=account_id)
    return _edited(request, account.kind, account)


def _edited(request: StaffRequest, kind: str, account: ProviderAccount | None) -> HttpResponse:
    form = AccountForm(request.POST if request.method == "POST" else None, kind, account)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            saved = accounts.save_account(
                account,
                kind,
                name=data["name"],
                inbox=data["inbox"],
                values=form.values,
                by=request.user,
                submit_key=data["submit_key"],
            )
        except Refused as refusal:
            form.refuse(refusal)
        else:
            if accounts.can_probe(saved):
                _tell(request, accounts.probe(saved))
            return redirect("settings-channel", saved.pk)
    context = {
        "active": "settings",
        "form": form,
        "account": account,
        "kind": ProviderKind(kind),
        "setup": setup_of(kind),
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "settings/channels/edit.html", context, status=status)


@require_GET
@staff_only
def channel_page(request: StaffRequest, account_id: int) -> HttpResponse:
    """The steps, the addresses, and whether anything has come yet."""
    admins_only(request)
    account = get_object_or_404(ProviderAccount.objects.select_related("inbox"), pk=account_id)
    context = {
        "active": "settings",
        "account": account,
        "setup": setup_of(account.kind),
        "addresses": accounts.hook_addresses(account),
        "secrets": accounts.shown_secrets(account),
        "can_probe": accounts.can_probe(account),
        "tested_with": newest_conversation(account, request.user),
        "submit_key": uuid4(),
        **_live(account),
    }
    return render(request, "settings/channels/channel.html", context)


@require_GET
@staff_only
def live(request: StaffRequest, account_id: int) -> HttpResponse:
    """How it fares: asked again every few seconds."""
    admins_only(request)
    account = get_object_or_404(ProviderAccount, pk=account_id)
    return render(request, "settings/channels/_live.html", {"account": account, **_live(account)})


def _live(account: ProviderAccount) -> dict[str, Any]:
    payloads = account.payloads.defer("raw").order_by("-pk")
    return {
        "health": health_of(account),
        "told": told_by_provider(account),
        "payloads": payloads[:PAYLOADS_SHOWN],
        "failed": payloads.filter(state=HookState.FAILED)[:PAYLOADS_SHOWN],
        "now": timezone.now(),
    }


@require_POST
@staff_only
def probing(request: StaffRequest, account_id: int) -> HttpResponse:
    admins_only(request)
    account = get_object_or_404(ProviderAccount, pk=account_id)
    if not accounts.can_probe(account):
        raise Http404
    _tell(request, accounts.probe(account))
    return redirect("settings-channel", account.pk)


@require_POST
@staff_only
def testing(request: StaffRequest, account_id: int) -> HttpResponse:
    """Answer who wrote last, to see that it arrives."""
    admins_only(request)
    account = get_object_or_404(ProviderAccount, pk=account_id)
    try:
        message = send_test(account, request.user, submit_key=as_key(request.POST.get("submit_key", "")))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = _("A test message is on its way: see ticket #%(number)s.")
        messages.success(request, said % {"number": message.ticket_id})
    return redirect("settings-channel", account.pk)


@require_POST
@staff_only
def activity(request: StaffRequest, account_id: int) -> HttpResponse:
    admins_only(request)
    account = get_object_or_404(ProviderAccount, pk=account_id)
    accounts.set_active(account, request.POST.get("active") == "1")
    return redirect("settings-channel", account.pk)


@require_http_methods(["GET", "POST"])
@staff_only
def removal(request: StaffRequest, account_id: int) -> HttpResponse:
    """GET asks, with what would go."""
    admins_only(request)
    account = get_object_or_404(ProviderAccount, pk=account_id)
    if request.method == "POST":
        try:
            accounts.remove_account(account)
        except Refused as refusal:
            messages.error(request, str(refusal))
            return redirect("settings-channel", account.pk)
        messages.success(request, _("“%(name)s” is no longer connected.") % {"name": account})
        return redirect("settings-channels")
    context = {"active": "settings", "account": account, "conversations": account.conversations.count()}
    return render(request, "settings/channels/removal.html", context)


@require_POST
@staff_only
def rereading(request: StaffRequest, hook_payload_id: int) -> HttpResponse:
    """Read once more what could not be read."""
    admins_only(request)
    payload = get_object_or_404(HookPayload, pk=hook_payload_id)
    read_again(payload)
    messages.success(request, _("It is read again."))
    return redirect("settings-channel", payload.account_id)


def _tell(request: StaffRequest, probed: accounts.Probed) -> None:
    if probed.is_well:
        messages.success(request, probed.words)
    else:
        messages.warning(request, probed.words)
