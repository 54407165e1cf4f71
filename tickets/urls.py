"""Addresses of the workspace. `properties.type_` and its neighbours take POST and PUT, and DELETE where that undoes."""

from django.urls import path

from tickets.views import attachments, bodies, composer, moving, new, properties, queue, ticket

TICKET = "agent/tickets/<int:number>/"

urlpatterns = [
    path("agent/", queue.queue_page, name="queue"),
    path("agent/list/", queue.ticket_list, name="ticket-list"),
    path("agent/nav/", queue.nav, name="nav"),
    path("agent/new/", new.new_ticket, name="new-ticket"),
    path(TICKET, ticket.ticket_page, name="ticket"),
    path(f"{TICKET}thread/", ticket.thread, name="thread"),
    path(f"{TICKET}earlier/", ticket.earlier, name="earlier"),
    path(f"{TICKET}properties/", ticket.properties, name="properties"),
    path(f"{TICKET}messages/", composer.send_message, name="messages"),
    path(f"{TICKET}draft/", composer.draft, name="draft"),
    path(f"{TICKET}status/", properties.status, name="status"),
    path(f"{TICKET}priority/", properties.priority, name="priority"),
    path(f"{TICKET}type/", properties.type_, name="type"),
    path(f"{TICKET}subject/", properties.subject, name="subject"),
    path(f"{TICKET}tags/", properties.tags, name="tags"),
    path(f"{TICKET}assignee/", properties.assignee, name="assignee"),
    path(f"{TICKET}team/", properties.team, name="team"),
    path(f"{TICKET}followers/", properties.followers, name="followers"),
    path(f"{TICKET}ccs/", properties.ccs, name="ccs"),
    path("agent/messages/<int:message_id>/body/", bodies.message_body, name="message-body"),
    path("agent/messages/<int:message_id>/retraction/", composer.retraction, name="retraction"),
    path("agent/messages/<int:message_id>/detachment/", moving.detachment, name="detachment"),
    path("agent/messages/<int:message_id>/move/", moving.move, name="move-message"),
    path("agent/attachments/", attachments.upload, name="upload"),
    path("agent/attachments/<int:attachment_id>/", attachments.forget_upload, name="forget-upload"),
    path("agent/attachments/<int:attachment_id>/<str:filename>", attachments.download, name="attachment"),
    path("agent/of-customer/<int:customer_id>/", queue.customer_tickets, name="customer-tickets"),
]
