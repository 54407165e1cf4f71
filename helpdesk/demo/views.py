"""The saved views of the demo company: what its people would look at every day."""

from __future__ import annotations

from typing import Any

from channels_app.setup.social import TO_SORT
from helpdesk.demo.company import Company
from tickets.conditions import check
from tickets.models import ViewLayout
from tickets.saved_views import create_view

Tree = dict[str, Any]
UNSOLVED = {"field": "status", "operator": "less_than", "value": "solved"}
WAITS = {"field": "is_waiting", "operator": "is", "value": "true"}


def _tagged(*tags: str) -> Tree:
    return {"field": "current_tags", "operator": "includes", "value": list(tags)}


def save_views(company: Company) -> None:
    """For everyone, for two teams, and a few that Maren, Tomasz and Joaquim keep for themselves."""
    _for_everyone(company)
    _for_teams(company)
    _for_themselves(company)


def _for_everyone(company: Company) -> None:
    lead = company.staff["lead"]
    create_view(
        lead, "Urgent and waiting", mine=False, description="High and urgent tickets whose customer waits for us",
        conditions=check({"all": [
            UNSOLVED, WAITS, {"field": "priority", "operator": "greater_than_equal", "value": "high"},
        ]}),
        sort="waiting_since",
    )  # fmt: skip
    create_view(
        lead, "Waiting for hours", mine=False, description="Nobody has answered for six hours",
        conditions=check({"all": [
            UNSOLVED, WAITS, {"field": "waiting_since", "operator": "greater_than", "value": 6},
        ]}),
        sort="waiting_since", group_by="team", layout=ViewLayout.TABLE,
        columns=["subject", "requester", "assignee", "priority", "waiting_since"],
    )  # fmt: skip
    create_view(
        lead, "Refunds and returns", mine=False, description="Money back, goods back",
        conditions=check({
            "all": [UNSOLVED],
            "any": [
                _tagged("refund", "return", "returns"),
                {"field": "subject_includes_word", "operator": "includes", "value": ["refund", "money back", "return"]},
            ],
        }),
        sort="-updated_at", group_by="status", layout=ViewLayout.TABLE,
        columns=["status", "subject", "requester", "organisation", "assignee", "tags", "updated_at"],
    )  # fmt: skip
    create_view(lead, "Public posts to sort", mine=False, conditions=check(TO_SORT))


def _for_teams(company: Company) -> None:
    lead = company.staff["lead"]
    hardware, billing = company.teams["Hardware"], company.teams["Billing"]
    create_view(
        lead, "Hardware without an owner", team=hardware,
        conditions=check({"all": [
            UNSOLVED, {"field": "group_id", "operator": "is", "value": hardware.pk},
            {"field": "assignee_id", "operator": "is", "value": ""},
        ]}),
        sort="created_at",
    )  # fmt: skip
    create_view(
        lead, "Problems and incidents", team=hardware, description="By type, the newest on top",
        conditions=check({"all": [
            UNSOLVED, {"field": "type", "operator": "includes", "value": ["problem", "incident"]},
        ]}),
        group_by="type", layout=ViewLayout.TABLE,
        columns=["number", "subject", "requester", "status", "priority", "assignee", "reply_count", "created_at"],
    )  # fmt: skip
    create_view(
        lead, "Billing this week", team=billing,
        conditions=check({"all": [
            {"field": "group_id", "operator": "is", "value": billing.pk},
            {"field": "created_at", "operator": "within_previous_n_days", "value": 7},
        ]}),
    )  # fmt: skip


def _for_themselves(company: Company) -> None:
    mine = {"field": "assignee_id", "operator": "is", "value": "current_user"}
    create_view(
        company.staff["agent"], "My move", description="Mine, and the customer waits",
        conditions=check({"all": [mine, WAITS]}), sort="waiting_since",
    )  # fmt: skip
    create_view(
        company.staff["agent"], "Silent customers", description="Pending for three days: ask again or solve",
        conditions=check({"all": [mine, {"field": "PENDING", "operator": "greater_than", "value": 72}]}),
        sort="updated_at",
    )  # fmt: skip
    create_view(
        company.staff["lead"], "Reopened or long", description="Where something does not work as it should",
        conditions=check({"all": [UNSOLVED], "any": [
            {"field": "reopens", "operator": "greater_than", "value": 0},
            {"field": "replies", "operator": "greater_than", "value": 4},
        ]}),
        sort="-reply_count", layout=ViewLayout.TABLE,
        columns=["subject", "requester", "assignee", "reply_count", "reopen_count", "created_at"],
    )  # fmt: skip
    create_view(
        company.staff["light"], "Sensors and hubs", description="What the workshop should know about",
        conditions=check({"all": [UNSOLVED, _tagged("nest", "wren", "firmware", "heron", "dipper")]}),
    )  # fmt: skip
