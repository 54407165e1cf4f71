"""Files of messages, and uploads that wait for one."""

from __future__ import annotations

from http import HTTPStatus

from django.conf import settings
from django.db.models import Q
from django.http import FileResponse, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from tickets import attachments, policies, services
from tickets.models import Attachment, Ticket
from tickets.views.support import StaffRequest, require, staff_only

# What a browser shows without running anything in it; all else is saved.
SHOWN_INLINE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "text/plain"})


@require_POST
@staff_only
def upload(request: StaffRequest) -> HttpResponse:
    """Take one file for a message being written: 201 with its id, or 413, 415, 422 with the reason."""
    require(policies.may_note(request.user))
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"detail": _("No file came with the request.")}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    name = attachments.safe_filename(file.name or "")
    content = file.read(settings.MAX_ATTACHMENT_BYTES + 1)  # one more than allowed is enough to be refused
    try:
        saved = attachments.upload(request.user, name, content)
    except services.Refused as refusal:
        return JsonResponse({"detail": str(refusal)}, status=_refusal_status(name, content))
    return JsonResponse(saved.as_dict(), status=HTTPStatus.CREATED)


def _refusal_status(name: str, content: bytes) -> int:
    if len(content) > settings.MAX_ATTACHMENT_BYTES:
        return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    refused = attachments.is_refused_type(name)
    return HTTPStatus.UNSUPPORTED_MEDIA_TYPE if refused else HTTPStatus.UNPROCESSABLE_ENTITY


@require_http_methods(["DELETE"])
@staff_only
def forget_upload(request: StaffRequest, attachment_id: int) -> HttpResponse:
    """Drop an own upload that no message took."""
    get_object_or_404(Attachment, pk=attachment_id, message=None, uploaded_by=request.user).delete()
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_GET
@staff_only
def download(request: StaffRequest, attachment_id: int, filename: str) -> FileResponse:
    """The file, to whoever may see its ticket, or to its uploader before it was sent."""
    visible = Q(message__ticket__in=Ticket.objects.visible_to(request.user))
    own = Q(message=None, uploaded_by=request.user)
    attachment = get_object_or_404(Attachment.objects.filter(visible | own), pk=attachment_id)
    shown = attachment.content_type in SHOWN_INLINE
    response = FileResponse(
        attachment.file.open("rb"),
        as_attachment=not shown,
        filename=attachment.filename,
        content_type=attachment.content_type if shown else "application/octet-stream",
    )
    return _boxed(response)


def _boxed(response: FileResponse) -> FileResponse:
    """A file of a stranger under our own origin: it may neither run, nor be taken for something else."""
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, max-age=3600"
    return response
