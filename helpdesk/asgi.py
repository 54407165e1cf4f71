"""The one application the web server runs: static files, sockets to Channels, pages to Django in a thread pool.

Django serves a page about twice as fast through WSGI as through its ASGI handler, so only sockets are asynchronous.
"""

import os
import re
from typing import Any, cast

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "helpdesk.settings")

from helpdesk import embedded

embedded.start_or_exit()

from helpdesk.wsgi import application as django_pages  # noqa: E402, I001  loads the apps, which the imports below need

from a2wsgi.wsgi_typing import WSGIApp  # noqa: E402
from channels.auth import AuthMiddlewareStack  # noqa: E402
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from channels.security.websocket import AllowedHostsOriginValidator  # noqa: E402
from django.conf import settings  # noqa: E402
from servestatic import ServeStaticASGI  # noqa: E402

from channels_app.chat.house import house  # noqa: E402
from channels_app.chat.polling import POLL, visitors_poll  # noqa: E402
from channels_app.chat.socket import VISITORS, visitors_socket  # noqa: E402
from helpdesk.pages import Pages  # noqa: E402
from helpdesk.routing import websocket_urlpatterns  # noqa: E402

HASHED_NAME = re.compile(r"-[0-9A-Za-z]{8}\.\w+$")  # what static/build.mjs gives every file: it may be kept for ever

agents_sockets = AllowedHostsOriginValidator(AuthMiddlewareStack(URLRouter(list(websocket_urlpatterns))))
pages = ServeStaticASGI(
    Pages(cast(WSGIApp, django_pages), threads=settings.WEB_THREADS),
    root=settings.STATIC_ROOT,
    prefix=settings.STATIC_URL,
    autorefresh=settings.DEBUG,
    immutable_file_test=lambda _path, url: bool(HASHED_NAME.search(url)),
    allow_all_origins=False,
)


async def sockets(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """Visitors of other people's pages have no session and no layer of Channels to pay for."""
    await (visitors_socket if scope["path"] == VISITORS else agents_sockets)(scope, receive, send)


async def requests(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """A poll of a visitor may wait for half a minute: no thread waits with it."""
    await (visitors_poll if scope["path"] == POLL else pages)(scope, receive, send)


application = ProtocolTypeRouter({"http": requests, "websocket": sockets})


async def say_goodbye() -> None:
    """To all visitors whose sockets this process holds, before it stops."""
    await house().close_all()
