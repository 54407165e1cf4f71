"""Rules hear of answers: the starter trigger follows up on bad ones; conditions ask for what was said last."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from customers.actors import Actor
from customers.consent import set_consent
from customers.models import Customer
from helpdesk.accounts.models import Team, User
from tests.tickets.automation.rules import asks, does, trigger
from tickets.conditions import as_q, facts_of, matches
from tickets.models import Notification, Rule, Survey, Ticket
from tickets.services import Said, rate
from tickets.starter import create_habits
from tickets.surveys.asking import sweep

pytestmark = pytest.mark.django_db


def say(ticket: Ticket, ada: Customer, value: int, survey: Survey, **more: Any) -> None:
    reasons = more.pop("reasons", ())
    said = Said(value, survey.kind, survey.scale, survey, reasons=reasons)
    rate(ticket, said, actor=Actor.of_customer(ada), **more)


def now_of(ticket: Ticket) -> Ticket:
    return Ticket.objects.get(pk=ticket.pk)


def test_the_starter_trigger_is_off_and_follows_up_once_switched_on(
    solved: Ticket, survey: Survey, ada: Customer, radia: User, margaret: User, support_team: Team
) -> None:
    margaret.teams.add(support_team)
    create_habits(radia)
    rule = Rule.objects.get(is_active=False)
    say(solved, ada, 1, survey)
    assert now_of(solved).status == "solved"
    Rule.objects.exclude(pk=rule.pk).update(is_active=False)
    Rule.objects.filter(pk=rule.pk).update(is_active=True)
    say(solved, ada, 5, survey)
    say(solved, ada, 2, survey)
    assert (now_of(solved).status, now_of(solved).tags) == ("open", ["bad_rating"])
    told = Notification.objects.filter(kind="rule")
    assert [row.user for row in told] == [margaret]


def test_adding_words_is_no_second_bad_rating(solved: Ticket, survey: Survey, ada: Customer) -> None:
    trigger("Again", [asks("rated", "is", "bad"), asks("rated_before", "is_not", "bad")], does("priority", "urgent"))
    say(solved, ada, 1, survey)
    assert now_of(solved).priority == "urgent"
    Ticket.objects.filter(pk=solved.pk).update(priority="")
    say(solved, ada, 1, survey, comment="It rattles.")
    assert now_of(solved).priority == ""


@pytest.mark.parametrize(
    ("condition", "holds"),
    [
        (("rated", "is", "bad"), True),
        (("rated", "is", "good"), False),
        (("rating_kind", "is", "csat"), True),
        (("rating_kind", "is", "nps"), False),
        (("rating_value", "less_than", 3), True),
        (("rating_value", "greater_than", 3), False),
        (("satisfaction_reason_code", "includes", "slow"), True),
        (("satisfaction_reason_code", "includes", "tone"), False),
        (("rating_comment", "includes", "rattles"), True),
        (("rating_comment", "includes", "lovely"), False),
        (("rated_before", "is", "good"), False),
        (("satisfaction_score", "is", "bad"), True),
        (("satisfaction_comment", "present"), True),
    ],
)
def test_rules_can_ask_for_all_of_an_answer(
    condition: tuple[Any, ...], holds: bool, solved: Ticket, survey: Survey, ada: Customer
) -> None:
    trigger("Asks", [asks(*condition)], does("current_tags", "heard"))
    say(solved, ada, 2, survey, reasons=["slow"], comment="It still rattles.")
    assert (now_of(solved).tags == ["heard"]) is holds


@pytest.mark.parametrize(
    ("field", "value", "holds"),
    [
        ("satisfaction_score", "good", True),
        ("satisfaction_score", "bad", False),
        ("nps_score", "bad", True),
        ("ces_score", "good", False),
    ],
)
def test_lists_and_memory_say_the_same_of_what_counts(
    field: str, value: str, holds: bool, solved: Ticket, survey: Survey, ada: Customer
) -> None:
    nps = Survey.objects.create(title="Recommend?", kind="nps", scale=11)
    say(solved, ada, 1, survey)
    say(solved, ada, 4, survey)
    say(solved, ada, 3, nps)
    tree: Any = {"all": [{"field": field, "operator": "is", "value": value}]}
    now = timezone.now()
    listed = Ticket.objects.filter(as_q(tree, user=None, now=now)).exists()
    assert listed is holds is matches(tree, facts_of(solved, [tree]), user=None, now=now)


@pytest.mark.parametrize(
    ("kind", "scale", "value", "words"),
    [
        ("csat", 5, 4, "(4 of 5)"),
        ("csat", 5, 3, "neither good nor bad"),
        ("csat", 2, 1, "rated this as"),
        ("nps", 11, 9, "9 of 10"),
        ("ces", 7, 6, "6 of 7"),
    ],
)
def test_the_ticket_and_its_customers_timeline_say_what_was_answered(
    kind: str, scale: int, value: int, words: str, solved: Ticket, ada: Customer, grace: User, client: Client
) -> None:
    sweep(now=timezone.now() + timedelta(minutes=61))
    say(solved, ada, value, Survey.objects.create(title="Asks", kind=kind, scale=scale))
    client.force_login(grace)
    shown = client.get(f"/agent/tickets/{solved.pk}/").content.decode()
    assert words in shown and "was asked how it went" in shown
    assert client.get(f"/agent/of-customer/{ada.pk}/timeline/").status_code == 200


def test_the_timeline_says_why_nobody_was_asked(solved: Ticket, ada: Customer, grace: User, client: Client) -> None:
    set_consent(ada, "email", "survey", False, actor=Actor.agent(grace))
    sweep(now=timezone.now() + timedelta(minutes=61))
    client.force_login(grace)
    assert "do not want to be asked" in client.get(f"/agent/tickets/{solved.pk}/").content.decode()
