"""Saying no: a page for people, a short answer with its reason for the scripts."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views import defaults

from knowledge_base.views.help.missing import missing


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    if getattr(request, "htmx", False):
        return JsonResponse({"detail": str(exception)}, status=403)
    return render(request, "403.html", {"reason": str(exception)}, status=403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    if getattr(request, "htmx", False):
        return HttpResponse(status=404)
    if (found := missing(request)) is not None:
        return found
    return defaults.page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """Something of ours failed: say so with the reference under which it stands in the log."""
    reference = getattr(request, "reference", "")
    return render(request, "500.html", {"reference": reference}, status=500)
