"""Whom we asked is part of their archive, and forgotten with them; what was said stays as a number."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from zipfile import ZipFile

import pytest
from django.core.files.storage import default_storage
from django.test import Client
from django.utils import timezone
from pytest_django.fixtures import Settings

from customers.actors import Actor
from customers.erasing import erase
from customers.exporting import begin_export
from customers.models import Customer, PrivacyJob
from customers.privacy_jobs import run_job
from helpdesk.accounts.models import User
from tests.tickets.chat.test_privacy import found
from tickets.models import Rating, SurveyInvitation, SurveyMail, Ticket
from tickets.surveys.answering import answer
from tickets.surveys.asking import forget_old_mails, sweep
from tickets.surveys.links import token_of

pytestmark = pytest.mark.django_db
ADDRESS = "ada@example.org"


@pytest.fixture(autouse=True)
def storage(settings: Settings, tmp_path: Path) -> None:
    settings.MEDIA_ROOT = str(tmp_path / "media")


@pytest.fixture
def asked(solved: Ticket) -> SurveyInvitation:
    sweep(now=timezone.now() + timedelta(minutes=61))
    return SurveyInvitation.objects.select_related("survey", "ticket", "customer").get()


def test_who_is_forgotten_leaves_a_score_and_a_link_that_is_over(
    asked: SurveyInvitation, ada: Customer, radia: User, client: Client
) -> None:
    answer(asked, 1, reasons=["slow"], comment="xqcommentzv")
    assert found("xqcommentzv") and "tickets_surveymail.email" in found(ADDRESS)
    run_job(erase(ada, actor=Actor.agent(radia)).pk)
    assert not found("xqcommentzv") and not found(ADDRESS)
    assert Rating.objects.get().score == "bad" and not SurveyMail.objects.exists()
    assert client.get(f"/survey/{token_of(asked)}/").status_code == 410


def test_answers_and_mails_are_exported(asked: SurveyInvitation, ada: Customer, radia: User) -> None:
    answer(asked, 1, comment="xqcommentzv")
    job = begin_export(ada, actor=Actor.agent(radia))
    run_job(job.pk)
    job = PrivacyJob.objects.get(pk=job.pk)
    with default_storage.open(job.file) as file, ZipFile(file) as archive:
        told = {name: archive.read(name).decode() for name in archive.namelist() if name.endswith(".json")}
    assert ADDRESS in told["survey_mails.json"]
    assert any("xqcommentzv" in words and "rating" in name for name, words in told.items())


def test_rows_of_old_mails_go(asked: SurveyInvitation) -> None:
    SurveyMail.objects.update(due_at=None)
    assert forget_old_mails(now=timezone.now()) == 0
    assert forget_old_mails(now=timezone.now() + timedelta(days=91)) == 1
