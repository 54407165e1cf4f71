"""Addresses of the sockets: each app lists its own, this page joins them."""

from tickets.socket_urls import websocket_urlpatterns as agent_sockets

websocket_urlpatterns = [*agent_sockets]
