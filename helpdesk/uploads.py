"""How much anybody may send: refused by what the request says of itself, and while it is read, never afterwards.

Neither 5 GB of memory nor 5 GB of disk are ever taken: Django would write any upload to a temporary file first.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import NoReturn

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

MULTIPART_SLACK = 1024 * 1024  # boundaries, headers and words around the files


class RequestSizeMiddleware:
    """413 before a byte of the body is read; 411 for a body that does not say its length, which WSGI would not read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if "HTTP_TRANSFER_ENCODING" in request.META and not request.META.get("CONTENT_LENGTH"):
            return _refusal(
                request,
                _("Nothing was taken: this was sent in pieces, without its length. Send it with a Content-Length."),
                HTTPStatus.LENGTH_REQUIRED,
            )
        length = request.META.get("CONTENT_LENGTH") or "0"
        if not length.isdigit() or int(length) <= settings.MAX_MESSAGE_BYTES + MULTIPART_SLACK:
            return self.get_response(request)
        response = too_large(request)
        response["Connection"] = "close"  # what is still on its way is not for the next request
        return response


class SizeLimit(FileUploadHandler):
    """First of the upload handlers: a file that grows past the limit is read to its end and kept nowhere."""

    def new_file(self, *args: object, **kwargs: object) -> None:
        super().new_file(*args, **kwargs)  # type: ignore[arg-type]

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        if start + len(raw_data) > settings.MAX_ATTACHMENT_BYTES:
            self._refuse()
        return raw_data

    def _refuse(self) -> NoReturn:
        assert self.request is not None
        self.request.META["onethread.too_large"] = self.file_name or _("The file")
        raise SkipFile

    def file_complete(self, file_size: int) -> None:
        """The handlers after this one keep the file."""


def file_too_large(request: HttpRequest) -> str:
    """A sentence about the file of this request that was larger than one may be; empty if none was."""
    request.FILES  # noqa: B018  reads the body
    name = request.META.get("onethread.too_large")
    limit = settings.MAX_ATTACHMENT_BYTES // 1024 // 1024
    return _("“%(name)s” is larger than %(limit)s MB.") % {"name": name, "limit": limit} if name else ""


def too_large(request: HttpRequest) -> HttpResponse:
    limit = settings.MAX_MESSAGE_BYTES // 1024 // 1024
    reason = _("This is larger than %(limit)s MB, the most that one message may carry.") % {"limit": limit}
    return _refusal(request, reason, HTTPStatus.REQUEST_ENTITY_TOO_LARGE)


def _refusal(request: HttpRequest, reason: str, status: HTTPStatus) -> HttpResponse:
    if "json" in request.headers.get("Accept", "") or "HX-Request" in request.headers:
        return HttpResponse(json.dumps({"detail": reason}), content_type="application/json", status=status)
    title = "" if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE else _("That could not be taken")
    return render(request, "413.html", {"reason": reason, "title": title}, status=status)
