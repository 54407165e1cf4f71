"""Addresses of what came in and went out: mail, and messages by other companies' channels."""

from django.urls import path

from channels_app import (
    views_going_on,
    views_intake,
    views_messaging,
    views_new_message,
    views_outbox,
    views_outbox_parts,
    views_social,
)

urlpatterns = [
    path("intake/", views_intake.intake_page, name="intake"),
    path("intake/<int:payload_id>/", views_intake.intake_mail, name="intake-mail"),
    path("intake/<int:payload_id>/raw/", views_intake.intake_raw, name="intake-raw"),
    path("intake/<int:payload_id>/reading/", views_intake.reading, name="intake-reading"),
    path("outbox/", views_outbox.outbox_page, name="outbox"),
    path("outbox/messages/", views_outbox_parts.outbox_parts, name="outbox-parts"),
    path("outbox/<int:delivery_id>/", views_outbox.outbox_mail, name="outbox-mail"),
    path("outbox/<int:delivery_id>/html/", views_outbox.outbox_html, name="outbox-html"),
    path("outbox/<int:delivery_id>/raw/", views_outbox.outbox_raw, name="outbox-raw"),
    path("messages/<int:message_id>/retry/", views_outbox.retry, name="retry"),
    path("messages/<int:message_id>/files/", views_messaging.missing_files, name="message-missing-files"),
    path("messages/<int:message_id>/reaction/", views_messaging.reaction, name="message-reaction"),
    path("chats/<int:chat_id>/whatsapp/", views_going_on.whatsapp, name="chat-whatsapp"),
    path("new/message/", views_new_message.new_message, name="new-message"),
    path("tickets/<int:number>/templates/", views_messaging.ticket_templates, name="ticket-templates"),
    path("tickets/<int:number>/typing/", views_messaging.typing, name="ticket-typing"),
    path("tickets/<int:number>/public/", views_social.public_bar, name="public-case"),
    path("tickets/<int:number>/public/triage/", views_social.triage, name="public-triage"),
    path("tickets/<int:number>/public/quarrel/", views_social.quarrel, name="public-quarrel"),
    path("tickets/<int:number>/public/private/", views_social.to_private, name="public-private"),
    path("proposals/<int:proposal_id>/decision/", views_social.decision, name="proposal-decision"),
    path("messages/<int:message_id>/confirmation/", views_outbox.confirmation, name="confirmation"),
]
