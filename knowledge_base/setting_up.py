"""Help centres themselves, saved with their look. A logo is drawn anew, so that nothing else of an upload is served."""

from __future__ import annotations

import hashlib
import warnings
from io import BytesIO
from typing import Any, Final

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils.translation import gettext as _
from PIL import Image, ImageOps, UnidentifiedImageError

from knowledge_base.errors import Refused
from knowledge_base.language_names import language_label
from knowledge_base.models import HelpCentre, Translation

WIDTH, HEIGHT = 640, 96  # pixels: more than twice what pages show
MAX_BYTES: Final = 5 * 1024 * 1024
MAX_PIXELS: Final = 24_000_000
FORMATS: Final = ("PNG", "JPEG", "WEBP")
FOLDER: Final = "help-centre"


@transaction.atomic
def save_centre(
    centre: HelpCentre, *, welcome: dict[str, str], logo: File[Any] | None = None, drop_logo: bool = False
) -> HelpCentre:
    """Languages that articles are written in stay: what readers have bookmarked does not vanish by a tick."""
    _keep_languages_in_use(centre)
    centre.welcome = welcome
    if logo:
        centre.logo = store_logo(logo)
    elif drop_logo:
        centre.logo = ""
    centre.save()
    return centre


def store_logo(upload: File[Any]) -> str:
    """The name it is kept under. Its file outlives it in pages that browsers have kept."""
    if (upload.size or 0) > MAX_BYTES:
        raise Refused(_too_large(), "logo_file")
    drawn = _drawn(upload.read())
    name = f"{FOLDER}/{hashlib.sha256(drawn).hexdigest()[:32]}.webp"
    if not default_storage.exists(name):
        name = default_storage.save(name, ContentFile(drawn))
    return name


def _drawn(upload: bytes) -> bytes:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error", Image.DecompressionBombWarning)
            with Image.open(BytesIO(upload), formats=FORMATS) as image:
                if image.width * image.height > MAX_PIXELS:
                    raise Refused(_too_large(), "logo_file")
                upright = ImageOps.exif_transpose(image).convert("RGBA")
                upright.thumbnail((WIDTH, HEIGHT), Image.Resampling.LANCZOS)
                out = BytesIO()
                upright.save(out, "WEBP", lossless=True, exif=b"", icc_profile=b"", xmp=b"")
                return out.getvalue()
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused(_too_large(), "logo_file") from error
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError) as error:
        # What Pillow raises for broken files, format by format.
        raise Refused(_("This is no picture that can be read: use a PNG, JPEG or WebP."), "logo_file") from error


def _keep_languages_in_use(centre: HelpCentre) -> None:
    if not centre.pk:
        return
    used = Translation.objects.filter(article__section__category__centre=centre).exclude(published=None)
    lost = set(used.values_list("language", flat=True).distinct()) - set(centre.languages)
    if lost:
        names = ", ".join(sorted(language_label(code) for code in lost))
        said = _("Readers see articles in %(languages)s: take those away first.")
        raise Refused(said % {"languages": names}, "languages")


def _too_large() -> str:
    return _("This picture is too large: 24 megapixels and 5 MB at most.")
