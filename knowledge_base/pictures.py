"""Images of articles: taken in, named by what is in them, and shown to whoever may read a text that shows them."""

from __future__ import annotations

import hashlib
import io
import warnings
from typing import IO, Any, Final

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models import Case, DateTimeField, Q, When
from django.utils import timezone
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from helpdesk.accounts.models import User
from knowledge_base.audience import Reader
from knowledge_base.body import pictures_in
from knowledge_base.errors import Refused
from knowledge_base.models import Article, ContentBlock, Picture, Revision, Translation

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_PIXELS: Final = 50_000_000
WIDEST: Final = 2400  # twice the width of the text, for screens with two dots to a pixel
# What browsers show and what cannot run anything: an SVG can.
TYPES: Final = {"PNG": "image/png", "JPEG": "image/jpeg", "GIF": "image/gif", "WEBP": "image/webp"}
SUFFIXES: Final = {"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp"}


def take_picture(file: IO[bytes], filename: str, *, by: User | None) -> Picture:
    """Keep an image. The same bytes are kept once, under their first name.

    Its type is what it contains. A photograph loses what its camera wrote into it (where it was taken, too), is turned
    upright, and made as small as pages need it. Raises `Refused` for what is no image, or too large.
    """
    content = file.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        limit = MOST_BYTES // 1024 // 1024
        raise Refused(_("“%(name)s” is larger than %(limit)s MB.") % {"name": filename, "limit": limit}, "file")
    image = _opened(content, filename)
    content_type = TYPES[image.format or ""]
    image, content = _ready(image, content)
    name = f"articles/{hashlib.sha256(content).hexdigest()[:32]}.{SUFFIXES[content_type]}"
    facts = {
        "content_type": content_type,
        "width": image.width,
        "height": image.height,
        "size": len(content),
        "filename": _plain(filename),
        "uploaded_by": by,
    }
    return _kept(name, content, facts)


def may_see(picture: Picture, reader: Reader) -> bool:
    """Whether a published text that the reader may read shows it, by itself or in a reusable block. Staff see all."""
    if reader.is_staff:
        return True
    readable = Translation.objects.readable_by(reader)
    if readable.filter(article__pictures=picture, published__body__contains=f'data-picture="{picture.pk}"').exists():
        return True
    holds = Q()
    for block in picture.blocks.all():
        holds |= Q(published__body__contains=f'data-block="{block.pk}"')
    return bool(holds) and readable.filter(holds).exists()


def keep_pictures(article: Article) -> None:
    """Write down which pictures the article shows, in any language and version: who reads it may see them."""
    shown: set[int] = set()
    for body in article.translations.values_list("body", flat=True):
        shown |= pictures_in(body)
    for body in Revision.objects.filter(translation__article=article, body__contains="data-picture").values_list(
        "body", flat=True
    ):
        shown |= pictures_in(body)
    _hold(article, shown)


def keep_pictures_of_block(block: ContentBlock) -> None:
    """The same for reusable words."""
    _hold(block, {number for text in block.texts.values() for number in pictures_in(text)})


def let_go_of_pictures(block: ContentBlock) -> None:
    """Before it is deleted."""
    _hold(block, set())


def _hold(holder: Article | ContentBlock, shown: set[int]) -> None:
    before = set(holder.pictures.values_list("pk", flat=True))
    if shown == before:
        return
    there = Picture.objects.select_for_update(no_key=True).filter(pk__in=shown).order_by("pk")  # not deleted meanwhile
    holder.pictures.set(list(there))
    Picture.objects.filter(pk__in=shown - before).update(unused_since=None)
    left = Picture.objects.filter(pk__in=before - shown, articles=None, blocks=None)
    left.update(unused_since=timezone.now())


def _kept(name: str, content: bytes, facts: dict[str, Any]) -> Picture:
    """One that was there stays for as long as a new one; if it was deleted at this moment, it is a new one."""
    picture, is_new = Picture.objects.get_or_create(file=_stored(name, content), defaults=facts)
    unused = Case(When(unused_since=None, then=None), default=timezone.now(), output_field=DateTimeField())
    is_there = is_new or Picture.objects.filter(pk=picture.pk).update(unused_since=unused)
    return picture if is_there else _kept(name, content, facts)


def _stored(name: str, content: bytes) -> str:
    """The bytes go before the row. What a process that was killed left half written is written again."""
    if default_storage.exists(name):
        if default_storage.size(name) == len(content):
            return name
        default_storage.delete(name)
    return default_storage.save(name, ContentFile(content))


def _opened(content: bytes, filename: str) -> Image.Image:
    with warnings.catch_warnings():
        warnings.simplefilter("error", Image.DecompressionBombWarning)
        try:
            image: Image.Image = Image.open(io.BytesIO(content), formats=list(TYPES))
            if image.width * image.height > MOST_PIXELS:
                raise Image.DecompressionBombError
            image.load()
        except (Image.DecompressionBombWarning, Image.DecompressionBombError) as error:
            raise Refused(_("“%(name)s” has too many pixels.") % {"name": filename}, "file") from error
        except (UnidentifiedImageError, OSError, ValueError, SyntaxError) as error:
            reason = _("“%(name)s” is no picture that browsers show. Take a PNG, JPEG, GIF or WebP.")
            raise Refused(reason % {"name": filename}, "file") from error
    return image


def _ready(image: Image.Image, content: bytes) -> tuple[Image.Image, bytes]:
    """Upright, without what its camera wrote down, no wider than shown; the bytes as they are where all that is so."""
    if getattr(image, "is_animated", False) or (not image.getexif() and image.width <= WIDEST):
        return image, content
    form, colours = image.format, image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    if upright.width > WIDEST:
        height = max(1, round(upright.height * WIDEST / upright.width))
        upright = upright.resize((WIDEST, height), Image.Resampling.LANCZOS)
    upright.info.pop("exif", None)
    out = io.BytesIO()
    upright.save(out, form, quality=88, optimize=True, icc_profile=colours, exif=b"")
    return upright, out.getvalue()


def _plain(filename: str) -> str:
    name = filename.replace("\\", "/").rsplit("/", 1)[-1]
    return "".join(char for char in name if char.isprintable())[:255] or "picture"
