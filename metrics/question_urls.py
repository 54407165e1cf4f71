"""What stands behind every report: tickets, definitions, and questions of one's own."""

from django.urls import path

from metrics.views import behind, definitions, explore, explore_saved, explore_schedules

SAVED = "reports/explore/<int:report_id>/"

urlpatterns = [
    path("reports/tickets/", behind.tickets_behind, name="report-tickets"),
    path("reports/definitions/", definitions.definitions, name="report-definitions"),
    path("reports/explore/", explore.explore, name="explore"),
    path("reports/explore/file/", explore.explore_file, name="explore-file"),
    path("reports/explore/saved/", explore_saved.creation, name="saved-reports"),
    path(SAVED, explore.saved_report, name="saved-report"),
    path(f"{SAVED}change/", explore_saved.change, name="saved-report-change"),
    path(f"{SAVED}deletion/", explore_saved.deletion, name="saved-report-deletion"),
    path(f"{SAVED}mails/", explore_schedules.schedules, name="report-schedules"),
    path(f"{SAVED}mails/new/", explore_schedules.creation, name="report-schedule-creation"),
    path(f"{SAVED}mails/<int:schedule_id>/activity/", explore_schedules.activity, name="report-schedule-activity"),
    path(f"{SAVED}mails/<int:schedule_id>/deletion/", explore_schedules.deletion, name="report-schedule-deletion"),
]
