"""The page behind a one-time link: the customer's own, without a sign-in, in their language."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone, translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from customers.errors import Refused
from customers.proving import is_over, read_token, use_link


@require_http_methods(["GET", "POST"])
@never_cache
def proof(request: HttpRequest, token: str) -> HttpResponse:
    """Looking changes nothing: mail programs and their scanners open every link. The button says yes."""
    link = read_token(token)
    if link is None:
        raise Http404
    identity = link.identity
    with translation.override(_language(identity.customer.language)):
        state = "over" if is_over(link, timezone.now()) else "asked"
        if request.method == "POST" and state == "asked":
            try:
                use_link(link)
                state = "done"
            except Refused:
                state = "over"
        context = {
            "address": identity.value,
            "state": state,
            "until": link.expires_at,
            "joins": link.joins_id is not None,
        }
        return render(request, "customers/proof.html", context, status=410 if state == "over" else 200)


def _language(code: str) -> str:
    return code if code in dict(settings.LANGUAGES) else translation.get_language()
