"""What a telephone tells of calls, whichever it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from channels_app.base import Happening
from channels_app.models import LegOf
from tickets.models import CallDirection


@dataclass(frozen=True)
class CallTold(Happening):
    """One moment of a call, on the leg `external_id`; `call_id` is ours where the provider gives it back.

    `moment` is a MomentKind; empty where only `facts` of the leg are told. `key` tells one moment from another.
    `line_over`: the agent's telephone was not picked up, or they have hung up.
    """

    external_id: str
    moment: str = ""
    key: str = ""
    sequence: int = 0
    of: str = LegOf.CUSTOMER
    direction: str = CallDirection.IN
    number: str = ""
    our_number: str = ""
    name: str = ""
    call_id: int | None = None
    user_id: int | None = None
    outcome: str = ""
    how: str = ""
    line_over: bool = False
    facts: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class CallbackAsked(Happening):
    """The caller would rather be called back than wait."""

    external_id: str


@dataclass(frozen=True)
class QueueLeft(Happening):
    """Nobody came in time, or they would rather not wait: a machine talks with them now."""

    external_id: str


@dataclass(frozen=True)
class RecordingTold(Happening):
    """A recording, ready to be fetched from `url`, or the reason why there is none."""

    external_id: str
    leg_id: str = ""
    call_id: int | None = None
    url: str = ""
    seconds: int | None = None
    is_voicemail: bool = False
    problem: str = ""
