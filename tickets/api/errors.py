"""The API's way of saying no: the shapes that clients of the Zendesk API know."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404
from rest_framework import exceptions
from rest_framework.response import Response
from rest_framework.views import exception_handler, set_rollback

from customers.errors import Problems
from customers.errors import Refused as RecordRefused
from tickets.models import ForbiddenMove
from tickets.services import Refused, TicketClosed


def answer_error(error: Exception, context: dict[str, Any]) -> Response | None:
    """DRF's exception handler: every refusal is JSON with an `error` that clients can tell apart."""
    set_rollback()
    match error:
        case Http404():
            return Response({"error": "RecordNotFound", "description": "Not found"}, HTTPStatus.NOT_FOUND)
        case exceptions.NotAuthenticated() | exceptions.AuthenticationFailed():
            return Response({"error": "Couldn't authenticate you"}, HTTPStatus.UNAUTHORIZED)
        case PermissionDenied() | exceptions.PermissionDenied():
            message = str(error) or "You do not have access to this resource."
            return Response({"error": {"title": "Forbidden", "message": message}}, HTTPStatus.FORBIDDEN)
        case exceptions.ParseError():
            return Response({"error": "InvalidRequest", "description": str(error)}, HTTPStatus.BAD_REQUEST)
        case exceptions.ValidationError():
            return invalid({field: _texts(errors) for field, errors in _fields(error.detail).items()})
        case TicketClosed() | ForbiddenMove():
            return invalid({"status": [f"Status: {error}"]})
        case Refused():
            return invalid({"base": [str(error)]})
        case Problems():
            return invalid({field: [reason] for field, reason in error.by_field.items()})
        case RecordRefused():
            return invalid({error.field or "base": [str(error)]})
    response = exception_handler(error, context)
    if response and isinstance(error, exceptions.Throttled):  # with the Retry-After that it has by now
        response.data = {"error": "TooManyRequests", "description": str(error.detail)}
    return response


def invalid(details: dict[str, list[str]]) -> Response:
    body = {
        "error": "RecordInvalid",
        "description": "Record validation errors",
        "details": {
            field: [{"description": text, "error": "InvalidValue"} for text in texts]
            for field, texts in details.items()
        },
    }
    return Response(body, HTTPStatus.UNPROCESSABLE_ENTITY)


def _fields(detail: Any) -> dict[str, Any]:
    return detail if isinstance(detail, dict) else {"base": detail}


def _texts(errors: Any) -> list[str]:
    return [str(error) for error in errors] if isinstance(errors, list) else [str(errors)]
