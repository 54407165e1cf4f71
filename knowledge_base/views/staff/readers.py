"""What readers say: why articles did not help, and comments that wait for somebody of us."""

from __future__ import annotations

from typing import Final

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from knowledge_base import policies
from knowledge_base.feedback import comments_of, decide_comment, mark_seen, words_of_readers
from knowledge_base.models import Comment, CommentState, Vote
from knowledge_base.views.support import StaffRequest, require, writers_only

ON_A_PAGE: Final = 30


@require_safe
@writers_only
def feedback(request: StaffRequest) -> HttpResponse:
    """Votes that say something; `whose` is "mine" or everybody's, `seen` those that were dealt with."""
    rows = words_of_readers()
    is_mine, is_seen = request.GET.get("whose", "") == "mine", request.GET.get("seen") == "1"
    rows = rows.exclude(seen_at=None) if is_seen else rows.filter(seen_at=None)
    if is_mine:
        rows = rows.filter(article__owner=request.user)
    page = Paginator(rows.prefetch_related("article__translations"), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "is_mine": is_mine, "is_seen": is_seen, "active": "knowledge", "shelf": "feedback"}
    return render(request, "knowledge/feedback.html", context)


@require_POST
@writers_only
def seen(request: StaffRequest, vote_id: int) -> HttpResponse:
    mark_seen(get_object_or_404(Vote, pk=vote_id), by=request.user)
    return redirect("knowledge-feedback")


@require_safe
@writers_only
def comments(request: StaffRequest) -> HttpResponse:
    """Those that this reader may decide about; `state` says which, those that wait first."""
    wanted = request.GET.get("state", "")
    state = wanted if wanted in CommentState.values else CommentState.WAITING
    rows = comments_of(request.user, policies.may_arrange(request.user)).filter(state=state)
    page = Paginator(rows.prefetch_related("article__translations"), ON_A_PAGE).get_page(request.GET.get("page"))
    context = {
        "page": page,
        "state": state,
        "states": CommentState.choices,
        "active": "knowledge",
        "shelf": "comments",
    }
    return render(request, "knowledge/comments.html", context)


@require_POST
@writers_only
def decision(request: StaffRequest, reader_comment_id: int) -> HttpResponse:
    """`state` is "shown" or "hidden"."""
    row = get_object_or_404(Comment.objects.select_related("article"), pk=reader_comment_id)
    is_owner = request.user.pk in (row.article.owner_id, row.article.author_id)
    require(is_owner or policies.may_arrange(request.user), _("Team leads, and who takes care of the article, decide."))
    state = request.POST.get("state", "")
    require(state in (CommentState.SHOWN, CommentState.HIDDEN))
    decide_comment(row, state, by=request.user)
    return redirect(f"{reverse('knowledge-reader-comments')}?state={row.state}")
