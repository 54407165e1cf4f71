"""Addresses of what tickets know about customers; their own pages fetch them."""

from django.urls import path

from tickets.views.customers import timeline

urlpatterns = [
    path("agent/of-customer/<int:customer_id>/timeline/", timeline.customer_timeline, name="customer-timeline"),
    path(
        "agent/of-organisation/<int:organisation_id>/timeline/",
        timeline.organisation_timeline,
        name="organisation-timeline",
    ),
    path("agent/messages/<int:message_id>/whole/", timeline.whole_message, name="whole-message"),
]
