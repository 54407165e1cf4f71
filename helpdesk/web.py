"""`python -m helpdesk.web`: the web server. Loads the product once and forks its workers, which share that memory."""

import asyncio
import gc
import logging
import resource
import signal
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.urls import get_resolver
from granian import _signals
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import Server

from helpdesk import asgi

logger = logging.getLogger(__name__)

GRACE_SECONDS = 10  # for requests under way when the server stops
GOODBYE_SECONDS = 2.0
PAGES_AT_ONCE = 1_024  # browsers keep a connection open for a while after a page


def saying_goodbye(set_signals: Callable[[Any], Any]) -> Callable[[asyncio.AbstractEventLoop], Any]:
    """A worker of granian's drops its sockets the moment it is told to stop. Visitors in a chat hear of it before."""

    def set_loop_signals(loop: asyncio.AbstractEventLoop) -> Any:
        stop = set_signals(loop)
        begun: list[asyncio.Task[None]] = []

        async def say_goodbye() -> None:
            try:
                await asyncio.wait_for(asgi.say_goodbye(), GOODBYE_SECONDS)
            except TimeoutError:
                logger.info("some chats were left without a goodbye")
            finally:
                stop.set()

        def begin() -> None:
            """Told by the supervisor and by the server's own main process: the second time adds nothing."""
            if not begun:
                begun.append(loop.create_task(say_goodbye()))

        for each in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(each, begin)
        return stop

    return set_loop_signals


def allow_many_connections(number: int) -> None:
    """Systems let a process have about a thousand files open unless it asks for more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = number if hard == resource.RLIM_INFINITY else min(number, hard)
    if soft != resource.RLIM_INFINITY and soft < wanted:
        try:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
        except (OSError, ValueError) as error:
            logger.warning("no more than %s connections at a time: %s", soft, error)


def main() -> None:
    _signals.set_loop_signals = saying_goodbye(_signals.set_loop_signals)
    get_resolver().url_patterns  # noqa: B018  loads every view
    at_once = settings.CHAT_SOCKETS + PAGES_AT_ONCE
    allow_many_connections(2 * at_once)  # and files, and what leads to PostgreSQL and Valkey
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
        backpressure=at_once,  # visitors' polls wait for half a minute each: pages must always find room beside them
        log_level=LogLevels.warning,
    ).serve()


if __name__ == "__main__":
    main()
