"""Addresses of the settings of mailboxes."""

from django.urls import path

from channels_app.mailboxes import views

MAILBOX = "settings/mailboxes/<int:mailbox_id>/"

urlpatterns = [
    path("settings/mailboxes/", views.mailbox_list, name="settings-mailboxes"),
    path("settings/mailboxes/new/", views.edit, name="settings-mailbox-new"),
    path(MAILBOX, views.edit, name="settings-mailbox"),
    path(f"{MAILBOX}test/", views.testing, name="settings-mailbox-test"),
    path(f"{MAILBOX}activity/", views.activity, name="settings-mailbox-activity"),
    path(f"{MAILBOX}removal/", views.removal, name="settings-mailbox-removal"),
]
