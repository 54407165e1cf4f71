"""What other companies call: /hooks/<kind>/<token>/, for each of our accounts there.

Signature first, over the bytes as they came; then they are stored; then 200. What they mean is found out by a worker.
A call with a wrong token, a wrong signature or none is 403, leaves no row, and is counted where the account is known.
"""

from __future__ import annotations

import logging
import re
from http import HTTPStatus

from django.conf import settings
from django.db.models import F
from django.http import HttpRequest, HttpResponse, HttpResponseForbidden, HttpResponseNotFound, UnreadablePostError
from django.http.request import RawPostDataException
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from channels_app.base import Hook, HookAnswer, Listener, Malformed
from channels_app.messaging.storing import store_hook
from channels_app.models import ProviderAccount
from channels_app.registry import listener_of
from helpdesk.lib.sealing import CannotOpen

LARGEST = 3 * 1024 * 1024  # bytes
TOKEN = re.compile(r"[A-Za-z0-9_-]{1,64}", re.ASCII)
PATH = re.compile(r"(?:[a-z][a-z-]{0,31})?", re.ASCII)

logger = logging.getLogger(__name__)


@csrf_exempt  # no browser with a cookie calls: the signature is the proof
@require_http_methods(["GET", "POST"])
def hook(request: HttpRequest, hook_kind: str, hook_token: str, hook_path: str = "") -> HttpResponse:
    adapter = listener_of(hook_kind)
    account = _account(hook_kind, hook_token) if adapter else None
    if account is None or adapter is None:
        return HttpResponseForbidden()
    if not PATH.fullmatch(hook_path):
        return HttpResponseNotFound()
    length = _length(request)
    if length is None:
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    if length > LARGEST:
        return HttpResponse(status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    try:
        called = _called(request, hook_path)
    except (UnreadablePostError, RawPostDataException):  # hung up in the middle
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    return _heard(account, adapter, called)


def _heard(account: ProviderAccount, adapter: Listener, called: Hook) -> HttpResponse:
    try:
        greeting = adapter.greet(account, called)
        if greeting is None and not adapter.is_signed(account, called):
            return _refuse(account)
    except CannotOpen:  # SECRET_KEY is another than when its secrets were sealed: nobody can prove anything
        logger.warning("the secrets of account %s can't be opened", account.pk)
        return _refuse(account)
    if greeting is not None:
        return _refuse(account) if greeting.status == HTTPStatus.FORBIDDEN else _answer(greeting)
    try:
        adapter.check(account, called)
    except Malformed as error:
        return HttpResponse(str(error), status=HTTPStatus.BAD_REQUEST, content_type="text/plain; charset=utf-8")
    store_hook(account, called, kept_headers=adapter.kept_headers)
    return _answer(adapter.answer(account, called))


def _length(request: HttpRequest) -> int | None:
    """As the call says; None for what is no number, at which Django would stumble."""
    told = str(request.META.get("CONTENT_LENGTH") or "0")
    return int(told) if re.fullmatch(r"[0-9]{1,18}", told) else None


def _account(kind: str, token: str) -> ProviderAccount | None:
    if not TOKEN.fullmatch(token):
        return None
    return ProviderAccount.objects.filter(kind=kind, hook_token=token).first()


def _called(request: HttpRequest, path: str) -> Hook:
    query = request.META.get("QUERY_STRING", "")
    return Hook(
        method=str(request.method),
        path=path,
        url=f"{settings.PUBLIC_URL.rstrip('/')}{request.path}" + (f"?{query}" if query else ""),
        query=query,
        headers={name.lower(): value for name, value in request.headers.items()},
        body=request.body,
        content_type=request.headers.get("Content-Type", ""),
    )


def _refuse(account: ProviderAccount) -> HttpResponse:
    counted = ProviderAccount.objects.filter(pk=account.pk)
    counted.update(refused_count=F("refused_count") + 1, last_refused_at=timezone.now())
    return HttpResponseForbidden()


def _answer(answer: HookAnswer) -> HttpResponse:
    return HttpResponse(answer.body, status=answer.status, content_type=answer.content_type)
