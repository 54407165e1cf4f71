"""Addresses of those who write: all below /knowledge/, with the settings of help centres."""

from django.urls import URLPattern, URLResolver, path

from knowledge_base.views.staff import home

urlpatterns: list[URLPattern | URLResolver] = [
    path("knowledge/", home.home, name="knowledge"),
]
