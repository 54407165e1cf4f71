from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from helpdesk.accounts import calendar_changes
from helpdesk.accounts.calendars import Calendar, CalendarVersion
from helpdesk.accounts.models import Team, User
from helpdesk.accounts.working_hours import timeline_of

OFFICE = [[day * 1440 + 540, day * 1440 + 1020] for day in range(1, 6)]
WEEK = {f"day_{day}": "9–12, 13:00–17:00" if 1 <= day <= 5 else "" for day in range(7)}
FORM = {"name": "Office", "time_zone": "Europe/Berlin", "holiday_country": "", "holiday_region": "", **WEEK}


@pytest.fixture
def admin(client: Client, radia: User) -> Client:
    client.force_login(radia)
    return client


@pytest.fixture
def office(db: None) -> Calendar:
    return calendar_changes.create_calendar("Office", time_zone="Europe/Berlin", week=OFFICE)


def test_an_admin_makes_a_calendar_and_it_is_the_default(admin: Client) -> None:
    assert "No working hours yet" in admin.get("/settings/calendars/").content.decode()
    answer = admin.post("/settings/calendars/new/", FORM)
    calendar = Calendar.objects.get()
    assert answer.headers["Location"] == f"/settings/calendars/{calendar.pk}/"
    assert calendar.is_default and calendar.week[:2] == [[1980, 2160], [2220, 2460]]
    assert CalendarVersion.objects.get().data["week"] == calendar.week
    assert "09:00–12:00, 13:00–17:00" in admin.get(f"/settings/calendars/{calendar.pk}/").content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"day_2": "9-12, 11-13"}, "09:00–12:00 and 11:00–13:00 overlap."),
        ({"day_2": "nine to five"}, "is not like 9:00–17:00."),
        ({"day_1": "22-10"}, "The night runs into the hours of Tuesday."),
        ({f"day_{day}": "" for day in range(7)}, "A week needs some hours"),
        ({"name": ""}, "This field is required."),
        ({"time_zone": "Europe/Atlantis"}, "Select a valid choice."),
        ({"holiday_country": "XX"}, "Select a valid choice."),
        ({"holiday_country": "DE", "holiday_region": "ZZ"}, "Select a valid choice."),
    ],
)
def test_what_is_no_calendar_is_refused_at_its_place(admin: Client, wrong: dict[str, str], said: str) -> None:
    answer = admin.post("/settings/calendars/new/", FORM | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not Calendar.objects.exists()


def test_a_change_counts_from_now_on(admin: Client, office: Calendar) -> None:
    admin.post(f"/settings/calendars/{office.pk}/", FORM | {"day_6": "22:00–6:00", "holiday_country": "DE"})
    office.refresh_from_db()
    assert office.week[-1] == [6 * 1440 + 1320, 6 * 1440 + 1800]
    assert office.holidays.filter(is_public=True, name="Neujahr").count() == 2
    first, second = timeline_of(office).versions
    assert first.until == second.since and len(second.data["holidays"]) > 15


def test_two_calendars_cannot_have_one_name(admin: Client, office: Calendar) -> None:
    answer = admin.post("/settings/calendars/new/", FORM)
    assert "There is a calendar of this name already." in answer.content.decode()


def test_the_preview_tells_what_would_be(admin: Client, office: Calendar) -> None:
    always = {f"day_{day}": "0-24" for day in range(7)}
    assert "round the clock" in admin.post("/settings/calendars/preview/", FORM | always).content.decode()
    wrong = admin.post(f"/settings/calendars/{office.pk}/preview/", FORM | {"day_2": "?"}).content.decode()
    assert "Tuesday: “?” is not like 9:00–17:00." in wrong
    opens = (timezone.now() + timedelta(days=1)).isoweekday() % 7
    only = {f"day_{day}": "12-13" if day == opens else "" for day in range(7)}
    assert "opens" in admin.post("/settings/calendars/preview/", FORM | only).content.decode()


def test_regions_of_a_country_are_offered(admin: Client) -> None:
    assert "Bayern" in admin.get("/settings/calendars/regions/?holiday_country=DE").content.decode()
    assert admin.get("/settings/calendars/regions/?holiday_country=%00%00").status_code == 200


def test_days_are_entered_and_taken_out(admin: Client, office: Calendar) -> None:
    next_year = timezone.now().year + 1
    data = {"name": "Fair", "first": f"{next_year}-05-01", "last": f"{next_year}-05-03", "hours": "10-14"}
    admin.post(f"/settings/calendars/{office.pk}/days/", data)
    day = office.holidays.get()
    assert day.hours == [[600, 840]]
    assert timeline_of(office).versions[-1].data["exceptions"][0]["name"] == "Fair"
    again = admin.post(f"/settings/calendars/{office.pk}/days/", data | {"last": ""})
    assert (again.status_code, office.holidays.count()) == (422, 1)
    assert "There are other hours already" in again.content.decode()
    page = admin.get(f"/settings/calendars/{office.pk}/").content.decode()
    assert "10:00–14:00" in page
    admin.post(f"/settings/calendars/days/{day.pk}/")
    assert not office.holidays.exists()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"last": "2020-01-01"}, "This is before the first day."),
        ({"hours": "22-6"}, "ends before it begins."),
        ({"first": "31.02.2030"}, "Enter a valid date."),
        ({"first": "0001-01-01", "last": "9999-12-31"}, "no working time left"),
    ],
)
def test_days_that_are_none_are_refused(admin: Client, office: Calendar, wrong: dict[str, str], said: str) -> None:
    answer = admin.post(f"/settings/calendars/{office.pk}/days/", {"name": "x", "first": "2030-02-01"} | wrong)
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert not office.holidays.exists()


def test_a_public_holiday_on_which_we_work(admin: Client, office: Calendar) -> None:
    office = calendar_changes.change_calendar(office, holiday_country="DE")
    day = office.holidays.filter(name="Neujahr").last()
    assert day is not None
    admin.post(f"/settings/calendars/days/{day.pk}/")
    day.refresh_from_db()
    assert day.is_ignored
    assert "as usual" in admin.get(f"/settings/calendars/{office.pk}/").content.decode()
    admin.post(f"/settings/calendars/days/{day.pk}/", {"back": "1"})
    day.refresh_from_db()
    assert not day.is_ignored


def test_the_default_and_deletion(admin: Client, office: Calendar, support_team: Team) -> None:
    night = calendar_changes.create_calendar("Night", time_zone="UTC", week=[(0, 360)])
    admin.post(f"/settings/teams/{support_team.pk}/", {"name": "Support", "calendar": str(office.pk)})
    assert "Support" in admin.get("/settings/calendars/").content.decode()
    admin.post(f"/settings/calendars/{office.pk}/deletion/")
    assert Calendar.objects.filter(pk=office.pk).exists(), "it is the default"
    admin.post(f"/settings/calendars/{night.pk}/default/")
    admin.post(f"/settings/calendars/{office.pk}/deletion/")
    assert list(Calendar.objects.values_list("name", "is_default")) == [("Night", True)]
    support_team.refresh_from_db()
    assert support_team.calendar_id is None
