"""`Idempotency-Key`: the same request sent twice is done once, and answered the same.

The key's row is written first: a second request with it waits for the first one's transaction, then finds its answer.
A request that was refused keeps nothing, so that its key can be used for the corrected one.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import timedelta
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, ParamSpec, cast

from django.core.serializers.json import DjangoJSONEncoder
from django.db import transaction
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response

from helpdesk.accounts.models import IdempotentAnswer, User

KEPT_FOR = timedelta(hours=2)
LONGEST = 255
HEADER = "X-Idempotency-Lookup"

P = ParamSpec("P")


def once(view: Callable[Concatenate[Any, Request, P], Response]) -> Callable[Concatenate[Any, Request, P], Response]:
    """For methods of an APIView that create something."""

    @wraps(view)
    def inner(self: Any, request: Request, *args: P.args, **kwargs: P.kwargs) -> Response:
        key = request.headers.get("Idempotency-Key", "")
        if not key:
            return view(self, request, *args, **kwargs)
        if len(key) > LONGEST or not key.isprintable():
            return _refused("The key must be printable and not longer than 255 characters.")
        with transaction.atomic():
            return _answer(request, key, lambda: view(self, request, *args, **kwargs))

    return cast(Callable[Concatenate[Any, Request, P], Response], inner)


def _answer(request: Request, key: str, view: Callable[[], Response]) -> Response:
    digest, user = _digest(request), cast(User, request.user)
    IdempotentAnswer.objects.filter(user=user, key=key, created_at__lt=timezone.now() - KEPT_FOR).delete()
    row, is_new = IdempotentAnswer.objects.get_or_create(user=user, key=key, defaults={"request_digest": digest})
    if not is_new:
        if row.request_digest != digest:
            return _refused("The same key was sent with another request.")
        return Response(row.body, row.status, headers={HEADER: "hit"})
    response = view()
    if response.status_code >= HTTPStatus.BAD_REQUEST:
        row.delete()
        return response
    row.status, row.body = response.status_code, json.loads(json.dumps(response.data, cls=DjangoJSONEncoder))
    row.save(update_fields=["status", "body"])
    response[HEADER] = "miss"
    return response


def _digest(request: Request) -> str:
    said = json.dumps(request.data, sort_keys=True, default=str)
    return hashlib.sha256(f"{request.method} {request.get_full_path()}\n{said}".encode()).hexdigest()


def _refused(reason: str) -> Response:
    return Response({"error": "IdempotentRequestError", "description": reason}, HTTPStatus.BAD_REQUEST)


def forget_old(limit: int = 5000) -> int:
    old = IdempotentAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR).order_by("created_at")
    numbers = list(old.values_list("pk", flat=True)[:limit])
    return IdempotentAnswer.objects.filter(pk__in=numbers).delete()[0]
