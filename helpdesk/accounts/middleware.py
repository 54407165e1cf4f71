"""Speak a member of staff's language and tell the time in their zone."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from helpdesk.accounts.models import User

LANGUAGES = dict(settings.LANGUAGES)


class PreferencesMiddleware:
    """After authentication: the profile wins over what the browser says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not isinstance(request.user, User):
            return self.get_response(request)
        language = request.user.language if request.user.language in LANGUAGES else translation.get_language()
        with timezone.override(ZoneInfo(request.user.time_zone)), translation.override(language):
            return self.get_response(request)
