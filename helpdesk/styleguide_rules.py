"""Examples of rules, promises and their builders, for the style guide. Nothing of it is ever saved."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from helpdesk.accounts.models import User
from helpdesk.templatetags.clocks import draw
from tickets.automation import tracing
from tickets.automation.explaining import OUTCOMES, RuleShown, Shown
from tickets.builder import actions_data, as_dicts, conditions_data
from tickets.conditions import problems
from tickets.conditions.scopes import TRIGGER
from tickets.models import SlaMetric, SlaTarget, TicketEvent
from tickets.sla.receipts import Line

NESTED = {
    "all": [
        {"field": "status", "operator": "value", "value": "solved"},
        {"any": [
            {"field": "priority", "operator": "is", "value": "urgent"},
            {"none": [{"field": "current_tags", "operator": "includes", "value": ["refund", "vip"]}]},
        ]},
    ],
}  # fmt: skip
BROKEN = {
    "all": [
        {"field": "group_id", "operator": "is", "value": 999_999_999},
        {"field": "replies", "operator": "greater_than", "value": "many"},
    ]
}
ACTIONS = [
    {"field": "status", "value": "open"},
    {"field": "notification_user", "value": ["requester_id", "Re: {{ticket.title}}", "We look into it."]},
]


def promises_and_rules(user: User, now: datetime) -> dict[str, Any]:
    """What templates/styleguide/rules.html shows."""
    return {
        "countdowns": _countdowns(now),
        "targets": _targets(now),
        "receipt": _receipt(now),
        "receipt_row": SlaTarget(metric=SlaMetric.FIRST_REPLY, target=4 * 3600, started_at=now),
        "ruled": _ruled(now),
        "builders": [
            _builder(user, "empty", {}, "It fires at every update."),
            _builder(user, "nested", NESTED),
            _builder(user, "broken", BROKEN),
        ],
        "actions": json.dumps(ACTIONS),
        "actions_data": actions_data(user, TRIGGER),
    }


def _countdowns(now: datetime) -> list[tuple[str, SafeString]]:
    cases: list[tuple[str, str, timedelta | None]] = [
        ("running", "running", timedelta(hours=3, minutes=20)),
        ("running for days", "running", timedelta(days=4)),
        ("soon late", "warned", timedelta(minutes=12, seconds=30)),
        ("seconds left", "warned", timedelta(seconds=40)),
        ("late", "running", -timedelta(hours=1, minutes=5)),
        ("paused", "paused", None),
    ]
    return [
        (title, mark_safe(draw(SlaMetric.FIRST_REPLY, state, now + left if left is not None else None, None, now)))  # noqa: S308 as in templatetags.clocks
        for title, state, left in cases
    ]


def _targets(now: datetime) -> list[SlaTarget]:
    cases: list[dict[str, Any]] = [
        {"state": "active"},
        {"state": "paused"},
        {"state": "fulfilled"},
        {"state": "fulfilled", "breached_at": now},
        {"state": "active", "breached_at": now},
        {"state": "cancelled"},
    ]
    return [SlaTarget(metric=SlaMetric.NEXT_REPLY, target=3600, started_at=now, **case) for case in cases]


def _receipt(now: datetime) -> SimpleNamespace:
    nine = now.replace(hour=9, minute=0, second=0, microsecond=0) - timedelta(days=3)
    hours = "Office hours"
    stretches = [
        (0, 3, 3 * 3600, "", hours, None),
        (3, 4, 0, "lunch", hours, None),
        (4, 4.5, 1800, "", hours, nine - timedelta(days=30)),
        (4.5, 24, 0, "paused: the ticket was pending", "", None),
        (24, 48, 0, "German Unity Day", hours, None),
        (48, 49.25, 4500, "", hours, None),
    ]
    lines = [
        Line(
            nine + timedelta(hours=start),
            nine + timedelta(hours=end),
            counted * 1_000_000,
            why,
            calendar,
            since,
            counted,
        )
        for start, end, counted, why, calendar, since in stretches
    ]
    total = sum(line.shown for line in lines)
    return SimpleNamespace(lines=lines, total=total, left=4 * 3600 - total, is_true=True)


def _ruled(now: datetime) -> list[RuleShown]:
    def asked(words: str, holds: bool | None, saw: str, before: str = "", joint: str = "") -> Shown:
        return Shown(format_html("<b>{}</b>", words), holds, saw, before, joint)

    conditions = [
        asked("Status changed to Solved", True, "Solved", "Open"),
        asked("Priority is Urgent", False, "Normal", joint="or"),
        asked("Tags is one of refund", None, "not asked: the rest had decided", joint="not"),
    ]
    event = TicketEvent(pk=0, kind="priority.changed", payload={"old": "", "new": "high"}, actor_name="Raise",
                        actor_kind="rule", created_at=now)  # fmt: skip
    return [
        RuleShown(0, f"Outcome: {outcome}", outcome, str(label), tone, icon, conditions,
                  [event] if outcome == tracing.FIRED else [])
        for outcome, (label, tone, icon) in OUTCOMES.items()
    ]  # fmt: skip


def _builder(user: User, name: str, tree: dict[str, Any], none_yet: str = "") -> dict[str, Any]:
    return {
        "name": f"sg-{name}",
        "tree": json.dumps(tree),
        "data": conditions_data(tree, user, TRIGGER),
        "problems": as_dicts(problems(tree, TRIGGER)),
        "none_yet": none_yet,
    }
