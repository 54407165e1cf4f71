"""Merging two records, and taking it back: both pages say what will happen before it does."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers import merging, policies
from customers.actors import Actor
from customers.comparing import chosen_in, identities_of, lines, moving_with, others_named, title_of
from customers.errors import Refused
from customers.merge_memory import undone_fields
from customers.models import Customer, CustomerMerge
from customers.signals import unmerge_foreseen
from customers.views.support import StaffRequest, customer_for, require, staff_only
from helpdesk.lib.typed import whole_number


@require_http_methods(["GET", "POST"])
@staff_only
def merge(request: StaffRequest, customer_id: int) -> HttpResponse:
    """Without `other`: looking for it. With it: both sides, what is chosen of each, and what moves."""
    require(policies.may_merge(request.user))
    customer = customer_for(customer_id)
    given = request.POST if request.method == "POST" else request.GET
    if not given.get("other"):
        text = request.GET.get("q", "").replace("\0", "")[:200]
        context = {"customer": customer, "q": text, "found": others_named(text, customer), "active": "customers"}
        return render(request, "customers/merge_find.html", context)
    other = _other(given["other"])
    if request.method == "POST":
        return _merge(request, customer, other)
    return _merge_page(request, customer, other)


@require_http_methods(["GET", "POST"])
@staff_only
def undo(request: StaffRequest, merge_id: int) -> HttpResponse:
    require(policies.may_merge(request.user))
    done = get_object_or_404(CustomerMerge.objects.select_related("survivor", "merged", "actor_user"), pk=merge_id)
    if request.method == "POST":
        try:
            merging.undo(done, actor=Actor.agent(request.user))
        except Refused as refused:
            return _undo_page(request, done, str(refused))
        messages.success(request, _("They are two records again."))
        return redirect("customer", done.merged_id)
    return _undo_page(request, done)


def _other(text: str) -> Customer:
    number = whole_number(text)
    found = Customer.objects.select_related("organisation", "owner").filter(pk=number).first() if number else None
    if found is None:
        raise Http404
    return found


def _merge(request: StaffRequest, customer: Customer, other: Customer) -> HttpResponse:
    choices = chosen_in(request.POST, customer, other)
    try:
        merging.merge(
            customer, other, choices, actor=Actor.agent(request.user), confirmed=bool(request.POST.get("confirmed"))
        )
    except Refused as refused:
        return _merge_page(request, customer, other, choices, refused)
    messages.success(request, _("%(name)s is a part of this record now.") % {"name": other})
    return redirect("customer", customer.pk)


def _merge_page(
    request: StaffRequest,
    customer: Customer,
    other: Customer,
    choices: dict[str, str] | None = None,
    refused: Refused | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "customer": customer,
        "other": other,
        "sides": [(each, identities_of(each)) for each in (customer, other)],
        "lines": lines(customer, other, choices),
        "moves": moving_with(other),
        "proved": merging.proved_on_both(customer, other),
        "refused": refused,
        "active": "customers",
    }
    return render(request, "customers/merge.html", context, status=422 if refused else 200)


def _undo_page(request: StaffRequest, done: CustomerMerge, refused: str = "") -> HttpResponse:
    reason = refused or merging.why_not_undo(done)
    fields = None if reason else undone_fields(done)
    context = {
        "merge": done,
        "merged_name": done.merged_before.get("name") or str(done.merged),
        "reason": reason,
        "back": [title_of(field) for field in fields.back] if fields else [],
        "kept": [title_of(field) for field in fields.kept] if fields else [],
        "addresses": _addresses(done),
        "sentences": [] if reason else _foreseen(done),
        "active": "customers",
    }
    return render(request, "customers/unmerge.html", context, status=422 if refused else 200)


def _addresses(done: CustomerMerge) -> list[str]:
    """Identities that would go back."""
    moved = done.moved.get(merging.OWN, {}).get("customers.Identity.customer", [])
    return [each.value for each in done.survivor.identities.all() if each.pk in moved]


def _foreseen(done: CustomerMerge) -> list[str]:
    answers = unmerge_foreseen.send(Customer, merge=done)
    return [sentence for _receiver, sentences in answers for sentence in sentences or ()]
