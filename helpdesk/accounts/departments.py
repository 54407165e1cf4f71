"""Other departments (`Role.COMPANY`) read customers and give feedback; the workspace of tickets is closed to them.

What is open to them is named here, so that a page that is added later is closed until somebody opens it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from helpdesk.accounts.models import Role, User

FIRST_PAGE = "/customers/"
# The names of addresses. Each view still asks its own policy.
OPEN = frozenset((
    "home", "setup", "preferences", "keyboard", "profile", "push-worker",
    "preferences-answers", "unsubscribe", "identity-proof",
    "customers", "customer-count", "customer", "customer-record", "customer-identities", "customer-dates",
    "customer-picture", "customer-orders", "customer-consent", "customer-timeline", "customer-health", "customer-notes",
    "whole-message",
    "organisations", "organisation", "organisation-members", "organisation-timeline", "organisation-numbers",
    "survey-answer", "survey-trial",
    "feedback-board", "feedback-share", "feedback-topic", "feedback-removal", "article-vote", "article-comments",
))  # fmt: skip
# Signing in and out, one's own password; what is there for customers, and for everybody.
OPEN_PREFIXES = ("account_", "help-", "portal-", "contact", "offer-", "answer-", "widget-")


class DepartmentMiddleware:
    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: Callable[..., HttpResponse], args: list[Any], kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        user = request.user
        if not isinstance(user, User) or user.role != Role.COMPANY:
            return None
        name = (request.resolver_match.url_name if request.resolver_match else "") or ""
        if name in OPEN or name.startswith(OPEN_PREFIXES):
            return None
        if name == "queue":  # where everybody is led who has signed in
            return redirect(FIRST_PAGE)
        raise PermissionDenied(_("Your role includes customers and feedback, not the work on tickets."))
