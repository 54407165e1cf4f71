"""Addresses of the mail that came in and went out."""

from django.urls import path

from channels_app import views_outbox

urlpatterns = [
    path("outbox/", views_outbox.outbox_page, name="outbox"),
    path("outbox/<int:delivery_id>/", views_outbox.outbox_mail, name="outbox-mail"),
    path("outbox/<int:delivery_id>/html/", views_outbox.outbox_html, name="outbox-html"),
    path("outbox/<int:delivery_id>/raw/", views_outbox.outbox_raw, name="outbox-raw"),
    path("messages/<int:message_id>/retry/", views_outbox.retry, name="retry"),
    path("messages/<int:message_id>/confirmation/", views_outbox.confirmation, name="confirmation"),
]
