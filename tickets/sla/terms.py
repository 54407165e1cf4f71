"""What a policy promises, in the form in which clocks read it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

SHORTEST = 15  # seconds
LONGEST = 5 * 366 * 86_400  # seconds
WARN_PERCENT = 75  # of a target used up, where a policy says nothing else

# The advanced switches of rules-sla-metrics §4. Each is a key of `SlaPolicy.settings`; what is missing is off.
FIRST_REPLY_FOR_AGENTS = "first_reply_on_agent_ticket"
FIRST_REPLY_FOR_LIGHT = "first_reply_on_light_agent_ticket"
FIRST_REPLY_FOR_OWN = "first_reply_on_agents_own_request"
FIRST_REPLY_BY_NOTE = "first_reply_met_by_note"
NEXT_REPLY_FOR_NOTE = "next_reply_on_customer_note"
NEXT_REPLY_FOR_OWN = "next_reply_on_agents_own_request"
NEXT_REPLY_FOR_LIGHT = "next_reply_on_light_agent_note"
NEXT_REPLY_BY_NOTE = "next_reply_met_by_note"
UPDATE_FOR_NOTE = "periodic_update_on_note"
SWITCHES = (
    FIRST_REPLY_FOR_AGENTS, FIRST_REPLY_FOR_LIGHT, FIRST_REPLY_FOR_OWN, FIRST_REPLY_BY_NOTE,
    NEXT_REPLY_FOR_NOTE, NEXT_REPLY_FOR_OWN, NEXT_REPLY_FOR_LIGHT, NEXT_REPLY_BY_NOTE, UPDATE_FOR_NOTE,
)  # fmt: skip
WARN = "warn_percent"


@dataclass(frozen=True, slots=True)
class Promise:
    """A row of a policy: so many seconds, of working time or of the wall clock."""

    seconds: int
    is_business: bool


@dataclass(frozen=True)
class Terms:
    """One revision of a policy. Equal keys are equal terms: a revision never changes."""

    policy_id: int
    revision: int
    title: str = ""
    promises: Mapping[tuple[str, str], Promise] = field(default_factory=dict, compare=False)  # (priority, metric)
    switches: frozenset[str] = field(default_factory=frozenset, compare=False)
    warn_percent: int = field(default=WARN_PERCENT, compare=False)
    calendar_id: int | None = field(default=None, compare=False)

    @property
    def key(self) -> tuple[int, int]:
        return self.policy_id, self.revision

    def promise(self, priority: str, metric: str) -> Promise | None:
        return self.promises.get((priority, metric))


def read_terms(policy_id: int, revision: int, data: Mapping[str, Any]) -> Terms:
    """From the policy's fields by name, as they stand in its row or in one of its revisions."""
    promises = {
        (row["priority"], row["metric"]): Promise(int(row["target"]), bool(row.get("business_hours")))
        for row in data["targets"]
    }
    settings = data["settings"]
    return Terms(
        policy_id=policy_id,
        revision=revision,
        title=data["title"],
        promises=MappingProxyType(promises),
        switches=frozenset(name for name in SWITCHES if settings.get(name)),
        warn_percent=int(settings.get(WARN, WARN_PERCENT)),
        calendar_id=data.get("calendar_id"),
    )
