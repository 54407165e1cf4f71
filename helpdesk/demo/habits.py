"""What the demo company has set up: its promises from the beginning, its rules and macros as of today.

The rules come last, so that they act on what happens from now on: nobody is reminded of what was told of the past.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from helpdesk.accounts.calendar_changes import create_calendar
from helpdesk.accounts.models import Team
from helpdesk.demo.company import Company
from tickets.automation import macro_upkeep, rules
from tickets.automation.actions import check_actions
from tickets.conditions import check
from tickets.models import RoutingMode, RuleKind, Skill
from tickets.routing.setup import change_routing
from tickets.starter import create_habits, create_priority_rule, create_promises

DAY = 1440
HOURS = [(9 * 60, 12 * 60 + 30), (13 * 60 + 15, 17 * 60 + 30)]  # with a lunch break
BEFORE = timedelta(days=400)


def promise(company: Company, *, now: datetime) -> None:
    """Hamburg's office hours and holidays, and an SLA policy by them and by priority, from the first ticket on."""
    week = [(day * DAY + start, day * DAY + end) for day in range(1, 6) for start, end in HOURS]
    create_calendar(
        "Office hours",
        time_zone="Europe/Berlin",
        week=week,
        holiday_country="DE",
        holiday_region="HH",
        now=now - BEFORE,
    )
    create_promises(company.staff["admin"])
    create_priority_rule(company.staff["admin"])


def set_habits(company: Company) -> None:
    admin = company.staff["admin"]
    create_habits(admin)
    _answer_in_german(company)
    _send_money_matters_to_billing(company)


def _answer_in_german(company: Company) -> None:
    """Whoever writes in German finds somebody who does, and an answer in it."""
    admin = company.staff["admin"]
    german = Skill.objects.create(name="lang:de")
    german.people.set([company.staff["agent"], company.staff["lead"]])
    _trigger(
        company, "German for those who write it", "Asks for somebody who reads German.",
        [("update_type", "is", "Create"), ("message_language", "is", "de")], [("add_skills", "lang:de")],
    )  # fmt: skip
    words = (
        "<p>Guten Tag {{ticket.requester.first_name}},</p><p>vielen Dank für Ihre Nachricht. Wir sehen uns das an und "
        "melden uns bis morgen Mittag.</p>"
    )
    actions = [
        {"field": "comment_value_html", "value": words},
        {"field": "comment_mode_is_public", "value": True},
        {"field": "status", "value": "open"},
    ]
    macro_upkeep.create_macro(
        admin, "Wir kümmern uns", shortcut="kuemmern", description="A first answer in German.", folder="First answers",
        language="de", actions=macro_upkeep.read_actions(actions),
    )  # fmt: skip


def _send_money_matters_to_billing(company: Company) -> None:
    billing = Team.objects.get(name="Billing")
    _trigger(
        company, "Refunds go to Billing", "Who asks for money back is with the right people at once.",
        [("update_type", "is", "Create"), ("comment_includes_word", "includes", ["refund", "invoice", "money back"])],
        [("group_id", str(billing.pk)), ("current_tags", "money")],
    )  # fmt: skip
    change_routing(billing, mode=RoutingMode.LEAST_LOADED, take_back_after=240)


def _trigger(
    company: Company, title: str, description: str, asked: list[tuple[str, str, Any]], done: list[tuple[str, Any]]
) -> None:
    lines = [dict(zip(("field", "operator", "value"), line, strict=True)) for line in asked]
    actions = [{"field": field, "value": value} for field, value in done]
    rules.create_rule(
        RuleKind.TRIGGER,
        company.staff["admin"],
        title,
        description=description,
        conditions=check({"all": lines}, RuleKind.TRIGGER),
        actions=check_actions(actions, scope=RuleKind.TRIGGER),
        category=rules.category_named("Sort"),
    )
