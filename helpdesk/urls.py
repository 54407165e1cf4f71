"""The address book: every section mounts its own urls here, and nobody imports this module."""

from django.urls import URLPattern, URLResolver, include, path

from helpdesk import health
from helpdesk.accounts.setup import setup
from helpdesk.home import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("", home, name="home"),
    path("setup/", setup, name="setup"),
    path("accounts/", include("allauth.urls")),
    path("", include("tickets.api.urls")),
    path("", include("tickets.urls")),
]
