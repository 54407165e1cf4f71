"""Beginning an article: where it lies, in which language, and its title. Its words are written on its own page."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from helpdesk.lib.typed import whole_number
from knowledge_base.errors import Refused
from knowledge_base.models import HelpCentre, Section, Translation
from knowledge_base.staff_lists import shelves_of
from knowledge_base.views.staff.home import languages_in
from knowledge_base.views.support import StaffRequest, writers_only
from knowledge_base.writing import create_article


@require_http_methods(["GET", "POST"])
@writers_only
def new_article(request: StaffRequest) -> HttpResponse:
    """GET may bring `section`, `language` and `title` along."""
    given = request.POST if request.method == "POST" else request.GET
    refusal = None
    if request.method == "POST":
        try:
            translation = _begin(request)
        except Refused as refused:
            refusal = refused
        else:
            return redirect("knowledge-article", translation.article_id, translation.language)
    centres = list(HelpCentre.objects.all())
    shelves = [(centre, shelves_of(centre)) for centre in centres]
    if not any(sections for _centre, shelf in shelves for _category, sections in shelf):
        messages.info(request, _("First there has to be a section for articles to lie in."))
        return redirect("knowledge-structure")
    context = {
        "shelves": shelves,
        "languages": languages_in(centres),
        "given": {name: given.get(name, "") for name in ("section", "language", "title")},
        "refusal": refusal,
        "active": "knowledge",
    }
    return render(request, "knowledge/new.html", context, status=422 if refusal else 200)


def _begin(request: StaffRequest) -> Translation:
    number = whole_number(request.POST.get("section", "")) or 0
    section = Section.objects.select_related("category__centre").filter(pk=number).first()
    if section is None:
        raise Refused(_("Choose a section."), "section")
    title = request.POST.get("title", "").replace("\0", "").strip()
    if not title:
        raise Refused(_("An article needs a title."), "title")
    return create_article(section, request.POST.get("language", ""), by=request.user, title=title)
