"""A survey, a ticket that Grace has solved, and a mailbox."""

from __future__ import annotations

import pytest
from django.core import mail
from pytest_django.fixtures import Settings

from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets.models import Status, Survey, Ticket
from tickets.services import assign, change_status

REASONS = [
    {"code": "slow", "texts": {"en": "It took too long", "de": "Es hat zu lange gedauert"}},
    {"code": "wrong", "texts": {"en": "It is not solved"}},
]


@pytest.fixture(autouse=True)
def posted(settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    mail.outbox = []


@pytest.fixture
def survey(db: None) -> Survey:
    return Survey.objects.create(
        title="After each ticket", kind="csat", scale=5, reasons=REASONS, is_active=True, delay_minutes=60,
        remind_after_days=3, apart_days=14, open_days=30,
    )  # fmt: skip


@pytest.fixture
def solved(adas_ticket: Ticket, grace: User, survey: Survey) -> Ticket:
    assign(adas_ticket, grace, actor=Actor.agent(grace))
    return change_status(adas_ticket, Status.SOLVED, actor=Actor.agent(grace))
