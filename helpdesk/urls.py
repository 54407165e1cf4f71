"""The address book: every section mounts its own urls here, and nobody imports this module."""

from django.urls import URLPattern, URLResolver, include, path

from helpdesk import health

urlpatterns: list[URLPattern | URLResolver] = [
    path("healthz", health.healthz),
    path("readyz", health.readyz),
    path("accounts/", include("allauth.urls")),
    path("", include("tickets.api.urls")),
]
