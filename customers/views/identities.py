"""What a customer is known by: the panel, and what can be done with each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from customers import policies
from customers.actors import Actor
from customers.errors import Refused
from customers.identities import Claimed, add_identity, remove_identity
from customers.identity_forms import IdentityForm
from customers.kinds import icon_of
from customers.models import Customer, Identity, IdentityKind, IdentityLink
from customers.normalising import shown
from customers.proving import send_link
from customers.views.support import StaffRequest, customer_for, require, staff_only, with_toast
from helpdesk.accounts.models import User

WEB = {
    IdentityKind.TELEGRAM: "https://t.me/",
    IdentityKind.X: "https://x.com/",
    IdentityKind.INSTAGRAM: "https://www.instagram.com/",
    IdentityKind.MESSENGER: "https://m.me/",
}


@dataclass(frozen=True)
class KnownBy:
    """An identity as the panel shows it. `address` is where a click writes to them; empty where none can."""

    identity: Identity
    icon: str
    text: str
    address: str
    link: IdentityLink | None

    @classmethod
    def of(cls, identity: Identity) -> KnownBy:
        newest = next(iter(identity.links.all()), None)
        kind, value = identity.kind, identity.value
        return cls(identity, icon_of(kind), shown(kind, value), address_of(kind, value), newest)

    @property
    def may_be_asked(self) -> bool:
        return self.identity.kind == IdentityKind.EMAIL and not self.identity.is_verified


def address_of(kind: str, value: str) -> str:
    match kind:
        case IdentityKind.EMAIL:
            return f"/agent/new/?{urlencode({'address': value})}"
        case IdentityKind.PHONE:
            return f"tel:{value}"
        case IdentityKind.WHATSAPP if value.startswith("+"):
            return f"https://wa.me/{value[1:]}"
    return WEB[IdentityKind(kind)] + value[1:] if kind in WEB and value.startswith("@") else ""


def identities_context(customer: Customer, user: User, form: IdentityForm | None = None) -> dict[str, Any]:
    """What templates/customers/_identities.html needs; each identity with the links that were sent to it."""
    links = Prefetch("links", IdentityLink.objects.order_by("-pk"))
    return {
        "customer": customer,
        "known_by": [KnownBy.of(identity) for identity in customer.identities.prefetch_related(links)],
        "identity_form": form or IdentityForm(auto_id="identity_%s"),
        "may_edit": policies.may_edit_customer(user),
    }


def claimed_by(refusal: Refused) -> Claimed | None:
    """The other record, for whoever may see it to look at, and to merge."""
    return refusal if isinstance(refusal, Claimed) else None


@require_http_methods(["GET", "POST"])
@staff_only
def identities(request: StaffRequest, customer_id: int) -> HttpResponse:
    customer = customer_for(customer_id)
    if request.method == "GET":
        return _panel(request, customer)
    require(policies.may_edit_customer(request.user))
    form, claim = IdentityForm(request.POST, auto_id="identity_%s"), None
    if form.is_valid():
        try:
            add_identity(
                customer,
                form.cleaned_data["kind"],
                form.cleaned_data["value"],
                actor=Actor.agent(request.user),
                take_over=form.cleaned_data["take_over"],
            )
        except Refused as refusal:
            form.refuse(refusal)
            claim = claimed_by(refusal)
        else:
            return _done(request, customer)
    if not request.htmx and claim is None:
        messages.error(request, " ".join(str(error) for errors in form.errors.values() for error in errors))
        return redirect("customer", customer.pk)
    return _panel(request, customer, form, claim, status=422)


@require_POST
@staff_only
def removal(request: StaffRequest, customer_id: int, identity_id: int) -> HttpResponse:
    customer, identity = _found(request, customer_id, identity_id)
    remove_identity(identity, actor=Actor.agent(request.user))
    return _done(request, customer, _("%(value)s is removed.") % {"value": identity.value})


@require_POST
@staff_only
def link(request: StaffRequest, customer_id: int, identity_id: int) -> HttpResponse:
    """Ask whoever reads mail at the address to say that it is theirs."""
    customer, identity = _found(request, customer_id, identity_id)
    try:
        send_link(identity, actor=Actor.agent(request.user))
    except Refused as refusal:
        return _done(request, customer, str(refusal), tone="amber")
    return _done(request, customer, _("A link is on its way to %(value)s.") % {"value": identity.value})


def _found(request: StaffRequest, customer_id: int, identity_id: int) -> tuple[Customer, Identity]:
    customer = customer_for(customer_id)
    require(policies.may_edit_customer(request.user))
    return customer, get_object_or_404(customer.identities, pk=identity_id)


def _done(request: StaffRequest, customer: Customer, text: str = "", tone: str = "green") -> HttpResponse:
    if not request.htmx:
        if text:
            messages.add_message(request, messages.SUCCESS if tone == "green" else messages.WARNING, text)
        return redirect("customer", customer.pk)
    panel = _panel(request, customer)
    return with_toast(panel, text, tone) if text else panel


def _panel(
    request: StaffRequest,
    customer: Customer,
    form: IdentityForm | None = None,
    claim: Claimed | None = None,
    status: int = 200,
) -> HttpResponse:
    context = identities_context(customer, request.user, form) | {"claim": claim}
    if not request.htmx:  # without scripts: the question on a page of its own
        return render(request, "customers/identities.html", context | {"active": "customers"}, status=status)
    return render(request, "customers/_identities.html", context, status=status)
