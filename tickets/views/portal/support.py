"""What the customers' pages share: who is signed in, in which language and time; no cache keeps them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import wraps
from http import HTTPStatus
from typing import Any, Concatenate, Final, ParamSpec, cast
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.cache import add_never_cache_headers

from customers.models import Customer
from knowledge_base.centres import SPOKEN, centre_of, closest_language, own_name
from knowledge_base.shell import Spoken, draw
from tickets.models import Ticket
from tickets.portal.requests import requests_of
from tickets.portal.sessions import customer_of

P = ParamSpec("P")
LANGUAGE_COOKIE: Final = "help_language"
A_YEAR: Final = 365 * 24 * 3600


class CustomerRequest(HttpRequest):
    """A request that `customers_only` let through."""

    customer: Customer


def public_page(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """In the language of whoever is signed in, or of the browser; kept by no cache. `?language=` chooses another."""

    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.method == "GET" and request.GET.get("language") in SPOKEN:
            return _choose_language(request)
        with speaking(request, customer_of(request)):
            response = view(request, *args, **kwargs)
        if isinstance(response, HttpResponse):
            add_never_cache_headers(response)
        return response

    return inner


def customers_only(
    view: Callable[Concatenate[CustomerRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Sign-in first. What was being sent when the session was over is shown, so that nobody loses it."""

    @public_page
    @wraps(view)
    def inner(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        customer = customer_of(request)
        if customer is None:
            return _sign_in_first(request)
        request.customer = customer  # type: ignore[attr-defined]
        return view(cast(CustomerRequest, request), *args, **kwargs)

    return inner


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    sign_in = reverse("portal-sign-in")
    if request.method in ("GET", "HEAD"):
        return redirect(f"{sign_in}?{urlencode({'next': request.get_full_path()})}")
    said = request.POST.get("text") or request.POST.get("comment", "")  # a message, or why they rate us so
    context = {"text": said[:20_000]}
    return page(request, "portal/session_over.html", context, status=HTTPStatus.FORBIDDEN)


def _choose_language(request: HttpRequest) -> HttpResponse:
    wanted = request.GET.copy()
    chosen = wanted.pop("language")[-1]
    response = redirect(f"{request.path}?{wanted.urlencode()}" if wanted else request.path)
    response.set_cookie(LANGUAGE_COOKIE, chosen, max_age=A_YEAR, samesite="Lax", secure=settings.SECURE_COOKIES)
    return response


def language_for(request: HttpRequest, customer: Customer | None) -> str:
    """What was chosen here, else what we know of the customer, else what the browser asks for: of ours, one of two."""
    wishes = [request.COOKIES.get(LANGUAGE_COOKIE, ""), customer.language if customer else ""]
    wishes.append(translation.get_language_from_request(request))
    bases = (wish.lower().partition("-")[0] for wish in wishes)
    return next((base for base in bases if base in SPOKEN), settings.LANGUAGE_CODE)


@contextmanager
def speaking(request: HttpRequest, customer: Customer | None) -> Iterator[None]:
    zone = customer.time_zone if customer else ""
    with translation.override(language_for(request, customer)), timezone.override(ZoneInfo(zone or "UTC")):
        yield


def page(request: HttpRequest, template: str, context: dict[str, Any], *, status: int = HTTPStatus.OK) -> HttpResponse:
    """In the help centre's frame. It speaks our languages, also where no article does."""
    centre, customer = centre_of(request), customer_of(request)
    language = language_for(request, customer)
    articles_in = closest_language(centre, language) or centre.default_language
    known = {
        "customer": customer,
        "articles_in": articles_in,
        "home": reverse("help-home", args=[articles_in]) if centre.pk else "/",
        "languages": [Spoken(code, own_name(code), f"?language={code}") for code, _name in settings.LANGUAGES],
    }
    html = draw(request, template, {**known, **context}, centre=centre, language=language)
    return HttpResponse(html, status=status, headers={"Content-Language": language})


def request_for(request: CustomerRequest, number: int) -> Ticket:
    """404 says the same for "none" and "somebody else's"."""
    if number >= 2**63:
        raise Http404
    tickets = requests_of(request.customer).select_related("requester", "inbox")
    ticket = tickets.filter(pk=number).first()
    if ticket is None:
        raise Http404
    return ticket
