"""What 200 active triggers add to a gesture: time of its transaction with them and without, in one process."""

from __future__ import annotations

import random
import time
from itertools import cycle
from statistics import median
from typing import Any

from django.db import transaction

from customers.actors import Actor
from helpdesk.accounts.models import Team, User
from tests.bench.results import Results
from tests.bench.stack import Stack
from tickets.conditions import check
from tickets.models import Rule, RuleKind, Ticket
from tickets.services import add_note, change_priority, gesture

RULES, GESTURES = 200, 150


def bench_triggers(stack: Stack, results: Results) -> None:
    """The same tickets each time, rolled back after each gesture; two of the rules fire in every one."""
    stack.stop("worker", "beat")
    user = User.objects.get(email="agent@demo.test")
    tickets = list(Ticket.objects.visible_to(user).unsolved().order_by("pk")[:GESTURES])
    before = list(Rule.objects.filter(is_active=True).values_list("pk", flat=True))
    Rule.objects.filter(pk__in=before).update(is_active=False)
    try:
        without = pace(tickets, user)
        rules = Rule.objects.bulk_create(some_rules())
        asked = pace(tickets, user)
        Rule.objects.filter(pk__in=[rule.pk for rule in rules[:2]]).update(conditions={})
        fired = pace(tickets, user)
    finally:
        Rule.objects.filter(title__startswith="Bench ").delete()
        Rule.objects.filter(pk__in=before).update(is_active=True)
        stack.start("worker", "beat")
    remark = f"median of {len(tickets)}: {without:.1f} ms without, {fired - without:.1f} ms on top when two fire"
    results.at_most(f"{RULES} active triggers, on top of a gesture", asked - without, "ms", 15, remark)


def pace(tickets: list[Ticket], user: User) -> float:
    """Milliseconds of a gesture with a note and a new priority."""
    actor, took = Actor.agent(user), []
    for ticket in tickets:
        with transaction.atomic():
            began = time.perf_counter()
            with gesture(ticket, actor=actor) as g:
                add_note(g.ticket, "<p>The invoice was wrong again, a refund is on its way.</p>", actor=actor)
                change_priority(g.ticket, "high" if g.ticket.priority != "high" else "low", actor=actor)
            took.append((time.perf_counter() - began) * 1000)
            transaction.set_rollback(True)
    return median(took)


def some_rules() -> list[Rule]:
    """As teams have them: three to five conditions, words, changes and people among them; hardly one fires."""
    rng, teams = random.Random(4), list(Team.objects.values_list("pk", flat=True))
    people = list(User.objects.values_list("pk", flat=True))

    def some() -> list[dict[str, Any]]:
        return rng.sample(
            [
                {"field": "status", "operator": "value", "value": rng.choice(["pending", "hold", "solved"])},
                {"field": "priority", "operator": "is", "value": rng.choice(["urgent", "low"])},
                {"field": "current_tags", "operator": "includes", "value": [f"tag{rng.randrange(80)}"]},
                {"field": "group_id", "operator": "is", "value": rng.choice(teams)},
                {"field": "assignee_id", "operator": "value", "value": rng.choice(people)},
                {"field": "comment_includes_word", "operator": "includes", "value": [f"word{rng.randrange(80)}"]},
                {"field": "subject_includes_word", "operator": "includes", "value": [f"word{rng.randrange(80)}"]},
                {"field": "requester_address", "operator": "includes", "value": [f"@{rng.randrange(80)}.example"]},
                {"field": "ticket_is_public", "operator": "is", "value": "private"},
                {"field": "role", "operator": "is", "value": rng.choice(["agent", "end_user"])},
                {"field": "comment_is_public", "operator": "is", "value": rng.choice(["true", "false"])},
            ],
            rng.randint(2, 4),
        )

    position, rules = cycle(range(RULES)), []
    for number in range(RULES):
        update = {"field": "update_type", "operator": "is", "value": rng.choice(["Create", "Change", "Change"])}
        # Hardly any holds; some have to ask the database to know it.
        never = {"field": "current_tags", "operator": "includes", "value": [f"never{number % 40}"]}
        if number % 10 == 0:
            never = {"field": "requester_address", "operator": "includes", "value": [f"@never{number}.example"]}
        tree = {"all": [update, never, *some()[:2]], "any": some()}
        rules.append(
            Rule(
                kind=RuleKind.TRIGGER,
                title=f"Bench {number}",
                conditions=check(tree, "trigger"),
                actions=[{"field": "current_tags", "value": f"bench{number}"}],
                position=next(position),
            )
        )
    return rules
