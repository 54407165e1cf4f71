"""Files that a visitor sends up and gets: one at a time, checked before anybody has them, sent with the next words."""

from __future__ import annotations

import logging
from datetime import timedelta
from http import HTTPStatus
from typing import Final

from django.conf import settings
from django.core.files import File
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from channels_app.chat import files, tokens
from channels_app.chat.origins import origin_of_request
from channels_app.chat.session import Closed, Session, visitor_of, widget_by_id
from channels_app.chat.welcoming import find_visitor
from helpdesk.lib.limits import is_too_often
from helpdesk.uploads import file_too_large
from tickets import attachments, scanning
from tickets.chat import blocks
from tickets.downloads import send_file
from tickets.models import Attachment, ChatUpload, ChatVisitor
from tickets.services import Refused

logger = logging.getLogger(__name__)

MOST_UNSENT: Final = 20
AN_HOUR: Final = timedelta(hours=1)
OF_VISITOR, OF_ADDRESS = 60, 300  # files an hour
STATUSES: dict[type[Refused], tuple[int, str]] = {
    attachments.TooLarge: (HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "files"),
    attachments.IsProgram: (HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "files"),
    attachments.NotStored: (HTTPStatus.SERVICE_UNAVAILABLE, "files"),
    Closed: (HTTPStatus.FORBIDDEN, "closed"),
}


class TooMany(Refused):
    """Files in an hour, or files that no words went out with."""


@csrf_exempt  # whoever has the token is the visitor; no cookie is asked
@require_POST
def upload(request: HttpRequest) -> HttpResponse:
    """One file for the visitor's next words: 201 with its id; else the reason, as a `refused` of the protocol."""
    try:
        session = _session(request)
        if reason := file_too_large(request):
            raise attachments.TooLarge(reason)
        file = request.FILES.get("file")
        if file is None:
            raise Refused(_("No file came with the request."))
        saved = _save(session, file)
    except TooMany as refusal:
        return _refused(HTTPStatus.TOO_MANY_REQUESTS, "too_many", refusal)
    except Refused as refusal:
        status, code = STATUSES.get(type(refusal), (HTTPStatus.UNPROCESSABLE_ENTITY, "files"))
        return _refused(status, code, refusal)
    return JsonResponse(files.described(saved.as_dict()), status=HTTPStatus.CREATED)


def _refused(status: int, code: str, refusal: Refused) -> JsonResponse:
    return JsonResponse({"code": code, "reason": str(refusal)}, status=status)


def _session(request: HttpRequest) -> Session:
    """Whose token it is, as far as they may send files. Raises `Refused`."""
    token = tokens.read(request.GET.get("token", ""))
    if token is None:
        raise Closed()
    widget, now = widget_by_id(token.widget_id), timezone.now()
    session = Session(
        origin_of_request(request), widget.key, token.visitor, "", is_known=True, is_vouched=token.is_vouched
    )
    visitor = find_visitor(session)
    if session.visitor_id != token.visitor or (widget.needs_verified and not session.is_vouched):
        raise Closed()
    customer = visitor.customer_id if visitor else None
    if not widget.takes_files or blocks.is_blocked(token.visitor, session.origin.address, customer=customer, now=now):
        raise Closed()
    return session


def _save(session: Session, file: File[bytes]) -> Attachment:
    _refuse_too_many(session)
    name = attachments.safe_filename(file.name or "")
    attachments.refuse_unfit(name, file, most=settings.CHAT_MAX_FILE_BYTES)
    visitor = visitor_of(session)
    try:
        with transaction.atomic():
            ChatVisitor.objects.select_for_update().get(pk=visitor.pk)
            if ChatUpload.objects.filter(visitor=visitor, attachment__message=None).count() >= MOST_UNSENT:
                raise TooMany(_("Send the files you have chosen first."))
            attachment = attachments.kept(file, name)
            attachment.save()
            ChatUpload.objects.create(visitor=visitor, attachment=attachment)
    except OSError as error:
        logger.exception("a visitor's file could not be stored")
        raise attachments.NotStored(_("The file could not be stored. Try again in a few minutes.")) from error
    scanning.check_upload(attachment)
    return attachment


def _refuse_too_many(session: Session) -> None:
    tries = (
        ("chat-files", session.visitor_id.hex, OF_VISITOR),
        ("chat-files-from", session.origin.address, OF_ADDRESS),
    )
    if any(is_too_often(what, who, most=most, within=AN_HOUR) for what, who, most in tries):
        raise TooMany(_("These were many files. Try again in an hour."))


@require_safe
def download(request: HttpRequest, signed: str) -> HttpResponseBase:
    """Whoever has the address was given it with the line."""
    attachment = get_object_or_404(Attachment, pk=files.read(signed) or 0, removed_at=None)
    reason = scanning.why_blocked(attachment.filename, attachment.scan_state, attachment.scan_detail)
    if reason:
        return HttpResponse(reason, content_type="text/plain; charset=utf-8", status=HTTPStatus.FORBIDDEN)
    try:
        return send_file(request, attachment)
    except OSError as error:
        logger.exception("attachment %s is not in the storage, or it does not answer", attachment.pk)
        raise Http404 from error
