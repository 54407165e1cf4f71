"""Records that may be the same person: the list, a banner on each one's page, and 'not the same person'."""

from __future__ import annotations

from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from customers import policies
from customers.comparing import reason_in_words
from customers.duplicates import dismiss, open_suggestions
from customers.models import CustomerMerge, DuplicateSuggestion, Identity
from customers.views.support import StaffRequest, customer_for, require, staff_only, wants_fragment, with_toast
from helpdesk.lib.typed import whole_number

SHOWN = 50
BESIDE = 3  # suggestions in the banner


@require_GET
@staff_only
def duplicate_list(request: StaffRequest) -> HttpResponse:
    """The surest first. `after` is how many were seen."""
    require(policies.may_merge(request.user))
    seen = whole_number(request.GET.get("after", "")) or 0
    rows = list(open_suggestions()[seen : seen + SHOWN + 1])
    context = {"rows": _told(rows[:SHOWN]), "more": seen + SHOWN if len(rows) > SHOWN else 0, "active": "customers"}
    return render(request, "customers/duplicates.html", context)


@require_GET
@staff_only
def of_customer(request: StaffRequest, customer_id: int) -> HttpResponse:
    """For the customer's page: who this may also be, and who became a part of this record."""
    customer = customer_for(customer_id)
    may_merge = policies.may_merge(request.user)
    rows = open_suggestions().filter(Q(first=customer) | Q(second=customer))[:BESIDE] if may_merge else []
    merges = CustomerMerge.objects.filter(survivor=customer, undone_at=None).order_by("-pk") if may_merge else []
    return render(
        request, "customers/_duplicates.html", {"customer": customer, "rows": _told(list(rows)), "merges": merges}
    )


@require_POST
@staff_only
def dismissal(request: StaffRequest, suggestion_id: int) -> HttpResponse:
    """Not the same person: the pair is never suggested again."""
    require(policies.may_merge(request.user))
    suggestion = get_object_or_404(DuplicateSuggestion, pk=suggestion_id)
    dismiss(suggestion, by=request.user)
    if wants_fragment(request):
        return with_toast(HttpResponse(), _("They stay two records, and are not suggested again."))
    return redirect("duplicates")


def _told(rows: list[DuplicateSuggestion]) -> list[DuplicateSuggestion]:
    """With both sides' addresses and the reasons in words."""
    ids = {pk for row in rows for pk in (row.first_id, row.second_id)}
    addresses: dict[int, list[str]] = {}
    for pk, value in Identity.objects.filter(customer__in=ids).order_by("pk").values_list("customer", "value"):
        addresses.setdefault(pk, []).append(value)
    for row in rows:
        vars(row).update(
            words=[reason_in_words(reason) for reason in row.reasons],
            sides=[(each, addresses.get(each.pk, [])) for each in (row.first, row.second)],
        )
    return rows
