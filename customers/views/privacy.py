"""Privacy of one person: their archive, and their erasure. Both are jobs; their page says how far they are."""

from __future__ import annotations

from http import HTTPStatus

from django import forms
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers import policies, privacy_jobs, sweeping
from customers.actors import Actor
from customers.erasing import counts_for, erase
from customers.errors import Refused
from customers.exporting import begin_export
from customers.models import PrivacyAct, PrivacyJob, PrivacyJobKind, PrivacyJobState
from customers.privacy_log import note_act
from customers.privacy_tasks import hand_over_job
from customers.views.support import StaffRequest, customer_for, require, staff_only, wants_fragment

SHOWN = 5


class ErasureForm(forms.Form):
    """What is typed is the name as it stands on the page: nobody types it by accident."""

    typed = forms.CharField(label=gettext_lazy("Type the name to confirm"), max_length=300, strip=True)
    reason = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Kept in the log for admins. Don’t write who it is."),
        max_length=300,
        required=False,
    )

    def __init__(self, wanted: str, *args: object) -> None:
        super().__init__(*args)  # type: ignore[arg-type]
        self.wanted = wanted

    def clean_typed(self) -> str:
        typed = str(self.cleaned_data["typed"])
        if typed.casefold() != self.wanted.casefold():
            raise forms.ValidationError(_("That is not “%(name)s”.") % {"name": self.wanted})
        return typed


@require_GET
@staff_only
def panel(request: StaffRequest, customer_id: int) -> HttpResponse:
    """What the customer's page offers; empty for who may neither export nor erase."""
    customer = customer_for(customer_id)
    if not policies.may_export_person(request.user):
        return HttpResponse()
    exports = PrivacyJob.objects.filter(customer=customer, kind=PrivacyJobKind.EXPORT)[:SHOWN]
    context = {"customer": customer, "jobs": exports, "may_erase": policies.may_erase_person(request.user)}
    return render(request, "customers/privacy/_panel.html", context)


@require_POST
@staff_only
def exports(request: StaffRequest, customer_id: int) -> HttpResponse:
    customer = customer_for(customer_id)
    require(policies.may_export_person(request.user), _("Only admins and team leads export a person’s data."))
    job = begin_export(customer, actor=Actor.agent(request.user), with_notes=bool(request.POST.get("notes")))
    hand_over_job(job)
    return redirect("privacy-job", job.pk)


@require_http_methods(["GET", "POST"])
@staff_only
def erasure(request: StaffRequest, customer_id: int) -> HttpResponse:
    """What will go, in numbers, and the field in which it is confirmed."""
    customer = customer_for(customer_id)
    require(policies.may_erase_person(request.user), _("Only admins erase a person."))
    wanted = customer.name.strip() or f"#{customer.pk}"
    form = ErasureForm(wanted, *([request.POST] if request.method == "POST" else []))
    if request.method == "POST" and form.is_valid():
        try:
            job = erase(customer, actor=Actor.agent(request.user), reason=form.cleaned_data["reason"])
        except Refused as refusal:
            form.add_error(None, str(refusal))
        else:
            hand_over_job(job)
            return redirect("privacy-job", job.pk)
    counts = [(words, number) for words, number in counts_for(customer) if number]
    context = {"customer": customer, "counts": counts, "form": form, "wanted": wanted, "active": "customers"}
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "customers/privacy/erasure.html", context, status=status)


@require_GET
@never_cache
@staff_only
def job_page(request: StaffRequest, privacy_job_id: int) -> HttpResponse:
    job = _job_for(request, privacy_job_id)
    names = privacy_jobs.steps_of(job.kind)
    context = {
        "job": job,
        "step": names.index(job.step) + 1 if job.step in names else 0,
        "steps": len(names),
        "is_everywhere": sweeping.is_everywhere(job),
        "is_under_way": job.state in privacy_jobs.UNFINISHED,
        "left": [left for left in job.report if left["of"] == "address"],
        "left_names": [left for left in job.report if left["of"] == "name"],
        "active": "settings" if job.kind == PrivacyJobKind.ERASURE else "customers",
    }
    name = "customers/privacy/_job.html" if wants_fragment(request) else "customers/privacy/job.html"
    return render(request, name, context)


@require_POST
@staff_only
def retry(request: StaffRequest, privacy_job_id: int) -> HttpResponse:
    job = _job_for(request, privacy_job_id)
    privacy_jobs.retry(job, now=timezone.now())
    hand_over_job(job)
    return redirect("privacy-job", job.pk)


@require_GET
@never_cache
@staff_only
def archive(request: StaffRequest, privacy_job_id: int) -> HttpResponseBase:
    """The ZIP; each time it is fetched is written down. 404 once it has expired."""
    job = _job_for(request, privacy_job_id)
    is_there = job.state == PrivacyJobState.DONE and job.file and job.expires_at and job.expires_at > timezone.now()
    if not is_there or job.customer.erased_at or not default_storage.exists(job.file):
        raise Http404
    note_act(PrivacyAct.EXPORT_FETCHED, actor=Actor.agent(request.user), customer=job.customer_id, job=job.pk)
    name = slugify(job.customer.name) or f"customer-{job.customer_id}"
    return FileResponse(default_storage.open(job.file, "rb"), as_attachment=True, filename=f"{name}.zip")


def _job_for(request: StaffRequest, privacy_job_id: int) -> PrivacyJob:
    job = get_object_or_404(PrivacyJob.objects.select_related("customer"), pk=privacy_job_id)
    is_erasure = job.kind == PrivacyJobKind.ERASURE
    may = policies.may_erase_person if is_erasure else policies.may_export_person
    require(may(request.user), _("Only admins and team leads export a person’s data."))
    return job
