"""The one application the web server runs: sockets to Channels, pages to Django's WSGI application in a thread pool.

Django serves a page about twice as fast synchronously as through its ASGI handler, so only sockets are asynchronous.
"""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

from a2wsgi import WSGIMiddleware  # noqa: E402  Django reads its settings first
from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402

from helpdesk.wsgi import application as pages  # noqa: E402

from helpdesk.routing import websocket_urlpatterns  # noqa: E402, I001  needs the apps loaded

WEB_THREADS = 8

application = ProtocolTypeRouter(
    {
        "http": WSGIMiddleware(pages, workers=WEB_THREADS),
        "websocket": AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(list(websocket_urlpatterns)))),
    }
)
