"""What lies in Valkey is not rolled back with a test."""

from __future__ import annotations

from django.conf import settings

from helpdesk.lib.valkey import valkey


def forget_kept(kind: str) -> None:
    """`help`: drawn pages; `tries`: how often somebody tried."""
    if names := valkey().keys(f"{settings.VALKEY_PREFIX}:{kind}:*"):
        valkey().delete(*names)


def forget_everything() -> None:
    """For tests that share the people and tickets of one house, whose keys would be found again."""
    if names := valkey().keys(f"{settings.VALKEY_PREFIX}:*"):
        valkey().delete(*names)
