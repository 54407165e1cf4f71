"""An organisation's page, its form, and who belongs to it. Its tickets, numbers and timeline come from tickets."""

from __future__ import annotations

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers import policies
from customers.actors import Actor
from customers.errors import Refused
from customers.facts import facts_of
from customers.forms import RecordForm
from customers.identify import normalise
from customers.models import Customer, Identity, IdentityKind, Organisation
from customers.organisations import add_members, candidates, members_of, remove_member
from customers.record import Stale, change_organisation, create_organisation
from customers.views.support import StaffRequest, require, staff_only
from helpdesk.lib.typed import whole_number

MEMBERS_SHOWN, CANDIDATES_SHOWN = 20, 200
APART = frozenset({"name", "shares_tickets"})  # facts that stand elsewhere on the page


@require_GET
@staff_only
def organisation_page(request: StaffRequest, organisation_id: int) -> HttpResponse:
    organisation = organisation_for(organisation_id)
    facts = [fact for fact in facts_of(organisation, request.user) if fact.text and fact.name not in APART]
    context = {
        "organisation": organisation,
        "facts": facts,
        "subsidiaries": organisation.subsidiaries.all()[:MEMBERS_SHOWN],
        "may_edit": policies.may_edit_customer(request.user),
        "waiting": candidates(organisation).count() if organisation.domains else 0,
        "active": "customers",
    }
    return render(request, "customers/organisation.html", context | members_context(request, organisation))


@require_http_methods(["GET", "POST"])
@staff_only
def new_organisation(request: StaffRequest) -> HttpResponse:
    require(policies.may_edit_customer(request.user))
    form = RecordForm(Organisation(), request.user, request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            values = {name: value for name, value in form.values.items() if value}
            organisation = create_organisation(values, actor=Actor.agent(request.user))
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _after_saving(request, organisation)
    context = {"form": form, "active": "customers"}
    return render(request, "customers/organisation_edit.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
@staff_only
def edit_organisation(request: StaffRequest, organisation_id: int) -> HttpResponse:
    """Only what was changed in the form is changed; what a colleague changed meanwhile is asked about."""
    require(policies.may_edit_customer(request.user))
    organisation = organisation_for(organisation_id)
    form, status = RecordForm(organisation, request.user, request.POST if request.method == "POST" else None), 200
    if request.method == "POST" and form.is_valid():
        try:
            changed = change_organisation(
                organisation, form.values, actor=Actor.agent(request.user), seen=_seen(request)
            )
        except Stale as conflict:
            form, status = RecordForm(organisation_for(organisation_id), request.user, request.POST), 409
            form.refuse(conflict)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            return _after_saving(request, changed)
    context = {
        "organisation": organisation, "form": form, "seen": json.dumps(form.seen, ensure_ascii=False),
        "active": "customers",
    }  # fmt: skip
    status = status if status == 409 else 422 if form.errors else 200
    return render(request, "customers/organisation_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
@staff_only
def members(request: StaffRequest, organisation_id: int) -> HttpResponse:
    """Who belongs to it, page by page. POST: those chosen (`customer`), or whoever has an `address`."""
    organisation = organisation_for(organisation_id)
    if request.method == "GET":
        return render(request, "customers/_members.html", members_context(request, organisation))
    require(policies.may_edit_customer(request.user))
    try:
        added = add_members(organisation, _chosen(request), actor=Actor.agent(request.user))
    except Refused as refusal:
        messages.error(request, str(refusal))
    else:
        said = ngettext("%(count)s customer was added.", "%(count)s customers were added.", len(added))
        messages.success(request, said % {"count": len(added)})
    return redirect("organisation", organisation.pk)


@require_POST
@staff_only
def member_removal(request: StaffRequest, organisation_id: int, customer_id: int) -> HttpResponse:
    require(policies.may_edit_customer(request.user))
    organisation = organisation_for(organisation_id)
    customer = get_object_or_404(members_of(organisation), pk=customer_id)
    remove_member(organisation, customer, actor=Actor.agent(request.user))
    known = {"customer": customer, "organisation": organisation}
    messages.success(request, _("%(customer)s no longer belongs to %(organisation)s.") % known)
    return redirect("organisation", organisation.pk)


@require_GET
@staff_only
def candidate_list(request: StaffRequest, organisation_id: int) -> HttpResponse:
    """Those who may be members by their addresses, to be looked at: nobody is added silently."""
    require(policies.may_edit_customer(request.user))
    organisation = organisation_for(organisation_id)
    found = candidates(organisation)
    context = {
        "organisation": organisation, "count": found.count(), "most": CANDIDATES_SHOWN,
        "candidates": found.prefetch_related("identities")[:CANDIDATES_SHOWN], "active": "customers",
    }  # fmt: skip
    return render(request, "customers/organisation_candidates.html", context)


def organisation_for(organisation_id: int) -> Organisation:
    return get_object_or_404(Organisation.objects.select_related("parent", "owner"), pk=organisation_id)


def members_context(request: StaffRequest, organisation: Organisation) -> dict[str, Any]:
    """The newest first; `?before=` goes on behind a page."""
    found = members_of(organisation).prefetch_related("identities").order_by("-pk")
    if before := whole_number(request.GET.get("before", "")):
        found = found.filter(pk__lt=before)
    rows = list(found[: MEMBERS_SHOWN + 1])
    more = rows[MEMBERS_SHOWN - 1].pk if len(rows) > MEMBERS_SHOWN else 0
    return {
        "organisation": organisation, "members": rows[:MEMBERS_SHOWN], "before": more,
        "may_edit": policies.may_edit_customer(request.user), "is_further": bool(before),
    }  # fmt: skip


def _seen(request: StaffRequest) -> dict[str, str]:
    """What the form showed, as it carried it along."""
    try:
        sent = json.loads(request.POST.get("seen", "{}"))
    except (ValueError, RecursionError):
        return {}
    return (
        {str(name): value for name, value in sent.items() if isinstance(value, str)} if isinstance(sent, dict) else {}
    )


def _chosen(request: StaffRequest) -> list[int]:
    """Ids of customers; an address must be one that we know."""
    address = request.POST.get("address", "").strip()
    if not address:
        return [pk for text in request.POST.getlist("customer") if (pk := whole_number(text))]
    value = normalise(IdentityKind.EMAIL, address).replace("\0", "")[:320]
    known = Identity.objects.filter(kind=IdentityKind.EMAIL, value=value)
    found = Customer.objects.current().filter(identities__in=known).first()
    if found is None:
        raise Refused(_("Nobody is known by “%(address)s”.") % {"address": address[:100]})
    return [found.pk]


def _after_saving(request: StaffRequest, organisation: Organisation) -> HttpResponse:
    """To those who may be members by a domain of its own, when there are any."""
    messages.success(request, _("The organisation is saved."))
    if candidates(organisation).exists():
        return redirect(f"{reverse('organisation-candidates', args=[organisation.pk])}")
    return redirect("organisation", organisation.pk)
