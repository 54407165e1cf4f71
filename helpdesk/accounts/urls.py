from django.urls import path

from helpdesk.accounts import calendar_views, preference_views, token_views, views

urlpatterns = [
    path("agent/profile/", views.profile, name="profile"),
    path("agent/profile/keys/", preference_views.keyboard, name="keyboard"),
    path("agent/preferences/", preference_views.preferences, name="preferences"),
    path("settings/", views.settings_home, name="settings"),
    path("settings/staff/", views.staff_list, name="settings-staff"),
    path("settings/staff/new/", views.edit_person, name="settings-person-new"),
    path("settings/staff/<int:user_id>/", views.edit_person, name="settings-person"),
    path("settings/teams/", views.team_list, name="settings-teams"),
    path("settings/teams/new/", views.edit_team, name="settings-team-new"),
    path("settings/teams/<int:team_id>/", views.edit_team, name="settings-team"),
    path("settings/tokens/", token_views.token_list, name="settings-tokens"),
    path("settings/tokens/<int:token_id>/revocation/", token_views.token_revocation, name="settings-token-revocation"),
    path("settings/calendars/", calendar_views.calendar_list, name="settings-calendars"),
    path("settings/calendars/new/", calendar_views.edit_calendar, name="settings-calendar-new"),
    path("settings/calendars/preview/", calendar_views.preview_calendar, name="settings-calendar-preview-new"),
    path("settings/calendars/regions/", calendar_views.region_list, name="settings-calendar-regions"),
    path("settings/calendars/<int:calendar_id>/", calendar_views.edit_calendar, name="settings-calendar"),
    path(
        "settings/calendars/<int:calendar_id>/preview/",
        calendar_views.preview_calendar,
        name="settings-calendar-preview",
    ),
    path("settings/calendars/<int:calendar_id>/days/", calendar_views.add_day, name="settings-calendar-days"),
    path("settings/calendars/days/<int:day_id>/", calendar_views.day_removal, name="settings-calendar-day"),
    path(
        "settings/calendars/<int:calendar_id>/default/",
        calendar_views.default_calendar,
        name="settings-calendar-default",
    ),
    path(
        "settings/calendars/<int:calendar_id>/deletion/",
        calendar_views.calendar_deletion,
        name="settings-calendar-deletion",
    ),
]
