"""Addresses of the settings of other systems, and those that they call."""

from django.urls import path

from helpdesk.integrations import slack_hooks, slack_views, views
from helpdesk.integrations.account_actions import settings_views as actions
from helpdesk.integrations.account_actions import views as account

WEBHOOK = "settings/webhooks/<int:endpoint_id>/"
ACTION = "settings/account-actions/<int:action_id>/"

urlpatterns = [
    path("settings/webhooks/", views.endpoint_list, name="settings-webhooks"),
    path("settings/webhooks/new/", views.edit_endpoint, name="settings-webhook-new"),
    path(WEBHOOK, views.endpoint_page, name="settings-webhook"),
    path(f"{WEBHOOK}edit/", views.edit_endpoint, name="settings-webhook-edit"),
    path(f"{WEBHOOK}secret/", views.secret, name="webhook-secret"),
    path(f"{WEBHOOK}test/", views.test, name="webhook-test"),
    path(f"{WEBHOOK}activity/", views.activity, name="webhook-activity"),
    path(f"{WEBHOOK}deletion/", views.deletion, name="webhook-deletion"),
    path(f"{WEBHOOK}replays/", views.replays, name="webhook-replays"),
    path("settings/webhooks/deliveries/<int:webhook_delivery_id>/", views.delivery_page, name="webhook-delivery"),
    path("settings/slack/", slack_views.slack_page, name="settings-slack"),
    path("settings/slack/<int:workspace_id>/removal/", slack_views.removal, name="slack-removal"),
    path("settings/slack/events/<int:slack_event_id>/retrial/", slack_views.retrial, name="slack-retrial"),
    path("hooks/slack/<str:token>/", slack_hooks.events, name="slack-events"),
    path("hooks/slack/<str:token>/interactivity/", slack_hooks.interactivity, name="slack-interactivity"),
    path("hooks/slack/<str:token>/commands/", slack_hooks.commands, name="slack-commands"),
    path("customers/<int:customer_id>/orders/", account.orders_of_customer, name="customer-orders"),
    path("agent/tickets/<int:number>/orders/", account.orders_beside, name="ticket-orders"),
    path("agent/account-actions/<int:account_action_id>/", account.run_action, name="account-action"),
    path("agent/account-actions/runs/<int:run_id>/retry/", account.run_retry, name="account-action-retry"),
    path("settings/account-actions/", actions.action_list, name="settings-account-actions"),
    path("settings/account-actions/new/", actions.edit_action, name="settings-account-action-new"),
    path(ACTION, actions.edit_action, name="settings-account-action"),
    path(f"{ACTION}secret/", actions.action_secret, name="account-action-secret"),
    path(f"{ACTION}deletion/", actions.action_deletion, name="account-action-deletion"),
]
