"""Files of messages, and uploads that wait for one."""

from __future__ import annotations

import logging
from http import HTTPStatus

from django.db.models import Q
from django.http import Http404, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from helpdesk.uploads import file_too_large
from tickets import attachments, policies, scanning, services
from tickets.chat import queue
from tickets.downloads import send_file
from tickets.models import Attachment, ChatEntry, Ticket
from tickets.views.support import StaffRequest, require, staff_only

logger = logging.getLogger(__name__)

STATUSES: dict[type[services.Refused], int] = {
    attachments.TooLarge: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
    attachments.IsProgram: HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
    attachments.NotStored: HTTPStatus.SERVICE_UNAVAILABLE,
}


@require_POST
@staff_only
def upload(request: StaffRequest) -> HttpResponse:
    """Take one file for a message being written: 201 with its id, or 413, 415, 422 with the reason."""
    require(policies.may_note(request.user))
    if reason := file_too_large(request):
        return JsonResponse({"detail": reason}, status=HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    file = request.FILES.get("file")
    if file is None:
        return JsonResponse({"detail": _("No file came with the request.")}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    name = attachments.safe_filename(file.name or "")
    try:
        saved = attachments.upload(request.user, name, file)
        scanning.check_upload(saved)
    except services.Refused as refusal:
        status = STATUSES.get(type(refusal), HTTPStatus.UNPROCESSABLE_ENTITY)
        return JsonResponse({"detail": str(refusal)}, status=status)
    return JsonResponse(saved.as_dict(), status=HTTPStatus.CREATED)


@require_http_methods(["DELETE"])
@staff_only
def forget_upload(request: StaffRequest, attachment_id: int) -> HttpResponse:
    """Drop an own upload that no message took."""
    get_object_or_404(Attachment, pk=attachment_id, message=None, uploaded_by=request.user).delete()
    return HttpResponse(status=HTTPStatus.NO_CONTENT)


@require_safe
@staff_only
def download(request: StaffRequest, attachment_id: int, filename: str) -> HttpResponseBase:
    """The file, to whoever may see its ticket, or to its uploader before it was sent; 403 while it may hold malware.

    404 when the storage has lost it, 503 while the storage is away.
    """
    visible = Q(message__ticket__in=Ticket.objects.visible_to(request.user), removed_at=None)
    own = Q(message=None, uploaded_by=request.user)
    found = Attachment.objects.filter(visible | own, pk=attachment_id).first()
    attachment = found or _said_just_now(request, attachment_id)
    reason = scanning.why_blocked(attachment.filename, attachment.scan_state, attachment.scan_detail)
    require(not reason, reason)
    try:
        return send_file(request, attachment)
    except FileNotFoundError:
        logger.error("the file of attachment %s is gone: %s", attachment.pk, attachment.file.name)
        return _unreadable(
            request, attachment, HTTPStatus.NOT_FOUND, _("“%(name)s” is not in the file storage any more.")
        )
    except OSError:
        logger.exception("attachment %s could not be read", attachment.pk)
        reason = _("“%(name)s” can’t be read at the moment. Try again in a few minutes.")
        return _unreadable(request, attachment, HTTPStatus.SERVICE_UNAVAILABLE, reason)


def _said_just_now(request: StaffRequest, attachment_id: int) -> Attachment:
    """A file of a chat's line that is not on the ticket yet, to whoever may see the chat: that takes a second."""
    lines = ChatEntry.objects.filter(
        payload__files__contains=attachment_id, is_settled=False, chat__in=queue.visible_to(request.user)
    )
    if not policies.may_enter(request.user) or not lines.exists():
        raise Http404
    return get_object_or_404(Attachment, pk=attachment_id, message=None, removed_at=None)


def _unreadable(request: StaffRequest, attachment: Attachment, status: HTTPStatus, reason: str) -> HttpResponse:
    context = {"title": attachment.filename, "reason": reason % {"name": attachment.filename}}
    return render(request, "tickets/file_gone.html", context, status=status)
