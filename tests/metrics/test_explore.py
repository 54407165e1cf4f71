"""The report builder: what can be asked, how it is answered, saved and shared."""

from __future__ import annotations

import csv
import io
import json
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from helpdesk.accounts.models import Role, Team, User
from metrics.explore.wanted import read_explored
from metrics.models import SavedReport
from tests.cast import staff
from tests.metrics.test_asking import fact, on, tickets
from tickets.models import Ticket

__all__ = ["tickets"]
RANGE = {"from": "2026-03-01", "to": "2026-03-31"}


@pytest.fixture
def told(tickets: list[Ticket]) -> list[Ticket]:
    for n, ticket in enumerate(tickets):
        fact(ticket, on(1 + n), priority="high" if n else "", first_reply_at=on(1 + n), first_reply=60 * (n + 1))
    return tickets


def get(client: Client, where: str = "", **params: str | list[str]) -> tuple[int, str]:
    path = f"/reports/explore/{where}"
    answer = client.get(f"{path}?" + urlencode({**RANGE, **params}, doseq=True))
    return answer.status_code, answer.content.decode()


@pytest.mark.parametrize("shown", ["table", "line", "bars", "heat", "pivot"])
def test_every_shape_is_drawn(client: Client, margaret: User, told: list[Ticket], shown: str) -> None:
    client.force_login(margaret)
    status, html = get(client, m=["opened", "first_reply"], by=["day", "channel"], shown=shown)
    assert status == 200
    assert "E-mail" in html
    assert "/reports/tickets/?measure=opened" in html
    assert ("<svg" in html.partition('class="rmain"')[2].partition("saved-reports")[0]) or shown in ("table", "pivot")


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"m": "luck"}, "There is no measure “luck”."),
        ({"m": "opened", "by": "moon"}, "Nothing is told by “moon”."),
        ({"m": ["opened", "solved", "replies", "notes", "reopens"]}, "Four measures at most"),
        ({"m": "opened", "by": ["day", "team", "agent"]}, "not more"),
        ({"m": "opened", "by": "day", "shown": "heat"}, "Heat map needs two things"),
        ({"m": "opened", "by": "team", "shown": "line"}, "Lines go along days"),
        ({"m": "opened", "shown": "bars"}, "Bars need something"),
        ({"m": "opened", "shown": "cake"}, "There is no “cake”."),
        ({"m": "opened", "filter": "{"}, "can’t be read"),
    ],
)
def test_what_can_not_be_drawn_is_said(client: Client, margaret: User, params: dict[str, Any], words: str) -> None:
    client.force_login(margaret)
    status, html = get(client, **params)
    assert (status, words in html) == (422, True)
    assert get(client, "file/", **params)[0] == 422


def test_the_file_has_every_number(client: Client, margaret: User, told: list[Ticket]) -> None:
    client.force_login(margaret)
    status, text = get(client, "file/", m=["opened", "first_reply"], by=["priority"])
    assert status == 200
    rows = list(csv.DictReader(io.StringIO(text.lstrip("\ufeff"))))
    assert [(row["Priority"], row["priority_key"], row["opened"]) for row in rows] == [
        ("High", "high", "3"), ("None", "", "1"), ("All", "", "4"),
    ]  # fmt: skip
    assert (rows[0]["first_reply_median"], rows[0]["first_reply_n"]) == ("180", "3")


def test_a_saved_report_asks_the_same_again(client: Client, margaret: User, told: list[Ticket]) -> None:
    client.force_login(margaret)
    tree = json.dumps({"all": [{"field": "priority", "operator": "is", "value": "high"}]})
    query = urlencode({"m": ["opened", "solved"], "by": "channel", "preset": "last_month", "filter": tree}, doseq=True)
    answer = client.post("/reports/explore/saved/", {"query": query, "title": " My  months ", "audience": "me"})
    report = SavedReport.objects.get()
    assert answer.headers["Location"] == f"/reports/explore/{report.pk}/"
    assert (report.title, report.owner, report.params["m"]) == ("My months", margaret, ["opened", "solved"])
    explored = read_explored(report.params, margaret)
    assert explored.asked.preset == "last_month"
    assert explored.asked.conditions["all"][0]["value"] == "high"
    assert "My months" in client.get(f"/reports/explore/{report.pk}/").content.decode()


def test_saved_reports_are_one_s_own_or_shared(client: Client, margaret: User, support_team: Team) -> None:
    other = staff("other@onethread.test", "Other Lead", Role.LEAD)
    for title, audience in (("Only Margaret’s", "me"), ("Ours", "everyone"), ("Support’s", "team")):
        client.force_login(margaret)
        form = {"query": "m=opened", "title": title, "audience": audience, "team": support_team.pk}
        assert client.post("/reports/explore/saved/", form).status_code == 302
    client = Client()  # another browser, without what the first one is still to be told
    client.force_login(other)
    mine, ours, _support = SavedReport.objects.order_by("pk")
    html = client.get("/reports/explore/").content.decode()
    assert [title in html for title in ("Only Margaret’s", "Ours", "Support’s")] == [False, True, True]
    assert client.get(f"/reports/explore/{mine.pk}/").status_code == 404
    assert client.post(f"/reports/explore/{mine.pk}/deletion/").status_code == 404
    form = {"query": "m=solved", "title": "Ours, better", "audience": "everyone"}
    assert client.post(f"/reports/explore/{ours.pk}/change/", form).status_code == 302
    ours.refresh_from_db()
    assert (ours.title, ours.params["m"]) == ("Ours, better", ["solved"])
    assert client.post(f"/reports/explore/{ours.pk}/deletion/").status_code == 302
    assert SavedReport.objects.count() == 2


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"title": "  "}, "Give the report a name."),
        ({"title": "x" * 81}, "80 letters"),
        ({"title": "x", "audience": "team"}, "Choose who sees the report."),
        ({"title": "x", "audience": "all"}, "Choose who sees the report."),
    ],
)
def test_what_can_not_be_saved_is_said(client: Client, margaret: User, form: dict[str, str], words: str) -> None:
    client.force_login(margaret)
    answer = client.post("/reports/explore/saved/", {"query": "m=opened", "audience": "me", **form})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert not SavedReport.objects.exists()
