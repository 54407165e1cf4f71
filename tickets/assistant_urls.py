"""Addresses of what invites to chats and answers first in them."""

from django.urls import path

from tickets.views.chat import flows, invitations, visitors

FLOWS = "settings/chat/assistant/"
STEPS = f"{FLOWS}<int:flow_id>/steps/"
INVITATIONS = "settings/chat/invitations/"

urlpatterns = [
    path(FLOWS, flows.flow_list, name="settings-chat-flows"),
    path(f"{FLOWS}new/", flows.edit_flow, name="settings-chat-flow-new"),
    path(f"{FLOWS}<int:flow_id>/", flows.edit_flow, name="settings-chat-flow"),
    path(f"{FLOWS}<int:flow_id>/activity/", flows.activity, name="settings-chat-flow-activity"),
    path(f"{FLOWS}<int:flow_id>/deletion/", flows.deletion, name="settings-chat-flow-deletion"),
    path(f"{STEPS}new/", flows.edit_step, name="settings-chat-step-new"),
    path(f"{STEPS}<str:step_id>/", flows.edit_step, name="settings-chat-step"),
    path(f"{STEPS}<str:step_id>/deletion/", flows.step_deletion, name="settings-chat-step-deletion"),
    path(INVITATIONS, invitations.invitation_list, name="settings-chat-invitations"),
    path(f"{INVITATIONS}new/", invitations.edit_invitation, name="settings-chat-invitation-new"),
    path(f"{INVITATIONS}<int:invitation_id>/", invitations.edit_invitation, name="settings-chat-invitation"),
    path(f"{INVITATIONS}<int:invitation_id>/position/", invitations.position, name="settings-chat-invitation-position"),
    path(f"{INVITATIONS}<int:invitation_id>/deletion/", invitations.deletion, name="settings-chat-invitation-deletion"),
    path("agent/visitors/", visitors.visitors, name="visitors"),
    path("agent/visitors/<uuid:visitor_id>/invitation/", visitors.invitation, name="visitor-invitation"),
]
