"""Where admins set surveys up: saving, order, previews, tests to oneself, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from django.core import mail
from django.test import Client
from django.utils import timezone

from channels_app.survey_mails import OUTBOX
from helpdesk.accounts.models import User
from tickets.models import Inbox, Survey, SurveyMail, Ticket
from tickets.surveys.upkeep import all_surveys

pytestmark = pytest.mark.django_db
SENT: dict[str, Any] = {
    "title": "After all", "kind": "csat", "scale": "3", "moment": "solved", "delay": "1d 2h", "delay_is_business": "on",
    "remind_after_days": "3", "apart_days": "20", "open_days": "10", "is_active": "on", "conditions": "",
    "question_de": "Zufrieden?", "reason_0_en": "It took too long!", "reason_0_de": "Zu lange", "reason_1_en": "Tone",
}  # fmt: skip


@pytest.fixture
def admin(client: Client, radia: User) -> Client:
    client.force_login(radia)
    return client


def test_a_new_one_is_kept_as_it_was_sent(admin: Client) -> None:
    assert admin.get("/settings/surveys/new/").status_code == 200
    response = admin.post("/settings/surveys/new/", SENT)
    survey = Survey.objects.get()
    assert response["Location"] == f"/settings/surveys/{survey.pk}/"
    assert (survey.kind, survey.scale, survey.delay_minutes, survey.delay_is_business) == ("csat", 3, 26 * 60, True)
    assert survey.texts == {"de": {"question": "Zufrieden?"}}
    assert survey.reasons == [
        {"code": "it_took_too_long", "texts": {"en": "It took too long!", "de": "Zu lange"}},
        {"code": "tone", "texts": {"en": "Tone"}},
    ]
    assert admin.get(f"/settings/surveys/{survey.pk}/").status_code == 200


def test_reasons_keep_their_codes_and_other_kinds_have_their_own_scale(admin: Client) -> None:
    admin.post("/settings/surveys/new/", SENT)
    survey = Survey.objects.get()
    changed = {**SENT, "kind": "nps", "seen": "1", "reason_0_code": "it_took_too_long", "reason_0_en": "Too slow"}
    assert admin.post(f"/settings/surveys/{survey.pk}/", changed).status_code == 302
    survey.refresh_from_db()
    assert (survey.scale, survey.reasons[0]["code"]) == (11, "it_took_too_long")
    assert survey.reasons[0]["texts"]["en"] == "Too slow"
    stale = admin.post(f"/settings/surveys/{survey.pk}/", {**SENT, "seen": "1"})
    assert stale.status_code == 422 and "has changed this since" in stale.content.decode()


@pytest.mark.parametrize(
    ("field", "value"),
    [("title", " "), ("delay", "soon"), ("delay", "99d"), ("open_days", "0"), ("kind", "xyz"), ("conditions", "{"),
     ("remind_after_days", "10"), ("scale", "4")],
)  # fmt: skip
def test_bad_input_says_so_and_changes_nothing(field: str, value: str, admin: Client) -> None:
    response = admin.post("/settings/surveys/new/", {**SENT, field: value})
    assert response.status_code == 422 and not Survey.objects.exists()


def test_a_scale_that_was_asked_by_stays(admin: Client, survey: Survey, solved: Ticket) -> None:
    response = admin.post(f"/settings/surveys/{survey.pk}/", {**SENT, "seen": ""})
    assert response.status_code == 422 and "asked by this scale already" in response.content.decode()


def test_the_preview_follows_the_form_in_either_language(admin: Client) -> None:
    shown = admin.post("/settings/surveys/preview/", {**SENT, "preview_language": "de"}).content.decode()
    assert "Zufrieden?" in shown and "Zu lange" in shown
    english = admin.post("/settings/surveys/preview/", {"kind": "nps", "preview_language": "en"}).content.decode()
    assert "recommend us" in english
    assert admin.post("/settings/surveys/preview/", {"kind": "?", "title": "x" * 999}).status_code == 200


def test_a_test_goes_to_oneself(admin: Client, survey: Survey, support: Inbox, radia: User) -> None:
    admin.post(f"/settings/surveys/{survey.pk}/test/", {"preview_language": "de"})
    row = SurveyMail.objects.get()
    assert (row.email, row.language, row.kind) == (radia.email, "de", "trial")
    assert OUTBOX.send_due(now=timezone.now()) == 1 and mail.outbox[0].recipients() == [radia.email]


def test_order_activity_deletion_and_the_way_back(admin: Client, survey: Survey) -> None:
    admin.post("/settings/surveys/new/", SENT)
    other = Survey.objects.latest("pk")
    admin.post(f"/settings/surveys/{other.pk}/position/", {"step": "-1"})
    assert list(all_surveys()) == [other, survey]
    admin.post(f"/settings/surveys/{other.pk}/activity/", {"active": "0"})
    admin.post(f"/settings/surveys/{survey.pk}/deletion/")
    other.refresh_from_db()
    assert not other.is_active and list(all_surveys()) == [other]
    assert admin.get("/settings/surveys/").status_code == 200
    admin.post(f"/settings/surveys/{survey.pk}/restoration/", {"number": "1"})
    survey.refresh_from_db()
    assert list(all_surveys()) == [other, survey] and not survey.is_active


def test_only_admins(client: Client, margaret: User, survey: Survey) -> None:
    client.force_login(margaret)
    assert client.get("/settings/surveys/").status_code == 403
    assert client.post(f"/settings/surveys/{survey.pk}/deletion/").status_code == 403
