"""Addresses of the sockets: each app lists its own, this page joins them."""

from collections.abc import Sequence

from django.urls import URLPattern

websocket_urlpatterns: Sequence[URLPattern] = []
