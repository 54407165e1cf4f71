"""Addresses of live chat for staff."""

from django.urls import path

from tickets.views.chat import acts, console, floor, on_ticket, pane, words

CHAT = "agent/chats/<int:chat_id>/"

urlpatterns = [
    path("agent/chats/", console.console, name="chats"),
    path("agent/chats/rail/", console.rail, name="chat-rail"),
    path("agent/chats/floor/", floor.floor, name="chat-floor"),
    path("agent/chats/floor/rail/", floor.rail, name="chat-floor-rail"),
    path("agent/chats/badge/", console.badge, name="chat-badge"),
    path("agent/chats/offers/", console.offers, name="chat-offers"),
    path("agent/tickets/<int:number>/chat/", on_ticket.on_ticket, name="ticket-chat"),
    path(CHAT, pane.pane, name="chat"),
    path(f"{CHAT}head/", pane.head, name="chat-head"),
    path(f"{CHAT}about/", pane.about, name="chat-about"),
    path(f"{CHAT}lines/", words.lines, name="chat-lines"),
    path(f"{CHAT}notes/", words.notes, name="chat-notes"),
    path(f"{CHAT}acceptance/", acts.acceptance, name="chat-acceptance"),
    path(f"{CHAT}refusal/", acts.refusal, name="chat-refusal"),
    path(f"{CHAT}takeover/", acts.takeover, name="chat-takeover"),
    path(f"{CHAT}transfer/", acts.transfer, name="chat-transfer"),
    path(f"{CHAT}hold/", acts.hold, name="chat-hold"),
    path(f"{CHAT}blocking/", acts.blocking, name="chat-blocking"),
    path(f"{CHAT}ending/", acts.ending, name="chat-ending"),
]
