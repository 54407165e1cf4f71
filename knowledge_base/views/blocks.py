"""Reusable words: the list, one of them in all its languages, and what the editor offers."""

from __future__ import annotations

from http import HTTPStatus
from typing import NamedTuple

from django.contrib import messages
from django.db.models.functions import Lower
from django.http import HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from knowledge_base import policies
from knowledge_base.blocks import articles_with, create_block, delete_block, save_block
from knowledge_base.centres import own_name
from knowledge_base.errors import ChangedMeanwhile, Refused
from knowledge_base.models import ContentBlock, HelpCentre, Translation
from knowledge_base.views.editor import MOST_CHARACTERS
from knowledge_base.views.support import StaffRequest, require, staff_only, writers_only


class Said(NamedTuple):
    """A block's words in one language, for the form."""

    code: str
    name: str
    html: str


@require_GET
@staff_only
def block_list(request: StaffRequest) -> HttpResponse:
    blocks = list(ContentBlock.objects.select_related("updated_by").order_by(Lower("name")))
    bodies = list(Translation.objects.filter(body__contains="data-block").values_list("article_id", "body"))
    rows = [
        {"block": block, "uses": len({pk for pk, body in bodies if f'data-block="{block.pk}"' in body})}
        for block in blocks
    ]
    may_arrange = policies.may_arrange(request.user)
    context = {"active": "knowledge", "rows": rows, "may_arrange": may_arrange}
    return render(request, "knowledge/blocks.html", context)


@require_http_methods(["GET", "POST"])
@writers_only
def new_block(request: StaffRequest) -> HttpResponse:
    _require_leave(request)
    if request.method == "GET":
        return _form(request, ContentBlock())
    try:
        block = create_block(request.POST.get("name", ""), _texts(request), by=request.user)
    except Refused as refusal:
        return _form(request, ContentBlock(), refusal)
    messages.success(request, _("“%(name)s” can be put into articles now.") % {"name": block.name})
    return redirect("knowledge-block", block_id=block.pk)


@require_http_methods(["GET", "POST"])
@writers_only
def edit_block(request: StaffRequest, block_id: int) -> HttpResponse:
    """Those who may not change it see its words and where they stand."""
    block = get_object_or_404(ContentBlock.objects.select_related("updated_by"), pk=block_id)
    if request.method == "GET":
        return _form(request, block)
    _require_leave(request)
    seen = request.POST.get("version", "")
    version = int(seen) if seen.isdecimal() and len(seen) < 10 else 0
    try:
        save_block(block, version=version, name=request.POST.get("name", ""), texts=_texts(request), by=request.user)
    except Refused as refusal:
        return _form(request, block, refusal)
    messages.success(request, _("Changed in every article that holds it."))
    return redirect("knowledge-block", block_id=block.pk)


@require_POST
@writers_only
def deletion(request: StaffRequest, block_id: int) -> HttpResponse:
    _require_leave(request)
    block = get_object_or_404(ContentBlock, pk=block_id)
    try:
        delete_block(block)
    except Refused as refusal:
        return _form(request, block, refusal)
    messages.success(request, _("“%(name)s” is deleted.") % {"name": block.name})
    return redirect("knowledge-blocks")


@require_GET
@writers_only
def offers(request: StaffRequest) -> HttpResponse:
    """For the editor: each block with its words in `language`, else in any."""
    language = request.GET.get("language", "")
    told = [
        {
            "id": block.pk,
            "name": block.name,
            "html": block.texts.get(language) or next(iter(block.texts.values()), ""),
            "missing": language not in block.texts,
        }
        for block in ContentBlock.objects.order_by(Lower("name"))
    ]
    return JsonResponse({"blocks": told})


def _require_leave(request: StaffRequest) -> None:
    require(policies.may_arrange(request.user), _("Team leads and admins change what stands in many articles."))


def _texts(request: StaffRequest) -> dict[str, str]:
    given = {code: request.POST.get(f"text-{code}", "")[:MOST_CHARACTERS] for code in _languages()}
    return {code: html for code, html in given.items() if html.strip()}


def _languages() -> list[str]:
    """Of all help centres, and those that blocks have been written in."""
    known = [code for languages in HelpCentre.objects.values_list("languages", flat=True) for code in languages]
    known += [code for texts in ContentBlock.objects.values_list("texts", flat=True) for code in texts]
    return list(dict.fromkeys(known)) or ["en"]


def _form(request: StaffRequest, block: ContentBlock, refusal: Refused | None = None) -> HttpResponse:
    typed = "name" in request.POST  # not where only its deletion was refused
    texts = _texts(request) if typed else block.texts
    context = {
        "active": "knowledge",
        "kept": block,
        "name": request.POST["name"] if typed else block.name,
        "said": [Said(code, own_name(code), texts.get(code, "")) for code in _languages()],
        "articles": _held_by(block) if block.pk else [],
        "may_arrange": policies.may_arrange(request.user),
        "refusal": refusal,
    }
    status = HTTPStatus.OK
    if refusal:
        is_stale = isinstance(refusal, ChangedMeanwhile)
        status = HTTPStatus.CONFLICT if is_stale else HTTPStatus.UNPROCESSABLE_ENTITY
    return render(request, "knowledge/block.html", context, status=status)


def _held_by(block: ContentBlock) -> list[Translation]:
    """One text of each article that holds it: in the language it was written in first, else in any."""
    best: dict[int, Translation] = {}
    for row in Translation.objects.filter(article__in=articles_with(block)).select_related("article").order_by("pk"):
        if row.article_id not in best or row.language == row.article.language:
            best[row.article_id] = row
    return list(best.values())
