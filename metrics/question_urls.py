"""What stands behind every report: tickets, definitions, and questions of one's own."""

from django.urls import path

from metrics.views import behind, definitions

urlpatterns = [
    path("reports/tickets/", behind.tickets_behind, name="report-tickets"),
    path("reports/definitions/", definitions.definitions, name="report-definitions"),
]
