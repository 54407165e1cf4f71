"""How long something lasted or will last, short enough for a line: "45 s", "3 min", "1 h 5 min"."""

from __future__ import annotations

from django.utils.translation import gettext as _


def span(seconds: float) -> str:
    """Seconds up to a minute and a half, then whole minutes, then hours with minutes."""
    whole = max(0, round(seconds))
    if whole < 90:
        return _("%(n)s s") % {"n": whole}
    minutes = round(whole / 60)
    if minutes < 60:
        return _("%(n)s min") % {"n": minutes}
    hours, left = divmod(minutes, 60)
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": left} if left else _("%(n)s h") % {"n": hours}
