"""The report pages and what belongs to them."""

from django.urls import path

from metrics.views import reports

urlpatterns = [
    path("reports/", reports.report, name="reports"),
    path("reports/filter/", reports.filter_box, name="report-filter"),
    path("reports/<slug:name>/", reports.report, name="report"),  # last: others have addresses of their own
]
