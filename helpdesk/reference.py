"""A reference on every answer, so that "it broke at ten past nine" can be found in the log."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

logger = logging.getLogger(__name__)


class ReferenceMiddleware:
    """`request.reference` is on the error page, in the header X-Request-ID and, for every failure, in the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reference = secrets.token_hex(4)
        request.reference = reference  # type: ignore[attr-defined]
        response = self.get_response(request)
        response["X-Request-ID"] = reference
        if response.status_code == 500:
            logger.error("reference %s: %s %s", reference, request.method, request.path)
        return response
