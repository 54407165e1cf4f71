"""The search page over HTTP: two words of a message that exists, as rare and as common as words in messages are."""

from __future__ import annotations

import random
from urllib.parse import urlencode

from helpdesk.lib.words import words_of
from tests.bench.client import Client, measure
from tests.bench.memory import CpuPerRequest
from tests.bench.pages import browsers, some_tickets
from tests.bench.results import Results
from tests.bench.stack import Stack
from tickets.models import Message
from tickets.search.upkeep import fill, learn_words


def some_searches(number: int = 400) -> list[str]:
    """Pairs of words, each pair from one message; the same ones each time for the same data."""
    rng = random.Random(11)
    texts = Message.objects.filter(ticket__in=some_tickets(number)).order_by("pk").values_list("text", flat=True)
    found = [[word for word in words_of(text) if len(word) > 2] for text in texts]
    pairs = [rng.sample(words, 2) for words in found if len(words) > 1]
    return [" ".join(pair) for pair in rng.sample(pairs, min(number, len(pairs)))]


def bench_search(stack: Stack, results: Results, seconds: float) -> None:
    while fill() or learn_words(5_000):
        pass
    searches = some_searches()
    rng = random.Random(5)

    async def ask(client: Client) -> None:
        await client.get(f"/agent/search/?{urlencode({'q': rng.choice(searches)})}")

    async def suggest(client: Client) -> None:
        words = rng.choice(searches)
        await client.get(f"/agent/search/suggest/?{urlencode({'q': words[: rng.randint(3, len(words))]})}")

    alone = measure(browsers(stack.port, 1), ask, seconds=seconds)
    results.at_most("search, two words, with excerpts: p50, 1 client", alone.p50, "ms", 50)
    results.at_most("search, two words, with excerpts: p95, 1 client", alone.p95, "ms", 150)
    with CpuPerRequest(stack) as cpu:
        together = measure(browsers(stack.port, 8), ask, seconds=seconds, warm_up=0)
    remark = cpu.remark(len(together.milliseconds))
    results.at_least("search: pages per second, 8 clients", together.per_second, "/s", 40, remark)
    results.at_most("search: p95, 8 clients", together.p95, "ms")
    typed = measure(browsers(stack.port, 1), suggest, seconds=min(seconds, 4))
    results.at_most("suggestions while typing: p50, 1 client", typed.p50, "ms", 50)
