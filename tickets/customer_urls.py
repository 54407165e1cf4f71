"""Addresses of what tickets know about customers; their own pages fetch them."""

from django.urls import path

from tickets.views import exports
from tickets.views.customers import feedback, health, listing, organisations, segments, timeline

urlpatterns = [
    path("customers/", listing.customers, name="customers"),
    path("customers/export/", exports.customers, name="customers-export"),
    path("customers/organisations/export/", exports.all_organisations, name="organisations-export"),
    path("agent/list/export/", exports.tickets, name="tickets-export"),
    path("customers/count/", listing.customer_count, name="customer-count"),
    path("customers/filter/", listing.customer_filter, name="customer-filter"),
    path("customers/segments/", segments.segment_list, name="segments"),
    path("customers/segments/new/", segments.new_segment, name="segment-new"),
    path("customers/segments/preview/", segments.segment_preview, name="segment-preview"),
    path("customers/segments/<int:segment_id>/", segments.edit_segment, name="segment"),
    path("customers/segments/<int:segment_id>/count/", segments.segment_count, name="segment-count"),
    path("customers/segments/<int:segment_id>/deletion/", segments.segment_deletion, name="segment-deletion"),
    path("customers/organisations/", organisations.organisations, name="organisations"),
    path("agent/of-organisation/<int:organisation_id>/numbers/", organisations.numbers, name="organisation-numbers"),
    path("customers/feedback/", feedback.feedback_board, name="feedback-board"),
    path("customers/feedback/share/", feedback.share, name="feedback-share"),
    path("customers/feedback/<int:topic_id>/", feedback.topic_page, name="feedback-topic"),
    path("customers/feedback/<int:topic_id>/telling/", feedback.telling_page, name="feedback-telling"),
    path("customers/feedback/excerpts/<int:excerpt_id>/removal/", feedback.excerpt_removal, name="feedback-removal"),
    path("agent/of-customer/<int:customer_id>/health/", health.customer_health, name="customer-health"),
    path("agent/of-customer/<int:customer_id>/timeline/", timeline.customer_timeline, name="customer-timeline"),
    path(
        "agent/of-organisation/<int:organisation_id>/timeline/",
        timeline.organisation_timeline,
        name="organisation-timeline",
    ),
    path("agent/messages/<int:message_id>/whole/", timeline.whole_message, name="whole-message"),
]
