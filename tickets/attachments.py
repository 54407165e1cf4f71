"""Files: stored under their content's hash, so storing the same bytes twice is one file and never half a file."""

from __future__ import annotations

import hashlib
import mimetypes
import unicodedata
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import F, Func
from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from tickets.models import Attachment, Draft, Message
from tickets.models.message import attachment_path
from tickets.services.errors import Refused

# Programs and scripts that mail providers refuse as well (Gmail's and Outlook's lists).
REFUSED_SUFFIXES = frozenset(
    "ade adp apk appx bat cab chm cmd com cpl dll dmg ex_ exe hta ins isp iso jar jse lnk mde msc msi msp mst "
    "nsh pif ps1 scr sct shb sys vb vbe vbs vxd wsc wsf wsh xll".split()
)
UNSENT_KEPT_FOR = timedelta(days=7)


@dataclass(frozen=True)
class File:
    filename: str
    content_type: str
    content: bytes
    content_id: str = ""
    inline: bool = False


def safe_filename(name: str) -> str:
    """The name as a person may see it and a disk may take it: no path, no control characters, ≤ 200 characters."""
    name = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    name = "".join(char for char in name if char.isprintable())
    stem, dot, suffix = name.rpartition(".")
    name = f"{stem[: 198 - len(suffix)]}.{suffix}" if dot and len(suffix) < 20 else name[:199]
    return name.strip(" .") or "attachment"


def is_refused_type(filename: str) -> bool:
    return filename.rpartition(".")[2].lower().strip() in REFUSED_SUFFIXES


def store(file: File, *, message: Message | None = None, uploaded_by: User | None = None) -> Attachment:
    """The row for `file`, its bytes in the storage. The bytes go first: a row never points at nothing."""
    attachment = Attachment(
        message=message,
        uploaded_by=uploaded_by,
        filename=safe_filename(file.filename),
        content_type=file.content_type[:127] or "application/octet-stream",
        size=len(file.content),
        sha256=hashlib.sha256(file.content).hexdigest(),
        content_id=file.content_id[:998],
        inline=file.inline,
    )
    path = attachment_path(attachment, attachment.filename)
    if not default_storage.exists(path):
        path = default_storage.save(path, ContentFile(file.content))
    attachment.file.name = path
    attachment.save()
    return attachment


def upload(user: User, filename: str, content: bytes) -> Attachment:
    """An agent's file for a message not sent yet; raises `Refused` when it is empty, too large or a program."""
    if not content:
        raise Refused(_("“%(name)s” is empty.") % {"name": filename})
    if len(content) > settings.MAX_ATTACHMENT_BYTES:
        limit = settings.MAX_ATTACHMENT_BYTES // 1024 // 1024
        raise Refused(_("“%(name)s” is larger than %(limit)s MB.") % {"name": filename, "limit": limit})
    if is_refused_type(filename):
        raise Refused(_("“%(name)s” is a program; such files are not sent by mail.") % {"name": filename})
    content_type = mimetypes.guess_type(filename)[0] or "application/octet-stream"
    return store(File(filename, content_type, content), uploaded_by=user)


def delete_unsent(*, now: datetime, limit: int = 500) -> int:
    """Forget uploads that nothing took within a week; how many. The bytes stay: another row may share them."""
    in_drafts = Draft.objects.annotate(upload=Func(F("attachment_ids"), function="unnest")).values("upload")
    old = Attachment.objects.filter(message=None, created_at__lt=now - UNSENT_KEPT_FOR).exclude(pk__in=in_drafts)
    ids = list(old.values_list("pk", flat=True)[:limit])
    return Attachment.objects.filter(pk__in=ids).delete()[0]
