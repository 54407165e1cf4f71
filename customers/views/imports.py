"""Imports: upload, say what the columns mean, check, then have a worker write it."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers import policies
from customers.imports import running, uploading
from customers.imports.forms import EncodingForm, MappingForm, UploadForm
from customers.imports.reading import Unreadable
from customers.imports.tasks import run_import
from customers.models import ImportJob, ImportState
from customers.views.support import StaffRequest, require, staff_only, wants_fragment
from helpdesk.accounts.models import Role
from helpdesk.lib.handover import hand_over
from helpdesk.lib.spreadsheets import tame

PROBLEMS_SHOWN = 50
JOBS_SHOWN = 20
RECHECKED = (ImportState.CHECKED, ImportState.FAILED)  # nothing of it is written: its columns can be changed


def _may(request: StaffRequest) -> None:
    require(policies.may_import(request.user), _("Only admins and team leads import."))


def _job(request: StaffRequest, import_id: int) -> ImportJob:
    """One's own; an admin sees all."""
    _may(request)
    jobs = ImportJob.objects.all() if request.user.role == Role.ADMIN else ImportJob.objects.filter(user=request.user)
    return get_object_or_404(jobs.select_related("user"), pk=import_id)


@require_http_methods(["GET", "POST"])
@staff_only
def import_list(request: StaffRequest) -> HttpResponse:
    _may(request)
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            job = uploading.keep(file, file.name, of=form.cleaned_data["of"], user=request.user)
        except Unreadable as error:
            form.add_error("file", str(error))
        else:
            return redirect("customer-import", job.pk)
    jobs = ImportJob.objects.select_related("user")
    if request.user.role != Role.ADMIN:
        jobs = jobs.filter(user=request.user)
    context = {"form": form, "jobs": jobs[:JOBS_SHOWN], "active": "customers"}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "customers/imports/list.html", context, status=status)


@require_GET
@staff_only
def import_page(request: StaffRequest, import_id: int) -> HttpResponse:
    """Its columns before it is checked (or with `?columns`), then how far it is and what came of it."""
    job = _job(request, import_id)
    if wants_fragment(request):
        return render(request, "customers/imports/_progress.html", _progress(job))
    if job.state == ImportState.UPLOADED or ("columns" in request.GET and job.state in RECHECKED):
        return _mapping_page(request, job, MappingForm(instance=job))
    return render(request, "customers/imports/job.html", _progress(job))


@require_POST
@staff_only
def import_mapping(request: StaffRequest, import_id: int) -> HttpResponse:
    """What the columns mean; the check begins at once. With `encoding` the file is read again instead."""
    job = _job(request, import_id)
    if job.is_at_work or job.state in (ImportState.DONE, ImportState.CANCELLED):
        return redirect("customer-import", job.pk)
    if "encoding" in request.POST:
        return _read_again(request, job)
    form = MappingForm(request.POST, instance=job)
    if not form.is_valid():
        return _mapping_page(request, job, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    job = form.save(commit=False)
    job.mapping = form.mapping
    job.save(update_fields=["mapping", *(name for name in form.Meta.fields if name in form.fields)])
    _begin(job, is_dry=True)
    return redirect("customer-import", job.pk)


def _read_again(request: StaffRequest, job: ImportJob) -> HttpResponse:
    form = EncodingForm(job, request.POST)
    if form.is_valid() and job.kind == "csv":
        try:
            uploading.read_again(job, **form.cleaned_data)
        except Unreadable as error:
            messages.error(request, str(error))
    return redirect(f"/customers/import/{job.pk}/?columns")


@require_POST
@staff_only
def import_run(request: StaffRequest, import_id: int) -> HttpResponse:
    job = _job(request, import_id)
    if not _begin(job, is_dry=False):
        messages.info(request, _("It is at work already, or done."))
    return redirect("customer-import", job.pk)


@require_POST
@staff_only
def import_cancellation(request: StaffRequest, import_id: int) -> HttpResponse:
    job = _job(request, import_id)
    running.cancel(job, now=timezone.now())
    hand_over(run_import, job.pk)
    return redirect("customer-import", job.pk)


@require_GET
@staff_only
def import_problems(request: StaffRequest, import_id: int) -> StreamingHttpResponse:
    """What was wrong with which row, as CSV."""
    job = _job(request, import_id)
    answer = StreamingHttpResponse(_lines(job), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="import-{job.pk}-problems.csv"'
    return answer


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines(job: ImportJob) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff" + writer.writerow([_("Row"), _("Column"), _("Value"), _("What is wrong")])
    for problem in job.problems.iterator(1000):
        yield writer.writerow([problem.row, *map(tame, (problem.column, problem.value, problem.reason))])


def _begin(job: ImportJob, *, is_dry: bool) -> bool:
    begun = running.begin(job, is_dry=is_dry, now=timezone.now())
    if begun:
        hand_over(run_import, job.pk)
    return begun


def _mapping_page(
    request: StaffRequest, job: ImportJob, form: MappingForm, *, status: HTTPStatus = HTTPStatus.OK
) -> HttpResponse:
    reading = EncodingForm(job) if job.kind == "csv" else None
    context = {"job": job, "form": form, "reading": reading, "active": "customers"}
    return render(request, "customers/imports/mapping.html", context, status=status)


def _progress(job: ImportJob) -> dict[str, Any]:
    return {
        "job": job,
        "problems": job.problems.all()[:PROBLEMS_SHOWN],
        "problem_count": job.problems.count(),
        "percent": min(job.position * 100 // job.total, 100) if job.total else 0,
        "was_written": job.state in (ImportState.RUNNING, ImportState.DONE, ImportState.CANCELLED),
        "active": "customers",
    }
