"""The goods of the shop at /widget/demo/: a page for trying what a site with the chat on it can do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _


@dataclass(frozen=True)
class Good:
    """`drawing` is the inside of an SVG of 120 × 90, in the colours of its hue."""

    sku: str
    name: str
    price: str
    hue: int
    text: Promise
    drawing: SafeString


_STAND = '<path d="M60 84V40M48 84h24" class="l"/>'

GOODS: Final = (
    Good(
        "HE-3", "Heron", "249.00", 225, _("The weather station: wind, rain, light and warmth, every ten seconds."),
        SafeString(
            f'{_STAND}<path d="M36 22h48M84 14v16M36 16l-12 6 12 6z" class="l"/>'
            '<rect x="50" y="30" width="20" height="16" rx="4" class="f"/><circle cx="60" cy="38" r="3.500" class="w"/>'
        ),
    ),
    Good(
        "WR-2", "Wren", "39.90", 145, _("The soil sensor: says when the roots are dry, and stays quiet otherwise."),
        SafeString(
            '<path d="M54 44v40M66 44v40" class="l"/><rect x="44" y="14" width="32" height="34" rx="10" class="f"/>'
            '<path d="M60 22c5 6 7 9 7 12a7 7 0 0 1-14 0c0-3 2-6 7-12z" class="w"/>'
        ),
    ),
    Good(
        "DI-4", "Dipper", "129.00", 195, _("The watering controller: four zones, and never in the rain."),
        SafeString(
            '<rect x="26" y="20" width="68" height="40" rx="9" class="f"/>'
            '<path d="M38 60v14M54 60v14M70 60v14M86 60v14" class="l"/>'
            '<rect x="36" y="30" width="30" height="16" rx="3" class="w"/><circle cx="80" cy="38" r="6" class="w"/>'
        ),
    ),
    Good(
        "NE-1", "Nest", "89.00", 60, _("The hub between them and your Wi-Fi. Reaches the far end of the garden."),
        SafeString(
            '<path d="M32 60c0-20 12-32 28-32s28 12 28 32z" class="f"/><path d="M26 68h68" class="l"/>'
            '<path d="M48 18a18 18 0 0 1 24 0M40 10a30 30 0 0 1 40 0" class="l"/>'
            '<circle cx="60" cy="48" r="4" class="w"/>'
        ),
    ),
    Good(
        "AL-12", "Almanac", "24.00", 300, _("Forecasts for your garden, not for your town. One year."),
        SafeString(
            '<rect x="34" y="14" width="52" height="62" rx="6" class="f"/>'
            '<path d="M44 30h32M44 42h32M44 54h18" class="s"/>'
            '<circle cx="74" cy="58" r="7" class="w"/>'
        ),
    ),
    Good(
        "CO-7", "Brass coupling", "12.50", 80, _("Fits every hose, drips from none."),
        SafeString(
            '<path d="M14 45h24M82 45h24" class="l"/><rect x="36" y="26" width="48" height="38" rx="8" class="f"/>'
            '<path d="M48 26v38M60 26v38M72 26v38" class="s"/>'
        ),
    ),
)  # fmt: skip
