"""Settings: the fields that admins add to records."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from customers.errors import Refused
from customers.field_forms import FieldForm
from customers.field_upkeep import change_field, create_field, delete_field, move_field, set_active, use_of
from customers.models import CustomField, FieldOf
from helpdesk.accounts.views import admin
from helpdesk.lib.typed import whole_number


@require_GET
@login_required
def field_list(request: HttpRequest) -> HttpResponse:
    admin(request)
    return render(request, "customers/fields.html", {"shelves": _shelves(), "active": "settings"})


def _shelves() -> list[tuple[str, str, list[CustomField]]]:
    titles = {FieldOf.CUSTOMER: _("Of customers"), FieldOf.ORGANISATION: _("Of organisations")}
    fields = list(CustomField.objects.all())
    return [(of.value, title, [field for field in fields if field.of == of]) for of, title in titles.items()]


@require_http_methods(["GET", "POST"])
@login_required
def edit_field(request: HttpRequest, field_id: int | None = None) -> HttpResponse:
    admin(request)
    field = get_object_or_404(CustomField, pk=field_id) if field_id else None
    data = request.POST if request.method == "POST" else None
    form = FieldForm(data, field=field, of=request.GET.get("of", ""))
    if data is not None and form.is_valid():
        try:
            saved = change_field(field, form.values, was=form.was) if field else create_field(form.values)
        except Refused as refusal:
            form.refuse(refusal)
        else:
            messages.success(request, _("The field “%(title)s” is saved.") % {"title": saved.title})
            return redirect("settings-customer-fields")
    context = {"form": form, "field": field, "uses": use_of(field) if field else 0, "active": "settings"}
    return render(request, "customers/field.html", context, status=422 if form.errors else 200)


@require_POST
@login_required
def position(request: HttpRequest, field_id: int) -> HttpResponse:
    """`place` counts from 0; `step` is one up or down."""
    admin(request)
    field = get_object_or_404(CustomField, pk=field_id)
    place = whole_number(request.POST.get("place", ""))
    if place is None:
        before = CustomField.objects.filter(of=field.of).order_by("position", "pk").values_list("pk", flat=True)
        place = list(before).index(field.pk) + (1 if request.POST.get("step") == "1" else -1)
    move_field(field, place)
    return _list(request)


@require_POST
@login_required
def activity(request: HttpRequest, field_id: int) -> HttpResponse:
    admin(request)
    set_active(get_object_or_404(CustomField, pk=field_id), request.POST.get("active") == "1")
    return _list(request)


@require_POST
@login_required
def deletion(request: HttpRequest, field_id: int) -> HttpResponse:
    admin(request)
    field = get_object_or_404(CustomField, pk=field_id)
    count = delete_field(field)
    said = ngettext(
        "“%(title)s” is deleted, with its value on %(count)s record.",
        "“%(title)s” is deleted, with its values on %(count)s records.",
        count,
    )
    messages.success(request, said % {"title": field.title, "count": count})
    return redirect("settings-customer-fields")


def _list(request: HttpRequest) -> HttpResponse:
    if not getattr(request, "htmx", False):
        return redirect("settings-customer-fields")
    return render(request, "customers/_fields.html", {"shelves": _shelves()})
