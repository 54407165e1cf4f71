"""Speak a member of staff's language and tell the time in their zone."""

from __future__ import annotations

from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from helpdesk.accounts.models import User
from helpdesk.accounts.sessions import signed_in

LANGUAGES = dict(settings.LANGUAGES)


class PreferencesMiddleware:
    """After authentication: the profile wins over what the browser says."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        user = signed_in(request)
        if not isinstance(user, User):
            return self.get_response(request)
        request.user = user  # itself, not the lazy stand-in: a page asks it for something a hundred times
        language = user.language if user.language in LANGUAGES else translation.get_language()
        with timezone.override(ZoneInfo(user.time_zone)), translation.override(language):
            return self.get_response(request)
