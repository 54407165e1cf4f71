"""Saved dashboards: keep a report page under a name, open it, rename or share it, put it away."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from metrics.dashboards import DashboardForm, kept_query, may_change
from metrics.models import Dashboard
from metrics.views.reports import REPORTS, address
from tickets import policies
from tickets.views.support import StaffRequest, require, staff_only


@require_http_methods(["GET", "POST"])
@staff_only
def new_dashboard(request: StaffRequest) -> HttpResponse:
    """`?report=sla` and what its address asks, to be kept."""
    require(policies.may_see_reports(request.user))
    name = request.GET.get("report", "overview")
    if name not in REPORTS:
        raise Http404
    return _edit(request, Dashboard(report=name, query=kept_query(request.GET.urlencode())))


@require_http_methods(["GET", "POST"])
@staff_only
def edit_dashboard(request: StaffRequest, dashboard_id: int) -> HttpResponse:
    dashboard = _dashboard(request, dashboard_id)
    require(may_change(request.user, dashboard), _("Only who made this dashboard and admins change it."))
    return _edit(request, dashboard)


@require_GET
@staff_only
def open_dashboard(request: StaffRequest, dashboard_id: int) -> HttpResponse:
    return redirect(_opened(_dashboard(request, dashboard_id)))


@require_POST
@staff_only
def keep_dashboard(request: StaffRequest, dashboard_id: int) -> HttpResponse:
    """As it is shown now: other days, another filter."""
    dashboard = _dashboard(request, dashboard_id)
    require(may_change(request.user, dashboard), _("Only who made this dashboard and admins change it."))
    dashboard.query = kept_query(request.POST.get("query", ""))
    dashboard.save(update_fields=["query"])
    messages.success(request, _("Saved as it is shown."))
    return redirect(_opened(dashboard))


@require_POST
@staff_only
def delete_dashboard(request: StaffRequest, dashboard_id: int) -> HttpResponse:
    dashboard = _dashboard(request, dashboard_id)
    require(may_change(request.user, dashboard), _("Only who made this dashboard and admins change it."))
    dashboard.delete()
    messages.success(request, _("“%(title)s” is gone.") % {"title": dashboard.title})
    return redirect(address(dashboard.report))


def _dashboard(request: StaffRequest, dashboard_id: int) -> Dashboard:
    require(policies.may_see_reports(request.user))
    return get_object_or_404(Dashboard.objects.visible_to(request.user), pk=dashboard_id)


def _edit(request: StaffRequest, dashboard: Dashboard) -> HttpResponse:
    form = DashboardForm(request.POST or None, instance=dashboard, user=request.user)
    if request.method == "POST" and form.is_valid():
        return redirect(_opened(form.save()))
    context = {"form": form, "dashboard": dashboard, "report": REPORTS[dashboard.report], "active": "reports"}
    context["back"] = _opened(dashboard) if dashboard.pk else f"{address(dashboard.report)}?{dashboard.query}"
    return render(request, "metrics/dashboard.html", context, status=422 if form.errors else 200)


def _opened(dashboard: Dashboard) -> str:
    """Its report, which knows by `saved` which dashboard it shows."""
    base = address(dashboard.report) if dashboard.report in REPORTS else reverse("reports")
    return f"{base}?{dashboard.query}{'&' if dashboard.query else ''}saved={dashboard.pk}"
