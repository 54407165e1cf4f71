"""No line is lost, doubled or out of order, whatever falls over meanwhile. tests/bench/chat.py does it at full size."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from contextlib import suppress
from functools import partial

import psutil
import pytest

from helpdesk.accounts.models import User
from tests.channels_app.chat.chaos import accept_all, arrive, faults, talk_through, talks_of
from tests.chat_people import Desk
from tests.e2e.house import furnish
from tests.stack import LiveStack, wait_until
from tickets.models import ChatEntry, ChatWidget

pytestmark = pytest.mark.e2e

CHATS, LINES = 16, 12
FREELY = {"CHAT_LINES_A_MINUTE": "1000"}  # a person writes more slowly than these


@pytest.fixture
def stack(live_stack: LiveStack) -> Iterator[LiveStack]:
    live_stack.environment.update(FREELY)
    live_stack.terminate("web")
    live_stack.start("web", "beat")
    yield live_stack
    for name in FREELY:
        del live_stack.environment[name]
    live_stack.terminate("web")
    live_stack.start()


def web_workers(stack: LiveStack) -> list[psutil.Process]:
    return psutil.Process(stack.pid("web")).children()


def kill_one(stack: LiveStack) -> None:
    """As the kernel does when memory runs out; the server starts another one."""
    with suppress(psutil.NoSuchProcess):
        random.choice(web_workers(stack)).kill()


def restart_valkey(stack: LiveStack) -> None:
    stack.valkey.kill()
    wait_until(lambda: not stack.valkey.is_running(), what="Valkey gone")
    stack.valkey.start()


def test_every_line_once_and_in_order(stack: LiveStack) -> None:
    house = furnish(stack)
    with stack.orm():
        widget = ChatWidget.objects.create(name="Shop", inbox=house.support, team=house.support.team, languages=["en"])
    rng = random.Random(7)
    with asyncio.Runner() as runner:
        visitors, tasks = runner.run(arrive(stack.port, widget.key, CHATS, seconds=30))
        with stack.orm():
            given = accept_all(widget, [house.grace])
        talks = talks_of(visitors, given, partial(_desk, stack))
        blows = [lambda: kill_one(stack), lambda: restart_valkey(stack), lambda: web_workers(stack)[0].terminate()]
        runner.run(talk_through(talks, blows, lines=LINES, pause=0.4, rng=rng, seconds=30))
        for task in tasks:
            task.cancel()
    stack.start()  # Celery's worker may end when its broker dies; in the product the supervisor starts it again
    wait_until(lambda: _is_settled(stack), seconds=60, what="all lines on their tickets")
    with stack.orm():
        assert faults(talks) == []
    assert sum(visitor.came for visitor in visitors) > CHATS, "nobody was ever cut off"


def _desk(stack: LiveStack, agent: User, chats: list[int]) -> Desk:
    return Desk(stack.port, stack.session_cookie(agent)["value"], chats)


def _is_settled(stack: LiveStack) -> bool:
    with stack.orm():
        return not ChatEntry.objects.filter(is_settled=False).exists()
