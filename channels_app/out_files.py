"""Files of a reply, on their way to a provider."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from channels_app.base import Rejected, TryLater
from tickets.models import Attachment, Message, ScanState
from tickets.scanning import why_blocked

ASKED_AGAIN = 15.0  # seconds, while a file is being checked


@dataclass(frozen=True)
class OutFile:
    filename: str
    content_type: str
    content: bytes


def files_of(message: Message) -> list[Attachment]:
    return list(message.attachments.filter(removed_at=None).order_by("pk"))


def sendable(pk: int) -> Attachment:
    """Raises `Rejected` where it may not be sent, `TryLater` while it is being checked."""
    attachment = Attachment.objects.filter(pk=pk, removed_at=None).first()
    if attachment is None:
        raise Rejected(_("The file is not there any more."))
    if reason := why_blocked(attachment.filename, attachment.scan_state, attachment.scan_detail):
        if attachment.scan_state == ScanState.PENDING:
            raise TryLater(reason, seconds=ASKED_AGAIN)
        raise Rejected(reason)
    return attachment


def opened(pk: int) -> OutFile:
    """Its bytes. Raises what `sendable` does, and `TryLater` while it can't be read."""
    attachment = sendable(pk)
    try:
        with attachment.file.open("rb") as file:
            return OutFile(attachment.filename, attachment.content_type, file.read())
    except OSError as error:
        raise TryLater(_("“%(name)s” can't be read from our storage.") % {"name": attachment.filename}) from error
