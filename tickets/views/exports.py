"""Downloads of lists, with the address of the list: `?format=csv` or `xlsx`, and whatever else it asks for."""

from __future__ import annotations

from django.http import Http404, StreamingHttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from customers.policies import may_export
from tickets.customers import listing
from tickets.exports import FORMATS, Table, answer, customer_table, organisation_table, ticket_table
from tickets.views.customers import organisations
from tickets.views.queue import asked_list
from tickets.views.support import StaffRequest, require, staff_only


@require_GET
@staff_only
def tickets(request: StaffRequest) -> StreamingHttpResponse:
    _may(request)
    return _answer(request, ticket_table(asked_list(request).sorted_tickets))


@require_GET
@staff_only
def customers(request: StaffRequest) -> StreamingHttpResponse:
    _may(request)
    return _answer(request, customer_table(listing.query(request), request.user))


@require_GET
@staff_only
def all_organisations(request: StaffRequest) -> StreamingHttpResponse:
    _may(request)
    return _answer(request, organisation_table(organisations.query(request), request.user))


def _may(request: StaffRequest) -> None:
    require(may_export(request.user), _("Only admins and team leads export lists."))


def _answer(request: StaffRequest, table: Table) -> StreamingHttpResponse:
    format = request.GET.get("format", "csv")
    if format not in FORMATS:
        raise Http404
    query = request.GET.copy()
    query.pop("format", None)
    return answer(table, request.user, format=format, query=query.urlencode(safe="@"))
