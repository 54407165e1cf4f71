"""Links to the built front end: files by their logical names, and icons of the sprite."""

from __future__ import annotations

import json
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

MANIFEST: Final = Path(settings.BASE_DIR) / "static" / "dist" / "manifest.json"


@lru_cache(maxsize=2)
def _manifest_of(changed_at: int) -> dict[str, Any]:
    manifest: dict[str, Any] = json.loads(MANIFEST.read_text())
    return manifest


@lru_cache(maxsize=1)
def _manifest_once() -> dict[str, Any]:
    return _manifest_of(MANIFEST.stat().st_mtime_ns)


def manifest() -> dict[str, Any]:
    """Logical file name → built one. Read once, or whenever it changes while `DEBUG` is on."""
    return _manifest_of(MANIFEST.stat().st_mtime_ns) if settings.DEBUG else _manifest_once()


def asset(name: str) -> str:
    # The build has hashed the names already: Django's own renaming would load shared chunks twice.
    return f"{settings.STATIC_URL}{manifest()[name]}"


def sprite() -> str:
    """Address of the icon sprite, for scripts that draw icons themselves."""
    return asset("icons.svg") if settings.DEBUG else _sprite_once()


@lru_cache(maxsize=1)
def _sprite_once() -> str:
    return asset("icons.svg")


@lru_cache(maxsize=1024)
def _icon(sprite: str, name: str, cls: str, label: str) -> SafeString:
    named = format_html('role="img" aria-label="{}"', label) if label else mark_safe('aria-hidden="true"')
    return format_html('<svg class="{}" {}><use href="{}#{}"/></svg>', f"i {cls}".strip(), named, sprite, name)


def icon(name: str, cls: str = "", label: str = "") -> SafeString:
    """A symbol of the sprite; decorative unless it has a `label`."""
    return _icon(sprite(), name, cls, label)
