"""Articles from elsewhere, and all of ours to take away."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from django import forms
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from helpdesk.lib.handover import hand_over
from knowledge_base import policies
from knowledge_base.addresses import slug_of
from knowledge_base.exporting import export_zip
from knowledge_base.importing import running
from knowledge_base.importing.tasks import run_article_import
from knowledge_base.models import ArticleImport, HelpCentre, ImportKind
from knowledge_base.views.support import StaffRequest, require, staff_only, wants_fragment

MOST_BYTES = 250 * 1024 * 1024
JOBS_SHOWN = 20
PROBLEMS_SHOWN = 100


class ImportForm(forms.Form):
    kind = forms.ChoiceField(label=gettext_lazy("What it is"), choices=ImportKind.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("A ZIP, or one .json or .md file; 250 MB at most."),
        widget=forms.ClearableFileInput(attrs={"accept": ".zip,.json,.jsonl,.ndjson,.md,.markdown"}),
    )
    centre = forms.ModelChoiceField(HelpCentre.objects.all(), label=gettext_lazy("Into"), empty_label=None)
    does_publish = forms.BooleanField(
        label=gettext_lazy("Publish what is published there"),
        help_text=gettext_lazy("Otherwise all of it begins as drafts."),
        required=False,
        initial=True,
    )
    does_update = forms.BooleanField(
        label=gettext_lazy("Update articles that an earlier import brought"),
        help_text=gettext_lazy("Words that were written here since are kept as a version."),
        required=False,
        initial=True,
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 250 MB."))
        return file


def _may(request: StaffRequest) -> None:
    require(policies.may_arrange(request.user), _("Only admins and team leads import and export articles."))


def _job(request: StaffRequest, article_import_id: int) -> ArticleImport:
    _may(request)
    return get_object_or_404(ArticleImport.objects.select_related("user", "centre"), pk=article_import_id)


@require_http_methods(["GET", "POST"])
@staff_only
def imports(request: StaffRequest) -> HttpResponse:
    """Bring a file; those of before; and what there is, to take away."""
    _may(request)
    is_sent = request.method == "POST"  # also when nothing was filled in
    form = ImportForm(
        request.POST if is_sent else None, request.FILES if is_sent else None, initial={"kind": ImportKind.ZENDESK}
    )
    if is_sent and form.is_valid():
        told = form.cleaned_data
        job = running.keep(
            told["file"], told["file"].name, kind=told["kind"], centre=told["centre"], user=request.user,
            does_publish=told["does_publish"], does_update=told["does_update"],
        )  # fmt: skip
        hand_over(run_article_import, job.pk)
        return redirect("knowledge-import", job.pk)
    context = {
        "form": form,
        "jobs": ArticleImport.objects.select_related("user")[:JOBS_SHOWN],
        "centres": HelpCentre.objects.all(),
        "active": "knowledge",
    }
    status = HTTPStatus.UNPROCESSABLE_ENTITY if form.errors else HTTPStatus.OK
    return render(request, "knowledge/imports.html", context, status=status)


@require_GET
@staff_only
def import_page(request: StaffRequest, article_import_id: int) -> HttpResponse:
    """How far it is, what the check found, and what came of it."""
    job = _job(request, article_import_id)
    template = "knowledge/_import.html" if wants_fragment(request) else "knowledge/import.html"
    return render(request, template, _progress(job))


@require_POST
@staff_only
def import_run(request: StaffRequest, article_import_id: int) -> HttpResponse:
    job = _job(request, article_import_id)
    if running.begin(job, now=timezone.now()):
        hand_over(run_article_import, job.pk)
    return redirect("knowledge-import", job.pk)


@require_POST
@staff_only
def import_stop(request: StaffRequest, article_import_id: int) -> HttpResponse:
    job = _job(request, article_import_id)
    running.stop(job, now=timezone.now())
    return redirect("knowledge-import", job.pk)


@require_GET
@staff_only
def export(request: StaffRequest, centre_id: int) -> StreamingHttpResponse:
    """Everything of a help centre, as a ZIP that is written while it is sent."""
    _may(request)
    centre = get_object_or_404(HelpCentre, pk=centre_id)
    answer = StreamingHttpResponse(export_zip(centre), content_type="application/zip")
    name = f"{slug_of(centre.name) or 'help-centre'}-{timezone.now():%Y-%m-%d}.zip"
    answer.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{_quoted(name)}"
    answer.headers["Cache-Control"] = "private, no-store"
    return answer


def _quoted(name: str) -> str:
    return "".join(char if char.isascii() and (char.isalnum() or char in "-.") else "_" for char in name)


def _progress(job: ArticleImport) -> dict[str, Any]:
    report = job.report
    counts, done = report.get("counts", {}), report.get("done", {})
    problems = [*report.get("problems", []), *report.get("refused", [])]
    return {
        "job": job,
        "percent": min(job.position * 100 // job.total, 100) if job.total else 0,
        "found": [(label, counts[name]) for name, label in _found() if counts.get(name)],
        "written": [(label, done[name]) for name, label in _written() if done.get(name)],
        "new_languages": report.get("new_languages", []),
        "problems": problems[:PROBLEMS_SHOWN],
        "problem_count": max(report.get("problem_count", 0) + len(report.get("refused", [])), len(problems)),
        "may_begin": job.stage in ("checked", "stopped") and job.file and job.total > job.position,
        "active": "knowledge",
    }


def _found() -> list[tuple[str, str]]:
    return [
        ("articles.created", _("Articles to be created")),
        ("articles.changed", _("Articles that are there, to be updated")),
        ("articles.left", _("Articles that are there, left as they are")),
        ("translations", _("Texts, counting each language")),
        ("categories", _("Categories")),
        ("sections", _("Sections")),
        ("pictures", _("Pictures")),
    ]


def _written() -> list[tuple[str, str]]:
    return [
        ("articles.created", _("Articles created")),
        ("articles.left", _("Articles left as they were")),
        ("translations.changed", _("Texts written")),
        ("translations.unchanged", _("Texts without a change")),
        ("categories.created", _("Categories created")),
        ("sections.created", _("Sections created")),
    ]
