"""Addresses of the settings of live chat, and of what staff do about who a visitor is."""

from django.urls import path

from tickets.views.chat import claims
from tickets.views.chat_settings import blocks, install, questions, widgets

WIDGET = "settings/chat/<int:widget_id>/"
QUESTION = f"{WIDGET}questions/<slug:question_key>/"

urlpatterns = [
    path("settings/chat/", widgets.widget_list, name="settings-chat"),
    path("settings/chat/new/", widgets.edit_widget, name="settings-chat-widget-new"),
    path("settings/chat/blocked/", blocks.block_list, name="settings-chat-blocked"),
    path("settings/chat/blocked/<int:chat_block_id>/removal/", blocks.removal, name="settings-chat-block-removal"),
    path("settings/chat/keys/<int:chat_key_id>/retirement/", install.retirement, name="settings-chat-key-retirement"),
    path(WIDGET, widgets.edit_widget, name="settings-chat-widget"),
    path(f"{WIDGET}activity/", widgets.activity, name="settings-chat-activity"),
    path(f"{WIDGET}deletion/", widgets.deletion, name="settings-chat-deletion"),
    path(f"{WIDGET}install/", install.install, name="settings-chat-install"),
    path(f"{WIDGET}questions/new/", questions.edit_question, name="settings-chat-question-new"),
    path(QUESTION, questions.edit_question, name="settings-chat-question"),
    path(f"{QUESTION}position/", questions.position, name="settings-chat-question-position"),
    path(f"{QUESTION}deletion/", questions.deletion, name="settings-chat-question-deletion"),
    path("agent/tickets/<int:number>/claim/", claims.claim, name="chat-claim"),
    path("agent/chats/<int:chat_id>/block/", blocks.block_visitor, name="chat-block"),
]
