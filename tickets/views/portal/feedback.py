"""What readers say below an article: "was this helpful?", why not, and comments."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import translation as translations
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from helpdesk.accounts.models import User
from helpdesk.lib.limits import address_of, is_too_often
from knowledge_base.addresses import article_path
from knowledge_base.audience import reader_of
from knowledge_base.centres import centre_of, spoken_in
from knowledge_base.errors import Refused
from knowledge_base.feedback import explain, takes_comments, vote, write_comment
from knowledge_base.models import Reason, Translation
from knowledge_base.shell import answer
from knowledge_base.visitors import know_again, visitor_of
from tickets.portal.sessions import customer_of
from tickets.views.portal.support import public_page

AN_HOUR: Final = timedelta(hours=1)
MOST_AN_HOUR: Final = 60  # from one network address


@require_POST
@never_cache
def votes(request: HttpRequest, language: str, article_id: int) -> HttpResponse:
    """`helpful` is 1 or 0; `reason` and `text` say why not. A fragment where a script asks, else a page."""
    found = _readable(request, language, article_id)
    if request.POST.get("helpful") not in ("0", "1"):
        return HttpResponse(status=HTTPStatus.BAD_REQUEST)
    if is_too_often("vote", address_of(request), most=MOST_AN_HOUR, within=AN_HOUR):
        return HttpResponse(status=HTTPStatus.TOO_MANY_REQUESTS)
    is_helpful = request.POST["helpful"] == "1"
    reason, text = request.POST.get("reason", ""), request.POST.get("text", "")
    if not isinstance(request.user, User):  # what colleagues think is said elsewhere, and counts for nothing here
        row = vote(found, is_helpful, visitor=visitor_of(request), customer_id=reader_of(request).customer_id)
        explain(row, reason=reason, text=text)
    context = {
        "article_id": article_id,
        "language": language,
        "is_helpful": is_helpful,
        "is_explained": bool(text.strip()) or reason in Reason.values,
        "back": article_path(found),
        "title": str(found),
    }
    if getattr(request, "htmx", False):
        with translations.override(spoken_in(language)):
            response = render(request, "help/_voted.html", context)
    else:
        response = answer(request, "help/feedback.html", context, language=language)
    know_again(request, response)
    return response


def _readable(request: HttpRequest, language: str, article_id: int) -> Translation:
    readable = Translation.objects.readable_by(reader_of(request)).select_related("article__owner", "article__author")
    centre = centre_of(request)
    if "\x00" in language:  # the one sign that the database can't be asked for
        raise Http404
    return get_object_or_404(
        readable, article_id=article_id, language=language, article__section__category__centre=centre
    )


@require_POST
@public_page
def comments(request: HttpRequest, language: str, article_id: int) -> HttpResponse:
    """Of a signed-in customer, or of staff; the answer says that somebody looks at it first."""
    found, customer = _readable(request, language, article_id), customer_of(request)
    user = request.user if isinstance(request.user, User) else None
    allowed = takes_comments(centre_of(request), found.article) and (user or customer)
    if not allowed:
        raise PermissionDenied(_("Sign in to comment."))
    context = {"back": article_path(found), "title": str(found), "text": request.POST.get("text", "")}
    status = HTTPStatus.OK
    try:
        if user:
            write_comment(found, context["text"], author=user, author_name=str(user))
        elif customer:
            write_comment(found, context["text"], customer_id=customer.pk, author_name=str(customer) or _("A customer"))
        context["is_shown"] = "1" if user else ""
    except Refused as refusal:
        context["error"] = refusal.message
        status = HTTPStatus.UNPROCESSABLE_ENTITY
    return answer(request, "help/commented.html", context, language=language, status=status)
