"""Settings: working hours. The week, days off and other hours, which calendar is the default."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpdesk.accounts import calendar_changes
from helpdesk.accounts.calendar_forms import CalendarForm, DayForm, region_choices
from helpdesk.accounts.calendars import Calendar, Holiday
from helpdesk.accounts.views import admin
from helpdesk.accounts.working_hours import Timeline, book
from helpdesk.lib.business_time import Calendar as Hours
from helpdesk.lib.business_time import NoTimeLeft
from helpdesk.lib.zone_offsets import zone_of


def state_of(hours: Hours | Timeline, now: datetime) -> dict[str, object]:
    """Whether it is open, and when that changes, on the calendar's own clock."""
    zone = zone_of(hours.time_zone)
    opens: datetime | None = None
    try:
        opens = hours.add(now, 0)
    except NoTimeLeft:
        return {"is_open": False, "changes": None, "zone": hours.time_zone, "clock": now.astimezone(zone)}
    is_open = opens == now
    ends = next((end for _, end in hours.periods(opens, opens + timedelta(days=15))), None)
    never = ends is None or ends >= opens + timedelta(days=15)
    changes = (None if never else ends) if is_open else opens
    return {
        "is_open": is_open,
        "changes": changes.astimezone(zone) if changes else None,
        "closes": ends.astimezone(zone) if ends and not never else None,
        "zone": hours.time_zone,
        "clock": now.astimezone(zone),
    }


@require_GET
@login_required
def calendar_list(request: HttpRequest) -> HttpResponse:
    admin(request)
    timelines, now = book().timelines, timezone.now()
    calendars = [
        {"calendar": calendar, "teams": calendar.teams.all(), "state": state_of(timelines[calendar.pk], now)}
        for calendar in Calendar.objects.prefetch_related("teams")
        if calendar.pk in timelines
    ]
    return render(request, "settings/calendars.html", {"calendars": calendars, "active": "settings"})


@require_http_methods(["GET", "POST"])
@login_required
def edit_calendar(request: HttpRequest, calendar_id: int | None = None) -> HttpResponse:
    admin(request)
    calendar = get_object_or_404(Calendar, pk=calendar_id) if calendar_id else None
    form = CalendarForm(request.POST or None, calendar=calendar)
    if request.method == "POST" and form.is_valid():
        try:
            saved = _save(form)
        except ValueError as error:
            form.add_error(None, _in_words(error))
        else:
            messages.success(request, _("“%(name)s” is saved. It counts from now on.") % {"name": saved})
            return redirect("settings-calendar", saved.pk)
    return _page(request, calendar, form)


def _save(form: CalendarForm) -> Calendar:
    if form.calendar:
        return calendar_changes.change_calendar(form.calendar, **form.values())
    return calendar_changes.create_calendar(**form.values())


def _in_words(error: ValueError) -> str:
    """The forms have checked what can be said of one field; what is left is the days and the week together."""
    return _("With its days off this calendar would have no working time left.") + f" ({error})"


def _page(
    request: HttpRequest, calendar: Calendar | None, form: CalendarForm, day_form: DayForm | None = None
) -> HttpResponse:
    """`form` and `day_form` stand in the page, each with its own errors."""
    context: dict[str, object] = {
        "calendar": calendar,
        "form": form,
        "state": _state(calendar),
        "active": "settings",
    }
    if calendar:
        today = timezone.now().date()
        context |= {
            "days": calendar.holidays.filter(last__gte=today),
            "past": calendar.holidays.filter(last__lt=today).count(),
            "day_form": day_form or DayForm(calendar=calendar),
            "versions": calendar.versions.order_by("-valid_from", "-pk")[:10],
            "teams": calendar.teams.all(),
        }
    wrong = form.errors or (day_form and day_form.errors)
    return render(request, "settings/calendar.html", context, status=422 if wrong else 200)


def _state(calendar: Calendar | None) -> dict[str, object] | None:
    timeline = book().timelines.get(calendar.pk) if calendar else None
    return state_of(timeline, timezone.now()) if timeline else None


@require_POST
@login_required
def preview_calendar(request: HttpRequest, calendar_id: int | None = None) -> HttpResponse:
    """Open now? And when does that change? For the hours as they stand in the form, saved or not."""
    admin(request)
    calendar = get_object_or_404(Calendar, pk=calendar_id) if calendar_id else None
    form = CalendarForm(request.POST, calendar=calendar)
    hours = form.preview()
    state = state_of(hours, timezone.now()) if hours else None
    return render(request, "settings/_calendar_preview.html", {"state": state, "form": form})


@require_GET
@login_required
def region_list(request: HttpRequest) -> HttpResponse:
    """The regions of ?holiday_country=…, as the options of the form's field."""
    admin(request)
    choices = region_choices(request.GET.get("holiday_country", "")[:2])
    return render(request, "settings/_regions.html", {"choices": choices})


@require_POST
@login_required
def add_day(request: HttpRequest, calendar_id: int) -> HttpResponse:
    admin(request)
    calendar = get_object_or_404(Calendar, pk=calendar_id)
    form = DayForm(request.POST, calendar=calendar)
    if form.is_valid():
        try:
            calendar_changes.add_day(calendar, **form.cleaned_data)
        except ValueError as error:
            form.add_error(None, _in_words(error))
        else:
            messages.success(request, _("“%(name)s” is entered.") % {"name": form.cleaned_data["name"]})
            return redirect("settings-calendar", calendar.pk)
    return _page(request, calendar, CalendarForm(calendar=calendar), form)


@require_POST
@login_required
def day_removal(request: HttpRequest, day_id: int) -> HttpResponse:
    """Take a day out; a public holiday is only ignored, and `back` lets it count again."""
    admin(request)
    day = get_object_or_404(Holiday, pk=day_id)
    try:
        if request.POST.get("back"):
            calendar_changes.restore_day(day)
        else:
            calendar_changes.remove_day(day)
    except ValueError as error:
        messages.error(request, _in_words(error))
    return redirect("settings-calendar", day.calendar_id)


@require_POST
@login_required
def default_calendar(request: HttpRequest, calendar_id: int) -> HttpResponse:
    admin(request)
    calendar = calendar_changes.make_default(get_object_or_404(Calendar, pk=calendar_id))
    messages.success(request, _("“%(name)s” counts wherever nothing else is said.") % {"name": calendar})
    return redirect("settings-calendars")


@require_POST
@login_required
def calendar_deletion(request: HttpRequest, calendar_id: int) -> HttpResponse:
    admin(request)
    calendar = get_object_or_404(Calendar, pk=calendar_id)
    try:
        calendar_changes.delete_calendar(calendar)
    except calendar_changes.StillNeeded:
        messages.error(request, _("Targets of tickets were counted by these hours: they have to stay."))
        return redirect("settings-calendar", calendar.pk)
    except ValueError:
        messages.error(request, _("This is the default: make another calendar the default first."))
        return redirect("settings-calendar", calendar.pk)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": calendar.name})
    return redirect("settings-calendars")
