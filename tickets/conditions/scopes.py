"""Where conditions are asked: a list can't know what a gesture did, and a trigger has no time to wait for hours."""

from __future__ import annotations

LIST, TRIGGER, AUTOMATION, SLA = "list", "trigger", "automation", "sla"
SCOPES = (LIST, TRIGGER, AUTOMATION, SLA)
EVERYWHERE = frozenset(SCOPES)
