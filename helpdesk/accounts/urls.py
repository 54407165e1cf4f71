from django.urls import path

from helpdesk.accounts import preference_views, views

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
]
