"""Settings: webhooks. The endpoints, what each was told, and what it answered."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpdesk.integrations.forms import EVENT_CHOICES, EndpointForm
from helpdesk.integrations.models import DeliveryState, WebhookDelivery, WebhookEndpoint
from helpdesk.integrations.webhooks import endpoints
from helpdesk.lib.sealing import CannotOpen
from helpdesk.lib.typed import whole_number
from tickets import policies
from tickets.builder import as_dicts, conditions_data
from tickets.views.support import StaffRequest, require, staff_only

PER_PAGE = 50
MOST_REPLAYED = 1000
TONES = {
    DeliveryState.WAITING: "amber",
    DeliveryState.SENDING: "blue",
    DeliveryState.DELIVERED: "green",
    DeliveryState.FAILED: "red",
}


def _admin(request: StaffRequest) -> None:
    require(policies.may_manage(request.user), _("Only admins change settings."))


@require_GET
@staff_only
def endpoint_list(request: StaffRequest) -> HttpResponse:
    _admin(request)
    waiting = Count("deliveries", filter=Q(deliveries__state__in=[DeliveryState.WAITING, DeliveryState.SENDING]))
    found = WebhookEndpoint.objects.annotate(waiting=waiting).order_by("-is_active", "name")
    return render(request, "integrations/webhooks.html", {"endpoints": found, "active": "settings"})


@require_http_methods(["GET", "POST"])
@staff_only
def edit_endpoint(request: StaffRequest, endpoint_id: int | None = None) -> HttpResponse:
    _admin(request)
    endpoint = get_object_or_404(WebhookEndpoint, pk=endpoint_id) if endpoint_id else None
    form = EndpointForm(request.POST or None, instance=endpoint)
    if request.method == "POST" and form.is_valid():
        if endpoint is None:
            endpoint = endpoints.create_endpoint(request.user, **form.cleaned_data)
        else:
            form.instance.updated_at = timezone.now()
            form.save()
        messages.success(request, _("The webhook “%(name)s” is saved.") % {"name": endpoint})
        return redirect("settings-webhook", endpoint.pk)
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "integrations/webhook_edit.html", _editor(request, form, endpoint), status=status)


@require_GET
@staff_only
def endpoint_page(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """What it is, its secret, and the log: the newest first; `?before=<id>` goes on, `?state=` shows one state."""
    _admin(request)
    endpoint = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    rows = endpoint.deliveries.all()
    if (state := request.GET.get("state", "")) in DeliveryState.values:
        rows = rows.filter(state=state)
    if before := whole_number(request.GET.get("before", "")):
        rows = rows.filter(pk__lt=before)
    page = list(rows.order_by("-pk").defer("body")[: PER_PAGE + 1])
    context = {
        "active": "settings",
        "endpoint": endpoint,
        "told_of": [label for kind, label in EVENT_CHOICES if kind in endpoint.kinds],
        "deliveries": [(each, TONES[DeliveryState(each.state)]) for each in page[:PER_PAGE]],
        "older": page[PER_PAGE - 1].pk if len(page) > PER_PAGE else None,
        "failed": endpoint.deliveries.filter(state=DeliveryState.FAILED)[:MOST_REPLAYED].count(),
        "state": state,
        "states": DeliveryState.choices,
    }
    return render(request, "integrations/webhook.html", context)


@require_GET
@staff_only
def delivery_page(request: StaffRequest, webhook_delivery_id: int) -> HttpResponse:
    _admin(request)
    delivery = get_object_or_404(WebhookDelivery.objects.select_related("endpoint"), pk=webhook_delivery_id)
    try:
        body = json.dumps(json.loads(delivery.body), indent=2, ensure_ascii=False)
    except ValueError:
        body = delivery.body
    context = {
        "active": "settings",
        "delivery": delivery,
        "tone": TONES[DeliveryState(delivery.state)],
        "body": body,
        "attempts": delivery.attempts.order_by("-number"),
    }
    return render(request, "integrations/webhook_delivery.html", context)


@require_POST
@staff_only
def secret(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """The secret, asked for on purpose; with `rotate` a new one. Never part of a page that is kept."""
    _admin(request)
    endpoint = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    if "rotate" in request.POST:
        endpoint = endpoints.rotate_secret(endpoint)
    try:
        context = {"secret": endpoints.secret_of(endpoint), "endpoint": endpoint}
    except CannotOpen:
        context = {"secret": "", "endpoint": endpoint}
    answer = render(request, "integrations/webhook_secret.html", {**context, "active": "settings"})
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
@staff_only
def test(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    _admin(request)
    endpoint = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    if endpoint.is_active:
        endpoints.send_test(endpoint)
        messages.success(request, _("A test is on its way: see the log."))
    else:
        messages.error(request, _("Switch the webhook on first."))
    return redirect("settings-webhook", endpoint.pk)


@require_POST
@staff_only
def activity(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """`active=1` switches it on again, and sends what waits; anything else switches it off."""
    _admin(request)
    endpoint = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    if request.POST.get("active") == "1":
        endpoints.enable(endpoint)
    else:
        endpoint.is_active, endpoint.disabled_reason = False, ""
        endpoint.save(update_fields=["is_active", "disabled_reason"])
    return redirect("settings-webhook", endpoint.pk)


@require_POST
@staff_only
def deletion(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """With its log. Rules that name it say so from then on."""
    _admin(request)
    endpoint = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    endpoint.delete()
    messages.success(request, _("The webhook “%(name)s” is deleted.") % {"name": endpoint})
    return redirect("settings-webhooks")


@require_POST
@staff_only
def replays(request: StaffRequest, endpoint_id: int) -> HttpResponse:
    """Says again what is ticked (`delivery`), or with `failed=1` all that could not be delivered."""
    _admin(request)
    endpoint = get_object_or_404(WebhookEndpoint, pk=endpoint_id)
    rows = endpoint.deliveries.defer("body")
    if request.POST.get("failed") == "1":
        chosen = rows.filter(state=DeliveryState.FAILED).order_by("pk")
    else:
        chosen = rows.filter(pk__in=[whole_number(each) or 0 for each in request.POST.getlist("delivery")])
    count = endpoints.replay(chosen[:MOST_REPLAYED])
    said = ngettext("%(count)s delivery is sent again.", "%(count)s deliveries are sent again.", count)
    messages.success(request, said % {"count": count})
    return redirect("settings-webhook", endpoint.pk)


def _editor(request: StaffRequest, form: EndpointForm, endpoint: WebhookEndpoint | None) -> dict[str, Any]:
    text = form["conditions"].value() or "{}"
    try:
        tree = json.loads(text)
    except (ValueError, RecursionError):
        tree = {}
    return {
        "active": "settings",
        "form": form,
        "endpoint": endpoint,
        "tree": text,
        "data": conditions_data(tree, request.user),
        "problems": as_dicts(form.found_problems),
    }
