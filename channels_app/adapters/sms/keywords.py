"""STOP, START and HELP: what a text means that is nothing but one of these words.

Twilio answers them by itself and refuses to send after a STOP. Where its Advanced Opt-Out is on it says what it
understood (`OptOutType`, for words of any language); else the words are the usual ones of the USA and Canada.
"""

from __future__ import annotations

from datetime import datetime

from channels_app.base import ConsentTold
from customers.models.consent import Purpose

STOP = frozenset({"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT"})
START = frozenset({"START", "UNSTOP"})
YES = frozenset({"YES"})  # an answer to nearly anything: counts only for who has said STOP
EVERYTHING = tuple(Purpose.values)
# News are a wish of their own: who comes back to us has not asked for them.
ANSWERS = (Purpose.SUPPORT, Purpose.SURVEY)


def consent_told(fields: dict[str, str], *, now: datetime) -> ConsentTold | None:
    """What the text says about being written to; None for one that says anything else. HELP is a request like any."""
    body = fields.get("Body", "").strip()
    kind = fields.get("OptOutType", "").strip().upper() or _kind_of(body.upper())
    if kind not in ("STOP", "START", "YES"):
        return None
    evidence = f"SMS: “{body[:80]}” ({fields.get('MessageSid', '')[:40]})"
    if kind == "STOP":
        return ConsentTold(now, fields["From"], False, evidence, EVERYTHING)
    return ConsentTold(now, fields["From"], True, evidence, ANSWERS, only_reverses=kind == "YES")


def _kind_of(word: str) -> str:
    if word in STOP:
        return "STOP"
    if word in START:
        return "START"
    return "YES" if word in YES else ""
