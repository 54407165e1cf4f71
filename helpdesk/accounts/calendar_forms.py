"""Forms of the working hours: the week day by day as people write it, and single days."""

from __future__ import annotations

from datetime import date
from typing import Any

from babel import Locale
from django import forms
from django.core.exceptions import ValidationError
from django.http import QueryDict
from django.utils import dates
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from helpdesk.accounts.calendar_changes import data_of
from helpdesk.accounts.calendars import Calendar
from helpdesk.accounts.forms import time_zone_choices
from helpdesk.accounts.working_hours import hours_from
from helpdesk.lib.business_time import Calendar as Hours
from helpdesk.lib.day_hours import Unreadable, as_week, by_day, clash, read_hours, write_hours
from helpdesk.lib.public_holidays import UnknownCountry, countries, regions

# As Python's and Django's dates count the days, Monday first; a week of working hours begins with Sunday.
DAYS = [(weekday, (weekday + 1) % 7) for weekday in range(7)]
OFFICE = "09:00–17:00"


def country_choices() -> list[tuple[str, str]]:
    names = Locale.parse(get_language() or "en", sep="-").territories
    named = [(code, str(names.get(code, code))) for code in countries()]
    return [("", _("None")), *sorted(named, key=lambda country: country[1])]


def region_choices(country: str) -> list[tuple[str, str]]:
    try:
        return [("", _("The whole country")), *(regions(country) if country else [])]
    except UnknownCountry:
        return [("", _("The whole country"))]


class CalendarForm(forms.Form):
    name = forms.CharField(label=_l("Name"), max_length=80)
    time_zone = forms.ChoiceField(label=_l("Time zone"), choices=time_zone_choices)
    holiday_country = forms.ChoiceField(label=_l("Public holidays of"), required=False, choices=country_choices)
    holiday_region = forms.ChoiceField(label=_l("Region"), required=False)

    def __init__(self, data: QueryDict | None = None, *, calendar: Calendar | None = None) -> None:
        self.calendar = calendar
        super().__init__(data, initial=_initial(calendar))
        for weekday, day in DAYS:
            self.fields[f"day_{day}"] = forms.CharField(label=dates.WEEKDAYS[weekday], required=False, max_length=200)
        country = self.data.get("holiday_country", "") if self.is_bound else self.initial["holiday_country"]
        region = self.fields["holiday_region"]
        assert isinstance(region, forms.ChoiceField)
        region.choices = region_choices(country if country in countries() else "")

    def days(self) -> list[forms.BoundField]:
        return [self[f"day_{day}"] for _weekday, day in DAYS]

    def clean_name(self) -> str:
        name = str(self.cleaned_data["name"])
        others = Calendar.objects.exclude(pk=self.calendar.pk) if self.calendar else Calendar.objects.all()
        if others.filter(name=name).exists():
            raise ValidationError(_("There is a calendar of this name already."))
        return name

    def clean(self) -> dict[str, Any]:
        hours = [self._hours(day) for day in range(7)]
        labels = {day: dates.WEEKDAYS[weekday] for weekday, day in DAYS}
        if all(hours_of is not None for hours_of in hours):
            week = [hours_of or [] for hours_of in hours]
            if not any(week):
                raise ValidationError(_("A week needs some hours: nothing would ever be due."))
            if clashing := clash(week):
                day, after = clashing
                said = _("The night runs into the hours of %(day)s.") % {"day": labels[after]}
                self.add_error(f"day_{day}", said)
            else:
                self.cleaned_data["week"] = [list(interval) for interval in as_week(week)]
        return self.cleaned_data

    def _hours(self, day: int) -> list[tuple[int, int]] | None:
        try:
            return read_hours(self.cleaned_data.get(f"day_{day}", ""), over_midnight=True)
        except Unreadable as error:
            self.add_error(f"day_{day}", str(error))
            return None

    def values(self) -> dict[str, Any]:
        names = ("name", "time_zone", "week", "holiday_country", "holiday_region")
        return {name: self.cleaned_data[name] for name in names}

    def preview(self) -> Hours | None:
        """The hours as they would be, with the days that are entered already; None where they are none."""
        self.full_clean()
        if not {"week", "time_zone"} <= self.cleaned_data.keys():
            return None
        data = data_of(self.calendar) if self.calendar else {"holidays": [], "exceptions": []}
        try:
            return hours_from({**data, "time_zone": self.cleaned_data["time_zone"], "week": self.cleaned_data["week"]})
        except ValueError:
            return None


def _initial(calendar: Calendar | None) -> dict[str, Any]:
    if calendar is None:
        office = {f"day_{day}": OFFICE if weekday < 5 else "" for weekday, day in DAYS}
        return {"holiday_country": "", "holiday_region": "", "time_zone": "UTC", **office}
    week = by_day(calendar.week)
    fields = ("name", "time_zone", "holiday_country", "holiday_region")
    return {name: getattr(calendar, name) for name in fields} | {
        f"day_{day}": write_hours(week[day]) for day in range(7)
    }


class DayForm(forms.Form):
    """Days off, or with other hours."""

    name = forms.CharField(label=_l("What it is"), max_length=120)
    first = forms.DateField(label=_l("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last = forms.DateField(label=_l("Last day"), required=False, widget=forms.DateInput(attrs={"type": "date"}))
    hours = forms.CharField(
        label=_l("Hours"),
        required=False,
        max_length=200,
        help_text=_l("Like 10:00–14:00, on each of these days. Empty: nobody works."),
        widget=forms.TextInput(attrs={"placeholder": _l("closed")}),
    )

    def __init__(self, data: QueryDict | None = None, *, calendar: Calendar) -> None:
        self.calendar = calendar
        super().__init__(data, auto_id="day-%s")

    def clean_hours(self) -> list[tuple[int, int]]:
        try:
            return read_hours(self.cleaned_data["hours"], over_midnight=False)
        except Unreadable as error:
            raise ValidationError(str(error)) from error

    def clean(self) -> dict[str, Any]:
        data = self.cleaned_data
        first: date | None = data.get("first")
        if first is None:
            return data
        last = data["last"] = data.get("last") or first
        if last < first:
            self.add_error("last", _("This is before the first day."))
        elif data.get("hours"):
            others = self.calendar.holidays.filter(first__lte=last, last__gte=first).exclude(hours=[])
            if other := others.first():
                self.add_error("first", _("There are other hours already: %(name)s.") % {"name": other})
        return data
