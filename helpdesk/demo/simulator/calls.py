"""The simulator's telephone: somebody calls us, hears what we say, presses 1, leaves a voicemail, hangs up."""

from __future__ import annotations

from typing import Final

from django.utils.translation import gettext as _

from channels_app.models import CallLeg, LegOf, ProviderAccount
from helpdesk.demo.simulator.exchange import Exchange
from helpdesk.demo.simulator.lines import HELD, LISTENING, OVER, QUEUED, RINGING, TALKING, VOICEMAIL, Line
from tickets.calls import callers

ACTS: Final = ("ring", "press", "wait", "speak", "hangup")
SHOWN: Final = 4  # calls


def call_acted(account: ProviderAccount, what: str, number: str, sid: str) -> None:
    """`sid` names the line; what it can't do in its state does nothing."""
    exchange = Exchange(account)
    if what == "ring":
        exchange.ring_us(number)
    line = Line.find(sid)
    if line is None:
        return
    match what, line.state:
        case "press", "queued":
            exchange.press_one(line)
        case "wait", "queued":
            exchange.wait_on(line)
        case "speak", "voicemail":
            exchange.speak(line)
        case "hangup", _any:
            exchange.end(line)


def call_shown(account: ProviderAccount, number: str) -> dict[str, object]:
    """The last calls of this number with all their lines, the newest first."""
    legs = CallLeg.objects.filter(account=account).select_related("call", "user").order_by("pk")
    own = legs.filter(call__number=callers.clean_number(number)).order_by("-call_id", "pk")
    calls: dict[int, dict[str, object]] = {}
    for leg in own[: SHOWN * 4]:
        line = Line.find(leg.external_id)
        if line is None:
            continue
        shown = calls.setdefault(leg.call_id, {"call": leg.call, "lines": []})
        lines = shown["lines"]
        assert isinstance(lines, list)
        whose = _("Your telephone") if leg.of == LegOf.CUSTOMER else str(leg.user or _("An agent"))
        lines.append({"line": line, "whose": whose, "is_ours": leg.of == LegOf.AGENT, "state": _state(line)})
    rows = list(calls.values())[:SHOWN]
    return {"calls": rows, "acts": (), "states": ()}


def _state(line: Line) -> str:
    words = {
        RINGING: _("rings"),
        LISTENING: _("listens"),
        QUEUED: _("waits in the queue"),
        VOICEMAIL: _("after the tone"),
        TALKING: _("talks"),
        HELD: _("hears music"),
        OVER: _("hung up"),
    }
    return words[line.state]
