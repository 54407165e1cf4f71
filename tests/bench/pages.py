"""The workspace's pages and the reply, over HTTP as an agent's browser asks for them."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Iterator
from uuid import uuid4

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.test import Client as InProcess
from django.test.utils import CaptureQueriesContext

from helpdesk.accounts.models import User
from tests.bench.client import Client, endlessly, measure
from tests.bench.memory import CpuPerRequest
from tests.bench.results import Results
from tests.bench.stack import Stack
from tickets.models import Channel, Status, Ticket

CSRF = "b" * 32
WORDS = "<p>Thank you for the details, {n}. The part is on its way and should be with you the day after tomorrow.</p>"


def sign_in(email: str) -> str:
    """A session for the user; its key is the cookie."""
    user = User.objects.get(email=email)
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "django.contrib.auth.backends.ModelBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def browsers(port: int, number: int) -> list[Client]:
    """Agents at work, each with a connection and a session of its own."""
    people = ["agent", "lead", "callum", "nkechi", "yuki", "sofie", "admin", "agent"]
    keys = [sign_in(f"{people[n % len(people)]}@demo.test") for n in range(number)]
    return [Client(port, f"localhost:{port}", {"sessionid": key, "csrftoken": CSRF}) for key in keys]


def some_tickets(number: int = 400) -> list[int]:
    """Tickets with a conversation, spread over all of them; the same ones each time."""
    rng = random.Random(7)
    newest = Ticket.objects.latest("pk").pk
    picked = rng.sample(range(1001, newest), min(4 * number, newest - 1001))
    found = Ticket.objects.filter(pk__in=picked, message_count__gte=2, team__is_private=False)
    return list(found.order_by("?").values_list("pk", flat=True)[:number])


def bench_list(stack: Stack, results: Results, seconds: float) -> None:
    port = stack.port

    async def ask(client: Client) -> None:
        await client.get("/agent/")

    rows = asyncio.run(browsers(port, 1)[0].get("/agent/")).text.count("<li ")
    if rows < 50:
        raise AssertionError(f"the list has {rows} rows, so its figures would flatter")
    alone = measure(browsers(port, 1), ask, seconds=seconds)
    results.at_most("ticket list, 50 rows: p50, 1 client", alone.p50, "ms", 13)
    with CpuPerRequest(stack) as cpu:
        together = measure(browsers(port, 8), ask, seconds=seconds, warm_up=0)
    remark = cpu.remark(len(together.milliseconds))
    results.at_least("ticket list: pages per second, 8 clients", together.per_second, "/s", 165, remark)
    results.at_most("ticket list: p95, 8 clients", together.p95, "ms", 80)


def bench_ticket(stack: Stack, results: Results, seconds: float) -> None:
    port, numbers = stack.port, endlessly(some_tickets())

    async def ask(client: Client) -> None:
        await client.get(f"/agent/tickets/{next(numbers)}/")

    alone = measure(browsers(port, 1), ask, seconds=seconds)
    results.at_most("open a ticket: p50, 1 client", alone.p50, "ms", 9)
    with CpuPerRequest(stack) as cpu:
        together = measure(browsers(port, 8), ask, seconds=seconds, warm_up=0)
    remark = cpu.remark(len(together.milliseconds))
    results.at_least("open a ticket: pages per second, 8 clients", together.per_second, "/s", 240, remark)
    results.at_most("open a ticket: p95, 8 clients", together.p95, "ms", 55)


def answerable(number: int) -> Iterator[int]:
    found = Ticket.objects.filter(team__is_private=False, inbox__is_active=True).exclude(status=Status.CLOSED)
    found = found.filter(channel=Channel.EMAIL)  # visitors of a chat may have no address
    return endlessly(list(found.order_by("-pk").values_list("pk", flat=True)[:number]))


async def reply(client: Client, number: int) -> int:
    form = {"mode": "reply", "body": WORDS.format(n=number), "submit_key": str(uuid4()), "status": "", "force": "1"}
    answer = await client.post(f"/agent/tickets/{number}/messages/", form, expect=201)
    return len(answer.body)


def bench_reply(port: int, results: Results, seconds: float) -> None:
    numbers = answerable(2_000)

    async def write(client: Client) -> None:
        await reply(client, next(numbers))

    async def read_and_write(client: Client) -> None:
        number = next(numbers)
        await client.get(f"/agent/tickets/{number}/")
        await reply(client, number)

    alone = measure(browsers(port, 1), write, seconds=min(seconds, 4), warm_up=10)
    results.at_most("public reply committed: p50, 1 client", alone.p50, "ms", 9)
    together = measure(browsers(port, 8), read_and_write, seconds=min(seconds, 6), warm_up=5)
    results.at_least("replies per second, each after its page, 8 clients", together.per_second, "/s", 120)


def bench_api(port: int, results: Results, seconds: float) -> None:
    numbers = endlessly(some_tickets())

    async def read(client: Client) -> None:
        await client.get(f"/api/v2/tickets/{next(numbers)}.json")

    async def page(client: Client) -> None:
        await client.get("/api/v2/tickets.json?page[size]=50")

    for what, request in (("read one ticket", read), ("list of 50", page)):
        together = measure(browsers(port, 8), request, seconds=seconds, warm_up=5)
        results.at_least(f"API, {what}: requests per second, 8 clients", together.per_second, "/s", 150)


def bench_statements(results: Results) -> None:
    """SQL statements of a page, session and sign-in included, counted in this process."""
    client = InProcess(HTTP_HOST="localhost")
    client.cookies["sessionid"] = sign_in("agent@demo.test")
    number = some_tickets(1)[0]
    for what, path in (("ticket list", "/agent/"), ("ticket page", f"/agent/tickets/{number}/")):
        client.get(path)
        with CaptureQueriesContext(connection) as statements:
            assert client.get(path).status_code == 200
        results.at_most(f"{what}: SQL statements", len(statements), "", 10)
