"""Bulk edit: the bar of a selection, starting a job, watching it, stopping it, and what became of it."""

from __future__ import annotations

from http import HTTPStatus
from uuid import uuid4

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpdesk.accounts.models import Team
from helpdesk.lib.handover import hand_over
from tickets import bulk, policies
from tickets.automation.macro_action import USE_MACRO
from tickets.bulk_forms import CONFIRMED_ABOVE, BulkForm
from tickets.bulk_lists import LONG, tickets_of_list
from tickets.forms import assignable_users
from tickets.models import BulkItem, BulkJob, BulkOutcome, Priority, Status, TicketType
from tickets.search.finding import in_time
from tickets.search.parsing import SearchError
from tickets.services import Refused
from tickets.tasks import run_bulk_job
from tickets.views.support import StaffRequest, require, staff_only, wants_fragment

JOBS_A_PAGE = 25
REFUSED_SHOWN = 50


@require_GET
@staff_only
def bar(request: StaffRequest) -> HttpResponse:
    """What can be done with a selection; the page fetches it with the first ticket that is selected."""
    require(policies.may_edit(request.user))
    context = {
        "people": assignable_users().order_by("name"),
        "teams": Team.objects.all(),
        "statuses": [status for status in Status if status not in (Status.NEW, Status.CLOSED)],
        "priorities": Priority,
        "types": TicketType,
        "macros": USE_MACRO.choices(request.user),
        "may_reply": policies.may_reply(request.user),
    }
    return render(request, "tickets/bulk/_bar.html", context)


@require_GET
@staff_only
def count(request: StaffRequest) -> HttpResponse:
    """How many tickets the whole list holds, for "Select all 12,340"."""
    require(policies.may_edit(request.user))
    try:
        with in_time():
            number = tickets_of_list(request.GET.urlencode(), request.user).count()
    except SearchError as late:
        return _late(late)
    return JsonResponse({"count": number})


@require_http_methods(["GET", "POST"])
@staff_only
def edits(request: StaffRequest) -> HttpResponse:
    require(policies.may_edit(request.user))
    if request.method == "POST":
        return _start(request)
    page = Paginator(own_jobs(request), JOBS_A_PAGE).get_page(request.GET.get("page"))
    return render(request, "tickets/bulk/jobs.html", {"page": page, "active": "bulk"})


def _start(request: StaffRequest) -> JsonResponse:
    """Begin the job, unless it was only asked what it would do, or it is large and nobody has confirmed that."""
    form = BulkForm(request.POST, user=request.user)
    if not form.is_valid():
        return _refused(form)
    data = form.cleaned_data
    try:
        with in_time():
            number = form.count
    except SearchError as late:
        return _late(late)
    if data["preview"] or (number > CONFIRMED_ABOVE and not data["confirmed"]):
        return JsonResponse({"confirm": form.sentence(number), "count": number})
    is_long = not data["ids"] and number > LONG
    try:
        job = bulk.start_job(
            request.user,
            data["actions"],
            submit_key=data["submit_key"] or uuid4(),
            tickets=() if is_long else form.tickets,
            list_query=data["all_of"] if is_long else "",
            total=number,
            now=timezone.now(),
        )
    except Refused as refusal:
        return JsonResponse({"detail": str(refusal)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    hand_over(run_bulk_job, job.pk)
    return JsonResponse({"job": job.pk, "url": reverse("bulk-job", args=[job.pk])}, status=HTTPStatus.CREATED)


def _late(late: SearchError) -> JsonResponse:
    """A list that is found by words may hold half of all tickets: nobody waits for it without end."""
    return JsonResponse({"detail": str(late)}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


def _refused(form: BulkForm) -> JsonResponse:
    words = " ".join(str(error) for errors in form.errors.values() for error in errors)
    problems = [{"path": each.path, "field": each.field, "reason": each.reason} for each in form.problems]
    return JsonResponse({"detail": words, "problems": problems}, status=HTTPStatus.UNPROCESSABLE_ENTITY)


@require_GET
@staff_only
def job(request: StaffRequest, job_id: int) -> HttpResponse:
    """A job's card, for the page that watches it; or its own page."""
    found = get_object_or_404(own_jobs(request), pk=job_id)
    if wants_fragment(request):
        return render(request, "tickets/bulk/_card.html", {"job": found, "refused": refused_of(found)})
    left_out = Paginator(found.items.filter(outcome=BulkOutcome.REFUSED), REFUSED_SHOWN)
    page = left_out.get_page(request.GET.get("page"))
    return render(request, "tickets/bulk/job.html", {"job": found, "page": page, "active": "bulk"})


@require_POST
@staff_only
def cancellation(request: StaffRequest, job_id: int) -> HttpResponse:
    found = get_object_or_404(own_jobs(request), pk=job_id)
    bulk.cancel(found, now=timezone.now())
    hand_over(run_bulk_job, found.pk)
    if wants_fragment(request):
        found.refresh_from_db()
        return render(request, "tickets/bulk/_card.html", {"job": found, "refused": refused_of(found)})
    return redirect("bulk-job", job_id=found.pk)


def own_jobs(request: StaffRequest) -> QuerySet[BulkJob]:
    return BulkJob.objects.filter(user=request.user)


def refused_of(found: BulkJob) -> list[BulkItem]:
    """The first of those that were refused; there may be thousands."""
    return list(found.items.filter(outcome=BulkOutcome.REFUSED)[:20]) if found.refused else []
