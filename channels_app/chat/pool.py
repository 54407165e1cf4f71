"""What blocks (the database, Valkey) runs in a few threads that only chats use.

However many visitors write, agents' pages have their own threads, and connections to the database are left for them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache, partial
from typing import TypeVar

from django.conf import settings
from django.db import close_old_connections

T = TypeVar("T")


async def blocking(work: Callable[[], T]) -> T:
    return await asyncio.get_running_loop().run_in_executor(_threads(), partial(_done, work))


@cache
def _threads() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(settings.CHAT_THREADS, thread_name_prefix="chat")


def _done(work: Callable[[], T]) -> T:
    try:
        return work()
    finally:
        close_old_connections()  # back to the process's pool
