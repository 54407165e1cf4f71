"""A stored file on its way to a browser: in pieces, as a whole or in part, or "you have it already".

RFC 9110 §13 and §14: If-None-Match, If-Range, one byte range. Several ranges at once are answered with the whole file,
which the standard allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, parse_etags

from tickets.models import Attachment

CHUNK = 64 * 1024
RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)  # more digits than any file has bytes are no range
# What a browser shows without running anything in it; all else is saved.
SHOWN_INLINE = frozenset(
    "image/png image/jpeg image/gif image/webp image/avif image/bmp video/mp4 video/webm audio/mpeg audio/ogg "
    "audio/wav audio/x-wav audio/mp4 audio/m4a application/pdf text/plain".split()
)
BOXED = "default-src 'none'; frame-ancestors 'self'; sandbox"
# A sandbox would keep the browser's own PDF viewer out as well. It runs no script of the page's, and needs its styles.
BOXED_PDF = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'self'"


def send_file(request: HttpRequest, attachment: Attachment) -> HttpResponseBase:
    """The whole file (200), the part that was asked for (206, 416), or nothing new (304).

    `OSError` when the storage does not have it or does not answer: said before anything of the answer is on its way.
    """
    etag = f'"{attachment.sha256}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        return _boxed(HttpResponse(status=HTTPStatus.NOT_MODIFIED), attachment, etag)
    asked = _range_of(request, attachment.size, etag)
    if asked is None:
        return _boxed(_streamed(attachment, 0, attachment.size), attachment, etag)
    start, end = asked
    if start >= end:
        response = HttpResponse(status=HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        response["Content-Range"] = f"bytes */{attachment.size}"
        return _boxed(response, attachment, etag)
    response = _streamed(attachment, start, end - start, status=HTTPStatus.PARTIAL_CONTENT)
    response["Content-Range"] = f"bytes {start}-{end - 1}/{attachment.size}"
    return _boxed(response, attachment, etag)


def _range_of(request: HttpRequest, size: int, etag: str) -> tuple[int, int] | None:
    """Start and end (exclusive) of what is asked for; None for everything. No bytes are meant when end ≤ start."""
    asked = RANGE.fullmatch(request.headers.get("Range", "").strip())
    if not asked or asked[0] == "bytes=-" or request.headers.get("If-Range", etag) != etag:
        return None
    first, last = asked.groups()
    if not first:
        return max(0, size - int(last)), size if int(last) else 0
    return int(first), min(int(last) + 1, size) if last else size


def _streamed(attachment: Attachment, start: int, length: int, status: int = HTTPStatus.OK) -> HttpResponse:
    pieces = _pieces(attachment, start, length)
    first = next(pieces, b"")  # a storage that fails, fails here
    response: Any = StreamingHttpResponse(_begun(first, pieces), status=status)
    response["Content-Length"] = str(length)
    return response  # type: ignore[no-any-return]


def _begun(first: bytes, others: Iterator[bytes]) -> Iterator[bytes]:
    yield first
    yield from others


def _pieces(attachment: Attachment, start: int, length: int) -> Iterator[bytes]:
    """From a store that can, as it arrives; else from the opened file."""
    storage, name = attachment.file.storage, attachment.file.name or ""
    if hasattr(storage, "stream"):
        yield from storage.stream(name, start, length, CHUNK)
        return
    with storage.open(name, "rb") as file:
        file.seek(start)
        while length and (piece := file.read(min(CHUNK, length))):
            length -= len(piece)
            yield piece


def _boxed(response: HttpResponse, attachment: Attachment, etag: str) -> HttpResponse:
    """A file of a stranger under our own origin: it may neither run, nor be taken for something else."""
    shown = attachment.content_type in SHOWN_INLINE
    response["Content-Type"] = _type_of(attachment) if shown else "application/octet-stream"
    response["Content-Disposition"] = content_disposition_header(not shown, attachment.filename) or "attachment"
    response["Content-Security-Policy"] = BOXED_PDF if attachment.content_type == "application/pdf" else BOXED
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    response["Cache-Control"] = "private, max-age=3600"
    response["Accept-Ranges"] = "bytes"
    response["ETag"] = etag
    return response


def _type_of(attachment: Attachment) -> str:
    kind = attachment.content_type
    return f"{kind}; charset=utf-8" if kind == "text/plain" else kind
