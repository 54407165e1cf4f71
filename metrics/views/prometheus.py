"""`/metrics` for Prometheus."""

import hmac

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, generate_latest

from helpdesk.accounts.models import User
from metrics.gauges import Gauges
from tickets.policies import may_manage

registry = CollectorRegistry()
registry.register(Gauges())


@require_GET
def prometheus(request: HttpRequest) -> HttpResponse:
    """The numbers, for the bearer of METRICS_TOKEN or a signed-in admin."""
    if not may_scrape(request):
        return HttpResponseForbidden("Set METRICS_TOKEN and send it as a bearer token.\n", content_type="text/plain")
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)


def may_scrape(request: HttpRequest) -> bool:
    if settings.METRICS_TOKEN:
        expected = f"Bearer {settings.METRICS_TOKEN}".encode()
        if hmac.compare_digest(request.headers.get("Authorization", "").encode(), expected):
            return True
    return isinstance(request.user, User) and may_manage(request.user)
