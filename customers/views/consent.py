"""Consent: its ledger on the customer's page, and the page on which customers say themselves what they allow."""

from __future__ import annotations

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from customers import policies
from customers.actors import Actor
from customers.consent import set_consent, standings
from customers.consent_form import ConsentForm, PreferencesForm
from customers.models import Consent, ConsentSource, Customer, Purpose
from customers.preferences import preferences_address, read_token
from customers.views.support import StaffRequest, customer_for, require, staff_only

SHOWN = 50  # of the ledger; the timeline has all of it


@require_http_methods(["GET", "POST"])
@staff_only
def consent(request: StaffRequest, customer_id: int) -> HttpResponse:
    """What is in force and what was said; POST writes down what the customer told an agent."""
    customer = customer_for(customer_id)
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        require(policies.may_edit_customer(request.user))
        if form.is_valid():
            set_consent(customer, **form.cleaned_data, actor=Actor.agent(request.user))
            if not request.htmx:
                return redirect("customer", customer.pk)
            form = ConsentForm()
    context = {
        "customer": customer,
        "standings": standings(customer),
        "ledger": Consent.objects.filter(customer=customer).order_by("-pk")[:SHOWN],
        "form": form,
        "link": preferences_address(customer),
        "may_edit": policies.may_edit_customer(request.user),
    }
    return render(request, "customers/_consent.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@never_cache
def preferences(request: HttpRequest, token: str) -> HttpResponse:
    """The customer's own page. Looking changes nothing: scanners of mail look at links by themselves."""
    customer, _channel, _purpose = _signed(token)
    with translation.override(_language_of(customer)):
        form = PreferencesForm(standings(customer), request.POST if request.method == "POST" else None)
        if form.is_valid():
            _write_down(customer, form.changes())
            messages.success(request, _("Saved. You can change it at any time with the same link."))
            return redirect("preferences", token)
        context = {"customer": customer, "form": form, "token": token}
        return render(request, "customers/preferences.html", context, status=422 if form.errors else 200)


@require_POST
@never_cache
def only_answers(request: HttpRequest, token: str) -> HttpResponse:
    """The one button on the page: nothing but answers, on any channel."""
    customer, _channel, _purpose = _signed(token)
    unwanted = [it for it in standings(customer) if it.purpose != Purpose.SUPPORT]
    _write_down(customer, [(it.channel, it.purpose, False) for it in unwanted])
    with translation.override(_language_of(customer)):
        messages.success(request, _("Done: we write to you only to answer you."))
    return redirect("preferences", token)


@csrf_exempt  # the mail program that presses the button has neither cookie nor page; the signature is the proof
@require_http_methods(["GET", "POST"])
@never_cache
def unsubscribe(request: HttpRequest, token: str) -> HttpResponse:
    """RFC 8058 §3.2: the POST alone unsubscribes, with nothing more to confirm. A GET leads to the page."""
    customer, channel, purpose = _signed(token)
    if request.method == "GET":
        return redirect("preferences", token)
    by = Actor.of_customer(customer)
    set_consent(customer, channel, purpose, False, actor=by, source=ConsentSource.UNSUBSCRIBE)
    return HttpResponse(status=200)


def _signed(token: str) -> tuple[Customer, str, str]:
    signed = read_token(token)
    if signed is None:
        raise Http404
    return signed


def _language_of(customer: Customer) -> str:
    return customer.language if customer.language in dict(settings.LANGUAGES) else translation.get_language()


@transaction.atomic
def _write_down(customer: Customer, said: list[tuple[str, str, bool]]) -> None:
    by = Actor.of_customer(customer)
    for channel, purpose, is_given in said:
        set_consent(customer, channel, purpose, is_given, actor=by, source=ConsentSource.PREFERENCE_PAGE)
