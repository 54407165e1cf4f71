"""Addresses of the phone for staff."""

from django.urls import path

from tickets.views.calls import live, owed, scripts, writing

CALL = "agent/calls/<int:call_id>/"
OWED = "agent/calls/callbacks/<int:callback_id>/"

urlpatterns = [
    path("agent/calls/", live.call_log, name="calls"),
    path("agent/calls/badge/", live.badge, name="calls-badge"),
    path("agent/calls/dock/", live.dock, name="calls-dock"),
    path("agent/calls/new/", writing.new_call, name="call-new"),
    path("agent/calls/people/", writing.people, name="call-people"),
    path("agent/calls/about/", writing.about, name="call-about"),
    path("agent/calls/out/", live.calling_out, name="call-out"),
    path("agent/calls/phone/", live.own_phone, name="own-phone"),
    path("agent/calls/callbacks/", owed.owed_calls, name="callbacks"),
    path(f"{OWED}claim/", owed.claim, name="callback-claim"),
    path(f"{OWED}postponement/", owed.postponement, name="callback-postponement"),
    path(f"{OWED}settlement/", owed.settlement, name="callback-settlement"),
    path(CALL, live.call_page, name="call"),
    path(f"{CALL}state/", live.call_state, name="call-state"),
    path(f"{CALL}taking/", live.taking, name="call-taking"),
    path(f"{CALL}refusal/", live.refusal, name="call-refusal"),
    path(f"{CALL}control/", live.control, name="call-control"),
    path(f"{CALL}write-up/", writing.write_up_call, name="call-write-up"),
    path("settings/calls/", scripts.script_list, name="settings-call-scripts"),
    path("settings/calls/new/", scripts.edit_script, name="settings-call-script-new"),
    path("settings/calls/<int:script_id>/", scripts.edit_script, name="settings-call-script"),
    path("settings/calls/<int:script_id>/deletion/", scripts.deletion, name="settings-call-script-deletion"),
]
