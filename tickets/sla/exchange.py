"""SLA policies as JSON in Zendesk's shape, out and in again.

Zendesk counts targets in minutes; `target_in_seconds` beside them is exact, and is what counts where it is there.
`active`, `warn_percent` and `schedule` (the name of a calendar) are ours, and told beside.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from helpdesk.accounts.models import Calendar, User
from tickets.automation.interchange import (
    NAMES,
    conditions_here,
    conditions_problem,
    listed,
    read_each,
    shape,
    stamp,
    title_problem,
)
from tickets.automation.names import Names
from tickets.automation.soundness import conditions_in
from tickets.conditions import Invalid, check
from tickets.conditions.scopes import SLA
from tickets.models import Priority, SlaMetric, SlaPolicy
from tickets.services.errors import Refused
from tickets.sla import terms
from tickets.sla.policies import MOST, all_policies, create_policy

POLICIES = "sla_policies"
FIRST, NEXT, PERIODIC = SlaMetric.FIRST_REPLY, SlaMetric.NEXT_REPLY, SlaMetric.PERIODIC_UPDATE
# Zendesk's advanced settings and ours; Zendesk has two for tickets that agents open, where we have one.
SETTINGS: Mapping[tuple[str, str], str] = {
    (FIRST, "activate_on_ticket_created_for_end_user"): terms.FIRST_REPLY_FOR_AGENTS,
    (FIRST, "activate_on_agent_ticket_created_for_end_user_with_internal_comment"): terms.FIRST_REPLY_FOR_AGENTS,
    (FIRST, "activate_on_light_agent_on_email_forward_ticket_from_end_user"): terms.FIRST_REPLY_FOR_LIGHT,
    (FIRST, "activate_on_agent_created_ticket_for_self"): terms.FIRST_REPLY_FOR_OWN,
    (FIRST, "fulfill_on_agent_internal_comment"): terms.FIRST_REPLY_BY_NOTE,
    (NEXT, "activate_on_end_user_added_internal_comment"): terms.NEXT_REPLY_FOR_NOTE,
    (NEXT, "activate_on_agent_requested_ticket_with_public_comment_or_internal_comment"): terms.NEXT_REPLY_FOR_OWN,
    (NEXT, "activate_on_light_agent_internal_comment"): terms.NEXT_REPLY_FOR_LIGHT,
    (NEXT, "fulfill_on_non_requesting_agent_internal_comment_after_activation"): terms.NEXT_REPLY_BY_NOTE,
    (PERIODIC, "activate_on_agent_internal_comment"): terms.UPDATE_FOR_NOTE,
}
# A condition of Zendesk's SLA filters that says by number what `type` says by name.
TYPE_BY_NUMBER, TYPES = "ticket_type_id", {"1": "question", "2": "incident", "3": "problem", "4": "task"}


def export_policies(user: User) -> dict[str, Any]:
    found = list(all_policies().select_related("calendar"))
    named = [condition for policy in found for condition in conditions_in(policy.conditions)]
    return {
        POLICIES: [_exported(policy) for policy in found],
        NAMES: Names.of(SLA, user).named_by(named),
        "count": len(found),
    }


def _exported(policy: SlaPolicy) -> dict[str, Any]:
    settings: dict[str, dict[str, bool]] = {}
    for (metric, name), ours in SETTINGS.items():
        settings.setdefault(str(metric), {})[name] = bool(policy.settings.get(ours))
    return {
        "id": policy.pk,
        "title": policy.title,
        "description": policy.description,
        "position": policy.position,
        "active": policy.is_active,
        "filter": shape(policy.conditions),
        "policy_metrics": [
            {
                "priority": row["priority"],
                "metric": row["metric"],
                "target": -(-row["target"] // 60),
                "target_in_seconds": row["target"],
                "business_hours": bool(row.get("business_hours")),
            }
            for row in policy.targets
        ],
        "metric_settings": settings,
        "warn_percent": policy.settings.get(terms.WARN, terms.WARN_PERCENT),
        "schedule": policy.calendar.name if policy.calendar else None,
        "created_at": stamp(policy.created_at),
        "updated_at": stamp(policy.updated_at),
    }


@transaction.atomic
def import_policies(data: Any, author: User, *, switch_on: bool = False) -> tuple[list[SlaPolicy], list[SlaPolicy]]:
    """Make the policies of a file, after those that are there: those made, and among them those to be repaired.

    All of it or nothing. One whose filter or working hours name what is not here is made all the same, switched off.
    `switch_on`: those that were on, as all of Zendesk's are, are on at once. Raises `Refused`.
    """
    found = listed(data, POLICIES, "sla_policy")
    if len(found) > MOST:
        raise Refused(_("There are more than %(count)s policies in it.") % {"count": MOST})
    names = Names.of(SLA, author).reading(data.get(NAMES))
    readable = read_each(found, _("Policy %(place)s can’t be read: %(problem)s."), _problem)
    made = [_make(item, author, names, switch_on) for item in readable]
    return [policy for policy, _is_sound in made], [policy for policy, is_sound in made if not is_sound]


def _problem(item: dict[str, Any]) -> str:
    if problem := title_problem(item) or conditions_problem(item.get("filter") or {}):
        return problem
    rows = item.get("policy_metrics")
    if not isinstance(rows, list) or not rows:
        return _("it promises nothing")
    for place, row in enumerate(rows, 1):
        if problem := _row_problem(row):
            return _("target %(place)s: %(problem)s") % {"place": place, "problem": problem}
    return ""


def _row_problem(row: Any) -> str:
    if not isinstance(row, dict):
        return _("it is no object")
    if row.get("metric") not in SlaMetric.values:
        return _("there is no metric “%(name)s”") % {"name": str(row.get("metric"))[:60]}
    if row.get("priority") not in Priority.values or not row["priority"]:
        return _("there is no priority “%(name)s”") % {"name": str(row.get("priority"))[:60]}
    if _seconds(row) is None:
        return _("a target is at least 15 seconds and at most five years")
    return ""


def _seconds(row: Mapping[str, Any]) -> int | None:
    exact, minutes = _number(row.get("target_in_seconds")), _number(row.get("target"))
    seconds = minutes * 60 if exact is None and minutes is not None else exact
    return round(seconds) if seconds is not None and terms.SHORTEST <= seconds <= terms.LONGEST else None


def _number(value: Any) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _make(item: dict[str, Any], author: User, names: Names, switch_on: bool) -> tuple[SlaPolicy, bool]:
    conditions = conditions_here(_with_our_types(item.get("filter") or {}), names)
    calendar, is_sound = _calendar(item.get("schedule"))
    try:
        conditions = check(conditions, SLA)
    except Invalid:
        is_sound = False
    rows = {
        (row["metric"], row["priority"]): {
            "priority": row["priority"],
            "metric": row["metric"],
            "target": _seconds(row),
            "business_hours": bool(row.get("business_hours")),
        }
        for row in item["policy_metrics"]
    }
    policy = create_policy(
        author,
        " ".join(item["title"].split())[:120],
        change=_("Imported"),
        description=str(item.get("description") or "")[:500],
        conditions=conditions,
        targets=list(rows.values()),
        settings=_settings(item),
        calendar=calendar,
        is_active=bool(switch_on and item.get("active", True) and is_sound),
    )
    return policy, is_sound


def _with_our_types(node: dict[str, Any]) -> dict[str, Any]:
    if "field" not in node:
        return {part: [_with_our_types(child) for child in nodes] for part, nodes in node.items()}
    if node["field"] != TYPE_BY_NUMBER:
        return node
    return {**node, "field": "type", "value": TYPES.get(str(node.get("value")), node.get("value"))}


def _calendar(name: Any) -> tuple[Calendar | None, bool]:
    """The calendar of that name, and whether all is well: none was asked for, or there is one."""
    if not name:
        return None, True
    found = Calendar.objects.filter(name=str(name)[:200]).first()
    return found, found is not None


def _settings(item: Mapping[str, Any]) -> dict[str, Any]:
    told = item.get("metric_settings")
    by_metric = told if isinstance(told, dict) else {}
    chosen = {
        ours: True
        for (metric, name), ours in SETTINGS.items()
        if isinstance(by_metric.get(metric), dict) and by_metric[metric].get(name) is True
    }
    warn = item.get("warn_percent")
    is_percent = isinstance(warn, int) and not isinstance(warn, bool) and 0 <= warn <= 99
    return {**chosen, terms.WARN: warn if is_percent else terms.WARN_PERCENT}
