"""Reading goes on, writing waits: for an upgrade or a database that moves (READ_ONLY=1)."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

SAFE = {"GET", "HEAD", "OPTIONS"}
STILL_OPEN = ("/accounts/login/", "/accounts/logout/")  # who cannot sign in cannot read either
RETRY_SECONDS = 120


class ReadOnlyMiddleware:
    """503 with a sentence for whatever would change something. Mail is stopped by stopping its processes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.READ_ONLY or request.method in SAFE or request.path.startswith(STILL_OPEN):
            return self.get_response(request)
        return refuse(request)


def refuse(request: HttpRequest) -> HttpResponse:
    reason = _("Onethread is read-only for a moment, for maintenance. Your words are kept: try again in a few minutes.")
    if "HX-Request" in request.headers or "json" in request.headers.get("Accept", ""):
        response: HttpResponse = JsonResponse({"detail": reason}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    else:
        response = render(request, "503.html", {"reason": reason}, status=HTTPStatus.SERVICE_UNAVAILABLE)
    response["Retry-After"] = str(RETRY_SECONDS)
    return response
