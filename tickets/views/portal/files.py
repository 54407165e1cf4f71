"""Files of the messages that a customer may read."""

from __future__ import annotations

import logging
from http import HTTPStatus

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from tickets import scanning
from tickets.downloads import send_file
from tickets.portal.requests import files_for
from tickets.views.portal.support import CustomerRequest, customers_only, page

logger = logging.getLogger(__name__)


@require_safe
@customers_only
def download(request: CustomerRequest, attachment_id: int, filename: str) -> HttpResponseBase:
    """404 for files of others; 403 while it may hold malware; 503 while the storage is away."""
    attachment = files_for(request.customer).filter(pk=attachment_id).first() if attachment_id < 2**63 else None
    if attachment is None:
        raise Http404
    reason = scanning.why_blocked(attachment.filename, attachment.scan_state, attachment.scan_detail)
    if reason:
        raise PermissionDenied(reason)
    try:
        response = send_file(request, attachment)
    except FileNotFoundError:
        logger.error("the file of attachment %s is gone: %s", attachment.pk, attachment.file.name)
        raise Http404 from None
    except OSError:
        logger.exception("attachment %s could not be read", attachment.pk)
        return _later(request, attachment.filename)
    return response


def _later(request: CustomerRequest, filename: str) -> HttpResponse:
    reason = _("“%(name)s” can’t be read at the moment. Try again in a few minutes.") % {"name": filename}
    return page(request, "portal/file_away.html", {"reason": reason}, status=HTTPStatus.SERVICE_UNAVAILABLE)
