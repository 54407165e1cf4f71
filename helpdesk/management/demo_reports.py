"""What the demo company has of reports besides its numbers: goals, and what its customers talk about these days."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from helpdesk.accounts.models import Role, Team, User
from metrics.goals.looking import judge_the_past, look_at
from metrics.models import Goal
from metrics.voice import running

HOUR: Final = 3600
GOALS: Final[tuple[dict[str, Any], ...]] = (
    {"measure": "first_reply", "is_business": True, "direction": "at_most", "target": 2 * HOUR, "period": "week"},
    {"measure": "solved", "direction": "at_least", "target": 20, "period": "week"},
    {"measure": "sla_achieved", "direction": "at_least", "target": 95, "period": "month"},
    {"measure": "csat", "direction": "at_least", "target": 85, "period": "month"},
    {"measure": "reopens", "direction": "at_most", "target": 2, "period": "week"},
)
OF_SUPPORT: Final = ("first_reply",)


def lay_out_reports(*, now: datetime) -> None:
    """Once, after the numbers are told. The lead looks after the goals and hears of them, as in real life."""
    if Goal.objects.exists():
        return
    lead = User.objects.filter(role=Role.LEAD, is_active=True).order_by("pk").first()
    support = Team.objects.filter(name="Support").first()
    for known in GOALS:
        team = support if known["measure"] in OF_SUPPORT else None
        goal = Goal.objects.create(**known, team=team, created_by=lead, created_at=now, updated_at=now)
        if lead:
            goal.people.add(lead)
        judge_the_past(goal, now=now)
        look_at(goal, now=now)
    running.run(running.ask_for_run(by=None, now=now).pk, now=now)
