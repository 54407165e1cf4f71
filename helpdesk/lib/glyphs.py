"""Shapes and tones of statuses, priorities and channels: the same everywhere, and never told by colour alone."""

STATUS_TONES = {
    "new": "amber",
    "open": "blue",
    "pending": "violet",
    "hold": "slate",
    "solved": "green",
    "closed": "slate",
}

_RING = '<circle cx="8" cy="8" r="5.6" fill="none" stroke="currentColor" stroke-width="1.7"{}/>'
STATUS_GLYPHS = {
    "new": _RING.format(' stroke-dasharray="2.2 2.2"'),
    "open": _RING.format("") + '<circle cx="8" cy="8" r="2.3" fill="currentColor"/>',
    "pending": _RING.format("") + '<path d="M8 4.6a3.4 3.4 0 0 1 0 6.8z" fill="currentColor"/>',
    "hold": _RING.format("")
    + '<path d="M6.6 6v4M9.4 6v4" stroke="currentColor" stroke-width="1.6" stroke-linecap="round"/>',
    "solved": '<circle cx="8" cy="8" r="6.4" fill="currentColor"/>'
    '<path class="hole" d="M5.4 8.2l1.8 1.8 3.5-3.8" fill="none" stroke-width="1.6" stroke-linecap="round" '
    'stroke-linejoin="round"/>',
    "closed": '<circle cx="8" cy="8" r="6.4" fill="currentColor"/>'
    '<path class="hole" d="M5.4 8h5.2" fill="none" stroke-width="1.6" stroke-linecap="round"/>',
}

PRIORITY_TONES = {"low": "slate", "normal": "slate", "high": "orange", "urgent": "red"}


def _bars(filled: int) -> str:
    return "".join(
        f'<rect x="{2 + i * 4.6:.1f}" y="{10.4 - i * 3.2:.1f}" width="3" height="{3.6 + i * 3.2:.1f}" rx="1" '
        f'fill="currentColor" opacity="{1 if i < filled else 0.28}"/>'
        for i in range(3)
    )


PRIORITY_BARS = {
    "low": _bars(1),
    "normal": _bars(2),
    "high": _bars(3),
    "urgent": '<rect x="1.5" y="1.5" width="13" height="13" rx="3.5" fill="currentColor"/>'
    '<path class="hole" d="M8 4.6v4.2" stroke-width="1.8" stroke-linecap="round"/>'
    '<circle class="hole" cx="8" cy="11.4" r="1.1"/>',
}

CHANNEL_ICONS = {
    "email": "mail",
    "web": "square-pen",
    "slack": "hash",
    "form": "list-checks",
    "portal": "life-buoy",
    "chat": "message-square",
    "phone": "phone",
    "sms": "message-square-text",
    "whatsapp": "whatsapp",
    "messenger": "messenger",
    "instagram": "instagram",
    "telegram": "telegram",
    "x": "x-network",
    "generic": "webhook",
}
