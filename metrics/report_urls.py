"""The report pages and what belongs to them."""

from django.urls import path

from metrics.views import dashboards, reports

urlpatterns = [
    path("reports/", reports.report, name="reports"),
    path("reports/filter/", reports.filter_box, name="report-filter"),
    path("reports/saved/new/", dashboards.new_dashboard, name="dashboard-new"),
    path("reports/saved/<int:dashboard_id>/", dashboards.open_dashboard, name="dashboard"),
    path("reports/saved/<int:dashboard_id>/edit/", dashboards.edit_dashboard, name="dashboard-edit"),
    path("reports/saved/<int:dashboard_id>/query/", dashboards.keep_dashboard, name="dashboard-keep"),
    path("reports/saved/<int:dashboard_id>/deletion/", dashboards.delete_dashboard, name="dashboard-deletion"),
    path("reports/<slug:name>/", reports.report, name="report"),  # last: others have addresses of their own
]
