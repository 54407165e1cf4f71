"""A help centre's own look: its mark in the browser's tab, and its logo."""

from __future__ import annotations

from pathlib import PurePath
from typing import Final

from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from knowledge_base.models import HelpCentre

FOREVER: Final = "public, max-age=31536000, immutable"  # another logo is another file, another hue another address
LOGOS: Final = {".png": "image/png", ".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".webp": "image/webp"}
ICON: Final = """\
<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="none" stroke-width="2">
<rect width="24" height="24" rx="7" fill="oklch(0.55 0.17 {hue})"/>
<g stroke="#fff"><circle cx="12" cy="12" r="6.5"/><circle cx="12" cy="12" r="2.5"/>
<path d="m7.4 7.4 2.8 2.8m3.6 3.6 2.8 2.8m0-9.2-2.8 2.8m-3.6 3.6-2.8 2.8"/></g></svg>
"""


@require_safe
def icon(request: HttpRequest, hue: int) -> HttpResponse:
    if hue > 359:
        raise Http404
    return HttpResponse(ICON.format(hue=hue), content_type="image/svg+xml", headers={"Cache-Control": FOREVER})


@require_safe
def logo(request: HttpRequest, centre_id: int, name: str) -> FileResponse:
    """Public, as the page it stands on. Drawings that could hold scripts are not taken."""
    centre = get_object_or_404(HelpCentre, pk=centre_id)
    file = PurePath(centre.logo)
    if file.name != name or file.suffix not in LOGOS or not default_storage.exists(centre.logo):
        raise Http404
    headers = {"Cache-Control": FOREVER, "X-Content-Type-Options": "nosniff"}
    return FileResponse(default_storage.open(centre.logo), content_type=LOGOS[file.suffix], headers=headers)
