"""Telephone lines of the demo, as they are: kept in Valkey, since each web process answers some of the calls."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Final
from uuid import uuid4

from helpdesk.lib.valkey import valkey

LASTS: Final = 24 * 3600  # seconds
RINGING, LISTENING, QUEUED, VOICEMAIL, TALKING, HELD, OVER = (
    "ringing", "listening", "queued", "voicemail", "talking", "held", "over",
)  # fmt: skip


def new_sid(kind: str) -> str:
    return f"{kind}{uuid4().hex}"


@dataclass
class Line:
    """One telephone in a call. Addresses are those that our own documents gave; times are epoch seconds."""

    number: str
    is_inbound: bool
    sid: str = field(default_factory=lambda: new_sid("CA"))
    state: str = RINGING
    url: str = ""
    status_url: str = ""
    heard: list[str] = field(default_factory=list)
    may_press: bool = False
    was_picked_up: bool = False
    began: float = 0.0
    queue_url: str = ""  # where leaving the queue is told
    wait_url: str = ""
    record_url: str = ""
    recorded_url: str = ""
    dial_url: str = ""
    room: str = ""
    ends_room: bool = True
    told: int = 0

    @classmethod
    def find(cls, sid: str) -> Line | None:
        kept = valkey().get(f"simulator:line:{sid}")
        return cls(**json.loads(str(kept))) if kept else None

    def keep(self) -> None:
        valkey().set(f"simulator:line:{self.sid}", json.dumps(asdict(self)), ex=LASTS)

    @property
    def is_over(self) -> bool:
        return self.state == OVER


@dataclass
class Room:
    """A conference: who is in it, and what of it is recorded. `name` is what our document calls it."""

    name: str
    sid: str = field(default_factory=lambda: new_sid("CF"))
    members: list[str] = field(default_factory=list)
    status_url: str = ""
    recorded_url: str = ""
    began: float = 0.0
    told: int = 0

    @classmethod
    def find(cls, name: str) -> Room | None:
        kept = valkey().get(f"simulator:room:{name}")
        return cls(**json.loads(str(kept))) if kept else None

    @classmethod
    def of_sid(cls, sid: str) -> Room | None:
        name = valkey().get(f"simulator:room-sid:{sid}")
        return cls.find(str(name)) if name else None

    def keep(self) -> None:
        valkey().set(f"simulator:room:{self.name}", json.dumps(asdict(self)), ex=LASTS)
        valkey().set(f"simulator:room-sid:{self.sid}", self.name, ex=LASTS)

    def is_first_to_end(self) -> bool:
        """Of two lines that are hung up at the same moment: it is recorded once."""
        return bool(valkey().set(f"simulator:room-ended:{self.sid}", "1", ex=LASTS, nx=True))
