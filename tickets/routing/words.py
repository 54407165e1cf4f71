"""The reasons of an assignment, in plain words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tickets.models import Channel, RoutingMode


def in_words(reasons: Iterable[Mapping[str, Any]]) -> str:
    """One line: "their turn among 3 people with room · had 2 of 20 open tickets (E-mail)"."""
    return " · ".join(_say(reason) for reason in reasons)


def _say(reason: Mapping[str, Any]) -> str:
    match reason["why"]:
        case "known":
            return _("has had this ticket before")
        case "transferred":
            return _("passed on by %(who)s") % {"who": reason["by"]}
        case "only":
            return _("the only one online with room")
        case RoutingMode.ROUND_ROBIN.value:
            n = reason["people"]
            return ngettext("the turn of %(n)s with room", "their turn among %(n)s with room", n) % {"n": n}
        case RoutingMode.LEAST_LOADED.value:
            n = reason["people"]
            return ngettext("the least to do of %(n)s with room", "the least to do of %(n)s with room", n) % {"n": n}
        case "skills":
            return _("knows %(skills)s") % {"skills": ", ".join(reason["skills"])}
    if reason["channel"] == Channel.CHAT:
        return _("had %(had)s of at most %(most)s chats") % {"had": reason["had"], "most": reason["most"]}
    channel = dict(Channel.choices).get(reason["channel"], reason["channel"])
    said = _("had %(had)s of at most %(most)s open tickets (%(channel)s)")
    return said % {"had": reason["had"], "most": reason["most"], "channel": channel}


def wait_in_words(minutes: int) -> str:
    return ngettext("%(n)s minute", "%(n)s minutes", minutes) % {"n": minutes}
