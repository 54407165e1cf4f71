"""`python -m helpdesk.web`: the web server. Loads the product once and forks its workers, which share that memory."""

import gc

from django.conf import settings
from django.urls import get_resolver
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from helpdesk import asgi

GRACE_SECONDS = 10  # for requests under way when the server stops


def main() -> None:
    get_resolver().url_patterns  # noqa: B018  loads every view
    gc.collect()
    gc.freeze()
    Server(
        f"{asgi.__name__}:application",
        address=settings.HOST,
        port=settings.PORT,
        interface=Interfaces.ASGINL,
        workers=settings.WEB_WORKERS,
        respawn_failed_workers=True,
        respawn_interval=0.5,
        workers_kill_timeout=GRACE_SECONDS,
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
