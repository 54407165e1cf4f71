"""Browsers that want to be told: subscribe one, remove one, and the worker script that shows the messages."""

from __future__ import annotations

import json
from http import HTTPStatus
from pathlib import Path

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from helpdesk.lib.assets import manifest
from helpdesk.lib.outside import NotAllowed
from tickets.models import PushSubscription
from tickets.notifications import push
from tickets.views.support import StaffRequest, staff_only, wants_fragment


def _only_when_on() -> None:
    if not settings.WEB_PUSH:
        raise Http404


@require_http_methods(["POST", "DELETE"])
@staff_only
def push_subscriptions(request: StaffRequest) -> HttpResponse:
    """JSON as a browser's `PushSubscription.toJSON()` writes it; DELETE needs the `endpoint` only."""
    _only_when_on()
    try:
        sent = json.loads(request.body)
        if request.method == "DELETE":
            PushSubscription.objects.filter(user=request.user, endpoint=str(sent["endpoint"])).delete()
            return HttpResponse(status=HTTPStatus.NO_CONTENT)
        endpoint, keys = str(sent["endpoint"]), sent["keys"]
        agent = request.headers.get("User-Agent", "")
        if len(endpoint) > 1000:
            raise ValueError("too long")
        kept = push.subscribe(request.user, endpoint, str(keys["p256dh"]), str(keys["auth"]), user_agent=agent)
    except NotAllowed:
        return _refused(_("Messages go to public https addresses only."))
    except (ValueError, KeyError, TypeError, RecursionError):
        return _refused(_("This is no subscription of a browser."))
    return JsonResponse({"id": kept.pk}, status=HTTPStatus.CREATED)


def _refused(reason: str) -> HttpResponse:
    return JsonResponse({"detail": reason}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_http_methods(["POST", "DELETE"])
@staff_only
def push_subscription(request: StaffRequest, subscription_id: int) -> HttpResponse:
    """Forget one of one's own browsers."""
    _only_when_on()
    get_object_or_404(PushSubscription, pk=subscription_id, user=request.user).delete()
    if request.method == "DELETE" or wants_fragment(request):
        return HttpResponse(status=HTTPStatus.NO_CONTENT)
    messages.success(request, _("This browser is told nothing any more."))
    return redirect("notification-settings")


@require_GET
def push_worker(request: HttpRequest) -> HttpResponse:
    """At a fixed address at the top, since a worker's place decides which pages it serves; it holds no secrets."""
    _only_when_on()
    script = (Path(settings.STATIC_ROOT) / manifest()["push-worker.js"]).read_bytes()
    return HttpResponse(script, content_type="text/javascript", headers={"Cache-Control": "no-cache"})
