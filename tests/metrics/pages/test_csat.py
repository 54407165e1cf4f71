"""The page of satisfaction: what counts, why not, changed minds, and nothing of what its reader may not see."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from customers.actors import Actor
from customers.models import Customer
from helpdesk.accounts.models import User
from metrics.facts.catching_up import retell
from metrics.pages.csat import csat
from metrics.pages.parts import Page
from metrics.pages.wanted import read_wanted
from tests.cast import open_for
from tickets.models import Inbox, Survey, SurveyInvitation, Ticket
from tickets.services import Said, change_status, rate

pytestmark = pytest.mark.django_db
REASONS = [{"code": "slow", "texts": {"en": "It took too long"}}]


@pytest.fixture
def survey(db: None) -> Survey:
    return Survey.objects.create(title="After each", kind="csat", scale=5, reasons=REASONS)


def rated(ada: Customer, inbox: Inbox, grace: User, survey: Survey, *values: int, comment: str = "") -> Ticket:
    ticket = change_status(open_for(ada, inbox, "It rattles"), "solved", actor=Actor.agent(grace))
    for value in values:
        reasons = ["slow"] if value < 3 else []
        said = Said(value, survey.kind, survey.scale, survey, reasons=reasons)
        rate(ticket, said, comment=comment, actor=Actor.of_customer(ada))
    return ticket


def page_for(user: User) -> Page:
    return csat(read_wanted({"preset": "last_7"}, User.objects.get(pk=user.pk)))


def numbers(page: Page) -> dict[str, str]:
    return {tile.measure.name: tile.cell.words for tile in page.tiles}


def test_neutral_is_no_vote_and_only_the_last_word_counts(
    ada: Customer, support: Inbox, grace: User, radia: User, survey: Survey
) -> None:
    rated(ada, support, grace, survey, 5)
    rated(ada, support, grace, survey, 4)
    rated(ada, support, grace, survey, 3)
    rated(ada, support, grace, survey, 1, 5)
    rated(ada, support, grace, survey, 2)
    page = page_for(radia)
    assert numbers(page)["csat"] == "75.0 %", "three good of four that are good or bad"
    assert (numbers(page)["ratings_good"], numbers(page)["ratings_bad"]) == ("3", "1")
    assert page.tiles[0].cell.is_few and "4 only" in page.tiles[0].cell.about
    changes = next(block.table for block in page.blocks if block.table and block.table.name == "changes")
    assert [(row.name, row.cells[0].words) for row in changes.rows] == [("Bad → Good", "1"), ("Good → Bad", "0")]


def test_who_was_asked_and_has_not_answered_lowers_the_response_rate(
    ada: Customer, support: Inbox, grace: User, radia: User, survey: Survey
) -> None:
    now = timezone.now()
    for state in ("answered", "sent", "expired", "skipped"):
        ticket = rated(ada, support, grace, survey)
        sent = None if state == "skipped" else now - timedelta(hours=1)
        SurveyInvitation.objects.create(
            survey=survey, ticket=ticket, customer=ada, moment="solved", state=state, sent_at=sent
        )
    assert numbers(page_for(radia))["csat_response"] == "33.3 %"


def test_nps_and_effort_have_formulas_of_their_own(
    ada: Customer, support: Inbox, grace: User, radia: User, survey: Survey
) -> None:
    nps = Survey.objects.create(title="Recommend", kind="nps", scale=11)
    ces = Survey.objects.create(title="Effort", kind="ces", scale=7)
    for value in (10, 9, 8, 0):
        rated(ada, support, grace, nps, value)
    for value in (7, 4):
        rated(ada, support, grace, ces, value)
    found = numbers(page_for(radia))
    assert (found["nps"], found["ces"], found["csat"]) == ("25.0", "5.5", "–")


def test_comments_stand_with_their_tickets_and_agents_read_their_own_page_instead(
    ada: Customer, support: Inbox, grace: User, margaret: User, survey: Survey, client: Client
) -> None:
    ticket = rated(ada, support, grace, survey, 1, comment="It still <rattles>.")
    retell([ticket.pk], now=timezone.now())
    client.force_login(margaret)
    shown = client.get("/reports/csat/?preset=last_7").content.decode()
    assert "It still &lt;rattles&gt;." in shown and "It took too long" in shown and f"#{ticket.pk}" in shown
    client.force_login(grace)
    assert client.get("/reports/csat/").status_code == 403
