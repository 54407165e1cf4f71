"""Addresses of the simulator; they are there in a demo alone."""

from django.urls import path

from helpdesk.demo.simulator import providers, views

urlpatterns = [
    path("agent/simulator/", views.simulator, name="simulator"),
    path("agent/simulator/<int:account_id>/", views.screen, name="simulator-phone"),
    path("agent/simulator/<int:account_id>/act/", views.act, name="simulator-act"),
    path("demo/providers/<slug:provider_name>/<path:path>", providers.answer, name="demo-provider"),
]
