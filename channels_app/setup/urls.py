"""Addresses of the settings of channels."""

from django.urls import path

from channels_app.setup import views

ACCOUNT = "settings/channels/<int:account_id>/"

urlpatterns = [
    path("settings/channels/", views.channel_list, name="settings-channels"),
    path("settings/channels/new/<slug:channel_kind>/", views.connect, name="settings-channel-new"),
    path(
        "settings/channels/payloads/<int:hook_payload_id>/reading/",
        views.rereading,
        name="settings-channel-rereading",
    ),
    path(ACCOUNT, views.channel_page, name="settings-channel"),
    path(f"{ACCOUNT}live/", views.live, name="settings-channel-live"),
    path(f"{ACCOUNT}edit/", views.edit, name="settings-channel-edit"),
    path(f"{ACCOUNT}probe/", views.probing, name="settings-channel-probe"),
    path(f"{ACCOUNT}test/", views.testing, name="settings-channel-test"),
    path(f"{ACCOUNT}activity/", views.activity, name="settings-channel-activity"),
    path(f"{ACCOUNT}removal/", views.removal, name="settings-channel-removal"),
]
