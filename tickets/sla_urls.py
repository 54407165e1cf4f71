"""Addresses of SLA policies, what-ifs and receipts."""

from django.urls import path

from tickets.views import sla, sla_exchange, sla_policies
from tickets.views.sla_what_ifs import cancellation, show, start

BASE = "settings/sla/"
ONE = f"{BASE}<int:policy_id>/"

urlpatterns = [
    path(BASE, sla_policies.policy_list, name="settings-sla"),
    path(f"{BASE}new/", sla_policies.new_policy, name="sla-policy-new"),
    path(f"{BASE}export/", sla_exchange.export, name="sla-export"),
    path(f"{BASE}import/", sla_exchange.import_, name="sla-import"),
    path(ONE, sla_policies.edit_policy, name="sla-policy"),
    path(f"{ONE}copies/", sla_policies.copies, name="sla-policy-copies"),
    path(f"{ONE}activity/", sla_policies.activity, name="sla-policy-activity"),
    path(f"{ONE}position/", sla_policies.position, name="sla-policy-position"),
    path(f"{ONE}deletion/", sla_policies.deletion, name="sla-policy-deletion"),
    path(f"{ONE}restoration/", sla_policies.restoration, name="sla-policy-restoration"),
    path(f"{BASE}what-if/", start, name="sla-what-if-new"),
    path(f"{BASE}what-if/<int:what_if_id>/", show, name="sla-what-if"),
    path(f"{BASE}what-if/<int:what_if_id>/cancellation/", cancellation, name="sla-what-if-cancellation"),
    path("agent/sla/hours/", sla.hours, name="sla-hours"),
    path("agent/tickets/<int:number>/sla/", sla.targets, name="sla-targets"),
    path("agent/tickets/<int:number>/sla/<int:target_id>/", sla.receipt, name="sla-receipt"),
]
