"""Signing in by a link, and out again."""

from __future__ import annotations

from datetime import timedelta
from http import HTTPStatus
from typing import Final

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST

from customers.models import IdentityKind
from helpdesk.lib.limits import address_of, is_too_often
from knowledge_base.centres import centre_of
from tickets.models import SignInLink
from tickets.portal.links import ask_for_link, is_over, is_own_path, read_token, use_link
from tickets.portal.sessions import customer_of, sign_in, sign_out
from tickets.services import Refused
from tickets.views.portal.support import language_for, page, public_page

FIRST_PAGE: Final = "/requests/"
MOST_TRIES: Final = 20  # of one network address within
WINDOW: Final = timedelta(hours=1)


class AddressForm(forms.Form):
    email = forms.EmailField(
        label=gettext_lazy("Your e-mail address"),
        max_length=254,
        widget=forms.EmailInput({"autocomplete": "email", "inputmode": "email"}),
    )
    next = forms.CharField(required=False, widget=forms.HiddenInput)


@require_http_methods(["GET", "POST"])
@public_page
def ask(request: HttpRequest) -> HttpResponse:
    """The form, and what it answers: the same for every address, known or not."""
    if customer_of(request):
        return redirect(_after(request.GET.get("next", "")))
    if request.method == "GET":
        return _form(request, AddressForm(initial={"next": request.GET.get("next", "")}))
    form = AddressForm(request.POST)
    if not form.is_valid():
        return _form(request, form, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    if is_too_often("sign-in-link", address_of(request), most=MOST_TRIES, within=WINDOW):
        form.add_error(None, _("Too many links were asked for from your network. Try again in an hour, please."))
        return _form(request, form, status=HTTPStatus.TOO_MANY_REQUESTS)
    email = form.cleaned_data["email"]
    ask_for_link(
        email,
        language=language_for(request, None),
        centre=centre_of(request),
        next_path=form.cleaned_data["next"],
    )
    return page(request, "portal/link_sent.html", {"email": email})


def _form(request: HttpRequest, form: AddressForm, *, status: int = HTTPStatus.OK) -> HttpResponse:
    return page(request, "portal/sign_in.html", {"form": form}, status=status)


@require_http_methods(["GET", "POST"])
@public_page
def use(request: HttpRequest, sign_in_token: str) -> HttpResponse:
    """Looking changes nothing: mail programs and their scanners open every link. The button signs in."""
    link = read_token(sign_in_token)
    if link is None:
        raise Http404
    if is_over(link, timezone.now()):
        return redirect(_after(link.next_path)) if _is_theirs(request, link) else _over(request, link.email)
    if request.method == "POST":
        try:
            identity = use_link(link)
        except Refused:
            return _over(request, link.email)
        sign_in(request, identity)
        return redirect(_after(link.next_path))
    return page(request, "portal/use_link.html", {"email": link.email, "until": link.expires_at})


def _is_theirs(request: HttpRequest, link: SignInLink) -> bool:
    """Who follows the mail's link again, signed in by it, is where it leads."""
    customer = customer_of(request)
    return customer is not None and customer.identities.filter(kind=IdentityKind.EMAIL, value=link.email).exists()


def _over(request: HttpRequest, email: str) -> HttpResponse:
    form = AddressForm(initial={"email": email})
    return page(request, "portal/link_over.html", {"form": form}, status=HTTPStatus.GONE)


@require_POST
@public_page
def leave(request: HttpRequest) -> HttpResponse:
    sign_out(request)
    return redirect("portal-sign-in")


def _after(path: str) -> str:
    return path if is_own_path(path) else FIRST_PAGE
