"""What is answered at an address where nothing is: the way to where it went, or a search."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect

from helpdesk.accounts.models import User
from knowledge_base.audience import reader_of
from knowledge_base.centres import centre_of, closest_language, is_set_up, preferred_language
from knowledge_base.moved import old_address
from knowledge_base.shell import answer


def missing(request: HttpRequest) -> HttpResponse | None:
    """None where somebody who works here looked for something else, and where there is no help centre."""
    centre = centre_of(request)
    if not is_set_up(centre):
        return None
    parts = request.path.split("/")
    is_ours = parts[1] == "hc"
    named = closest_language(centre, parts[2]) if is_ours and len(parts) > 2 else None
    language = named or preferred_language(request, centre)
    if request.method in ("GET", "HEAD") and (old := old_address(request.path, reader_of(request), language)):
        return HttpResponsePermanentRedirect(old)
    if isinstance(request.user, User) and not is_ours:
        return None
    return answer(request, "help/missing.html", language=language, status=404)
