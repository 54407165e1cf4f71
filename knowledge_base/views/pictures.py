"""Images of articles: taken from those who write, shown to whoever may read what shows them."""

from __future__ import annotations

from http import HTTPStatus

from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.http import content_disposition_header, parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from helpdesk.uploads import file_too_large
from knowledge_base.addresses import number_in, picture_path
from knowledge_base.audience import ANYBODY, reader_of
from knowledge_base.errors import Refused
from knowledge_base.models import Picture
from knowledge_base.pictures import may_see, take_picture
from knowledge_base.views.support import StaffRequest, writers_only

DAY = 24 * 3600


@require_POST
@writers_only
def upload(request: StaffRequest) -> HttpResponse:
    """Take one image: 201 with its number, address and size, or 413, 422 with the reason."""
    if reason := file_too_large(request):
        return JsonResponse({"detail": reason}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"detail": _("No file came with the request.")}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        picture = take_picture(file, file.name or "", by=request.user)
    except Refused as refusal:
        return JsonResponse({"detail": refusal.message}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    told = {"id": picture.pk, "url": picture_path(picture), "width": picture.width, "height": picture.height}
    return JsonResponse(told, status=HTTPStatus.CREATED)


@require_safe
def show(request: HttpRequest, name: str) -> HttpResponse:
    """An image by number and hash; by number alone for the editor, which knows no more.

    Whoever may not see it is told the same as if there were none (404). What everybody may see is kept by everybody
    for a day; the rest by nobody but its reader's own browser.
    """
    picture = get_object_or_404(Picture, pk=number_in(name))
    if name != picture_path(picture).rpartition("/")[2] and not (name.isdecimal() and reader_of(request).is_staff):
        raise Http404
    is_public = may_see(picture, ANYBODY)
    if not is_public and not may_see(picture, reader_of(request)):
        raise Http404
    etag = f'"{picture.file}"'
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=HTTPStatus.NOT_MODIFIED)
    else:
        response = HttpResponse(_content(picture), content_type=picture.content_type)
        response["Content-Disposition"] = content_disposition_header(False, picture.filename) or "inline"
    response["ETag"] = etag
    response["Cache-Control"] = f"public, max-age={DAY}" if is_public else "private, no-cache"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _content(picture: Picture) -> bytes:
    try:
        with default_storage.open(picture.file) as file:
            return bytes(file.read())
    except FileNotFoundError as error:
        raise Http404 from error
