"""Words that mean the same to readers, and what readers have searched for in vain."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from knowledge_base import policies
from knowledge_base.errors import Refused
from knowledge_base.language_names import language_label
from knowledge_base.models import HelpCentre, Synonyms
from knowledge_base.search.log import not_found
from knowledge_base.search.meaning import delete_synonyms, save_synonyms
from knowledge_base.views.support import StaffRequest, require, staff_only

DAYS = 30


@require_http_methods(["GET", "POST"])
@staff_only
def synonym_list(request: StaffRequest) -> HttpResponse:
    """One language at a time: `?language=`. Posting adds a line."""
    _arrangers(request)
    language = _language(request)
    typed, refusal = "", None
    if request.method == "POST":
        typed = request.POST.get("words", "")
        try:
            saved = save_synonyms(Synonyms(), language=language, words=typed)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("A search for one of “%(words)s” finds the others too.") % {"words": saved})
            return redirect(_address(language))
    context = {
        "active": "knowledge",
        "language": language,
        "languages": [(code, language_label(code)) for code in _languages()],
        "rows": Synonyms.objects.filter(language=language),
        "missing": not_found(language, now=timezone.now(), days=DAYS),
        "days": DAYS,
        "typed": typed or request.GET.get("words", "").replace("\x00", "")[:200],
        "refusal": refusal,
    }
    return render(request, "knowledge/synonyms.html", context, status=422 if refusal else 200)


@require_http_methods(["GET", "POST"])
@staff_only
def edit_synonyms(request: StaffRequest, synonyms_id: int) -> HttpResponse:
    _arrangers(request)
    row = get_object_or_404(Synonyms, pk=synonyms_id)
    language, typed, refusal = row.language, ", ".join(row.words), None
    if request.method == "POST":
        typed = request.POST.get("words", "")
        try:
            save_synonyms(row, language=language, words=typed)
        except Refused as refused:
            refusal = refused
        else:
            messages.success(request, _("Saved."))
            return redirect(_address(language))
    context = {"active": "knowledge", "row": row, "language": language, "typed": typed, "refusal": refusal}
    context |= {"language_name": language_label(language), "back": _address(language)}
    return render(request, "knowledge/synonym.html", context, status=422 if refusal else 200)


@require_POST
@staff_only
def deletion(request: StaffRequest, synonyms_id: int) -> HttpResponse:
    _arrangers(request)
    row = get_object_or_404(Synonyms, pk=synonyms_id)
    delete_synonyms(row)
    messages.success(request, _("“%(words)s” no longer mean the same.") % {"words": row})
    return redirect(_address(row.language))


def _arrangers(request: StaffRequest) -> None:
    require(policies.may_arrange(request.user), _("Team leads and admins say which words mean the same."))


def _languages() -> list[str]:
    """Those of all help centres; English before there is one."""
    centres = HelpCentre.objects.all()
    found = [code for centre in centres for code in (centre.default_language, *centre.languages)]
    return list(dict.fromkeys(found)) or ["en"]


def _language(request: StaffRequest) -> str:
    """What makes no sense is the first one."""
    wanted = request.POST.get("language") or request.GET.get("language", "")
    known = _languages()
    return wanted if wanted in known else known[0]


def _address(language: str) -> str:
    return f"{reverse('knowledge-synonyms')}?language={language}"
