"""Pictures of customers: whatever is uploaded is drawn anew as a small square, and only that is kept.

So nothing of the upload reaches a browser: no second file inside it, no place where it was taken, no script.
"""

from __future__ import annotations

import hashlib
import logging
import warnings
from datetime import datetime
from io import BytesIO

from django.core.files.base import ContentFile
from django.core.files.base import File as DjangoFile
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from customers.actors import Actor
from customers.errors import Refused
from customers.events import record
from customers.identity_events import PictureChanged
from customers.models import Customer, CustomerMerge
from customers.record import refuse_gone

logger = logging.getLogger(__name__)

SIDE = 192  # pixels: twice and more of the largest face on a page
MAX_BYTES = 10 * 1024 * 1024
MAX_PIXELS = 24_000_000  # 100 MB of memory for a moment; a JPEG is read smaller than it is
SPARE = 4  # times SIDE: how far a picture is shrunk before it is cut
FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
FOLDER = "pictures"


def square(upload: bytes) -> bytes:
    """WebP of SIDE × SIDE, cut from the middle. `Refused` for what is no picture, or too much of one."""
    too_large = _("This picture is too large: 24 megapixels and 10 MB at most.")
    if len(upload) > MAX_BYTES:
        raise Refused(too_large, field="picture")
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(upload), formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise Refused(too_large, field="picture")
                image.draft("RGB", (SIDE * SPARE, SIDE * SPARE))
                return _drawn(image)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(too_large, field="picture") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        # What Pillow raises for broken files, format by format.
        raise Refused(
            _("This is no picture that can be read: use a PNG, JPEG, GIF or WebP."), field="picture"
        ) from error


def _drawn(image: Image.Image) -> bytes:
    image.thumbnail((SIDE * SPARE, SIDE * SPARE))
    upright = ImageOps.exif_transpose(image)
    drawn = ImageOps.fit(upright.convert("RGBA"), (SIDE, SIDE), Image.Resampling.LANCZOS)
    out = BytesIO()
    drawn.save(out, "WEBP", quality=82, method=4, exif=b"", icc_profile=b"", xmp=b"")
    return out.getvalue()


def set_picture(
    customer: Customer, upload: DjangoFile[bytes], *, actor: Actor, now: datetime | None = None
) -> Customer:
    """`Refused` with a reason when there is nothing in `upload` to draw, or the storage does not take it."""
    if (upload.size or 0) > MAX_BYTES:
        raise Refused(_("This picture is too large: 24 megapixels and 10 MB at most."), field="picture")
    drawn = square(upload.read())
    name = f"{FOLDER}/{hashlib.sha256(drawn).hexdigest()[:40]}.webp"
    try:
        if not default_storage.exists(name):
            name = default_storage.save(name, ContentFile(drawn))
    except OSError as error:
        logger.exception("a picture of customer %s could not be stored", customer.pk)
        raise Refused(_("The picture could not be stored. Try again in a few minutes."), field="picture") from error
    return _change(customer, name, actor, now)


def remove_picture(customer: Customer, *, actor: Actor, now: datetime | None = None) -> Customer:
    """The initials are shown again. The bytes are deleted where no other record shows the same picture."""
    return _change(customer, "", actor, now)


@transaction.atomic
def _change(customer: Customer, name: str, actor: Actor, now: datetime | None) -> Customer:
    locked = Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
    refuse_gone(locked)
    if locked.avatar == name:
        return locked
    old, locked.avatar = locked.avatar, name
    locked.save(update_fields=["avatar", "updated_at"])
    record(locked, PictureChanged(bool(name)), actor=actor, now=now)
    if old:
        transaction.on_commit(lambda: forget(old))
    return locked


def forget(name: str) -> None:
    """Delete the bytes unless a record still shows them, or would when a merge is taken back. A storage that is away
    keeps them, which harms nobody.
    """
    before = Q(merged_before__avatar=name) | Q(survivor_before__avatar=name)
    if Customer.objects.filter(avatar=name).exists() or CustomerMerge.objects.filter(before, undone_at=None).exists():
        return
    try:
        default_storage.delete(name)
    except OSError:
        logger.exception("the picture %s could not be deleted", name)
