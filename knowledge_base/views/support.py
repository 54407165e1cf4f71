"""What the staff's pages of the knowledge base share: sign-in, the article, a no in words."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, Concatenate, ParamSpec, cast

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django_htmx.middleware import HtmxDetails

from helpdesk.accounts.models import User
from knowledge_base import policies
from knowledge_base.models import Article, HelpCentre, Translation

P = ParamSpec("P")


class StaffRequest(HttpRequest):
    """A request that `staff_only` let through."""

    user: User
    htmx: HtmxDetails


def staff_only(
    view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Sign-in first; afterwards every user is a member of staff, and staff may read all articles."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        return view(cast(StaffRequest, request), *args, **kwargs)

    return login_required(inner)


def writers_only(
    view: Callable[Concatenate[StaffRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Sign-in first, and a role that writes articles."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        require(policies.may_write(cast(User, request.user)))
        return view(cast(StaffRequest, request), *args, **kwargs)

    return login_required(inner)


def require(allowed: bool, reason: str = "") -> None:
    """403 with a sentence unless `allowed`."""
    if not allowed:
        raise PermissionDenied(reason or _("Your role reads articles and does not change them."))


def article_for(article_id: int) -> Article:
    return get_object_or_404(
        Article.objects.select_related("section__category__centre", "owner", "successor"), pk=article_id
    )


def translation_for(article_id: int, language: str) -> Translation:
    """An article in one language, with all that its pages name."""
    if "\0" in language:  # which PostgreSQL can't be asked for
        raise Http404
    return get_object_or_404(
        Translation.objects.select_related(
            "article__section__category__centre", "article__owner", "published", "source", "worked_on_by"
        ),
        article=article_id,
        language=language,
    )


def centre_of_article(article: Article) -> HelpCentre:
    return article.section.category.centre


def wants_fragment(request: HttpRequest) -> bool:
    return bool(getattr(request, "htmx", False))


def with_toast(response: HttpResponse, text: str, tone: str = "green", **more: Any) -> HttpResponse:
    """Let the page say `text` in passing; `undo` (an address) and `seconds` add an Undo button."""
    response["HX-Trigger"] = json.dumps({"ot:toast": {"text": text, "tone": tone, **more}})
    return response
