"""Pictures of customers: shown to whoever may see the record, set and taken out by whoever may edit it."""

from __future__ import annotations

from django.contrib import messages
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.cache import patch_cache_control
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from customers import policies
from customers.actors import Actor
from customers.errors import Refused
from customers.models import Customer
from customers.pictures import remove_picture, set_picture
from customers.views.facts import facts_context
from customers.views.support import StaffRequest, customer_for, require, staff_only
from helpdesk.uploads import file_too_large


@require_http_methods(["GET", "POST"])
@staff_only
def picture(request: StaffRequest, customer_id: int) -> HttpResponse:
    """GET the bytes; POST a new picture, or `remove` it."""
    customer = customer_for(customer_id)
    if request.method == "GET":
        return _bytes(customer)
    require(policies.may_edit_customer(request.user))
    error, actor = file_too_large(request), Actor.agent(request.user)
    upload = request.FILES.get("picture")
    try:
        if "remove" in request.POST:
            customer = remove_picture(customer, actor=actor)
        elif upload is not None and not error:
            customer = set_picture(customer, upload, actor=actor)
        elif not error:
            error = _("Choose a file first.")
    except Refused as refusal:
        error = str(refusal)
    if request.htmx:
        context = facts_context(customer, request.user) | {"picture_error": error, "with_heading": True}
        return render(request, "customers/_record.html", context, status=422 if error else 200)
    if error:
        messages.error(request, error)
    return redirect("customer", customer.pk)


def _bytes(customer: Customer) -> HttpResponse:
    """For ever in this browser: another picture has another address (`?v=`)."""
    if not customer.avatar:
        raise Http404
    try:
        with default_storage.open(customer.avatar) as stored:
            response = HttpResponse(stored.read(), content_type="image/webp")
    except OSError as error:
        raise Http404 from error
    patch_cache_control(response, private=True, max_age=31_536_000, immutable=True)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    return response
