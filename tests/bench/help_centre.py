"""The help centre as its readers get it: an article over HTTP, kept and drawn anew, and all that travels with it."""

from __future__ import annotations

import asyncio
import re
import secrets
from typing import Final

from django.db import connection

from knowledge_base.addresses import article_path
from knowledge_base.models import Category, HelpCentre, Section, Translation
from knowledge_base.publishing import publish
from knowledge_base.writing import create_article
from tests.bench.client import Client, Pace, measure
from tests.bench.memory import CpuPerRequest
from tests.bench.results import Results
from tests.bench.stack import Stack

BROWSER: Final = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
KB: Final = 1024
STYLE = re.compile(r'<link rel="stylesheet" href="([^"]+)"')
SCRIPT = re.compile(r'<script type="module" src="([^"]+)"|<link rel="modulepreload" href="([^"]+)"')
SPRITE = re.compile(r'<use href="([^"#]+)#')
FONT = re.compile(r'url\("?(?:\.?/)?(fonts/inter-reading[^)"]+)"?\)')
PART = """
<h2>Step {n}: have everything at hand</h2>
<p>You need the number of your order, the device and about ten minutes. {words}</p>
<ol><li>Open the app and choose the device.</li><li>Press the key until the light blinks.</li><li>Wait.</li></ol>
<div data-callout="tip"><p>It works without a network as well: the device keeps what it measured for a week.</p></div>
<table><tbody><tr><th>Light</th><th>Meaning</th></tr><tr><td>blue</td><td>connected</td></tr></tbody></table>
"""
WORDS: Final = "The device remembers its settings, so nothing is lost when the battery is taken out for a while. " * 6


def an_article() -> str:
    """The path of a long one, with all that an article may hold: about 1,000 words."""
    centre = HelpCentre.objects.filter(host="").first() or HelpCentre.objects.create(name="Help", languages=["en"])
    known = Translation.objects.filter(title="Measured", language="en", article__section__category__centre=centre)
    text = known.exclude(published=None).first()
    if text is None:
        category = Category.objects.create(centre=centre, texts={"en": {"name": "Measured"}})
        section = Section.objects.create(category=category, texts={"en": {"name": "Measured"}})
        for number in range(12):
            body = "".join(PART.format(n=part, words=WORDS) for part in range(8))
            title = "Measured" if number == 0 else f"Measured {number}"
            draft = create_article(section, "en", by=None, title=title, summary=WORDS[:180], body=body)
            text = publish(draft, by=None)
        text = known.exclude(published=None).get()
    return article_path(text)


def readers(port: int, number: int) -> list[Client]:
    """Each a visitor who comes again."""
    return [Client(port, f"localhost:{port}", {"visitor": secrets.token_hex(16)}, BROWSER) for _reader in range(number)]


def bench_help(stack: Stack, results: Results, seconds: float) -> None:
    path, port = an_article(), stack.port

    async def read(client: Client) -> None:
        await client.get(path)

    async def home(client: Client) -> None:
        await client.get("/")

    alone = measure(readers(port, 1), read, seconds=seconds)
    results.at_most("help centre, article: p50, 1 client", alone.p50, "ms", 15)
    results.at_most("help centre, article: p95, 1 client", alone.p95, "ms")
    with CpuPerRequest(stack) as cpu:
        together = measure(readers(port, 8), read, seconds=seconds, warm_up=0)
    remark = cpu.remark(len(together.milliseconds))
    results.at_least("help centre, article: pages per second, 8 clients", together.per_second, "/s", 150, remark)
    first = measure(readers(port, 1), home, seconds=min(seconds, 4))
    results.at_most("help centre, home: p50, 1 client", first.p50, "ms", 15)
    drawn = _drawn_anew(port, path, min(seconds, 4))
    results.at_most("help centre, article drawn anew, the change before it included: p50", drawn.p50, "ms", 60)
    _weigh(port, path, results)


def _drawn_anew(port: int, path: str, seconds: float) -> Pace:
    """Each time another edition, as after somebody published."""

    async def ask(client: Client) -> None:
        await asyncio.to_thread(_next_edition)
        await client.get(path)

    return measure(readers(port, 1), ask, seconds=seconds, warm_up=5)


def _next_edition() -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE knowledge_base_helpcentre SET hue = hue WHERE host = ''")


def _weigh(port: int, path: str, results: Results) -> None:
    """What a browser that has nothing yet loads, as gzip: brotli, which it would be given, is smaller still."""

    async def load() -> tuple[int, dict[str, int]]:
        client = readers(port, 1)[0]
        page = await client.get(path)
        sheets = STYLE.findall(page.text)
        style = await client.get(sheets[0])
        fonts = [f"/static/{name}" for name in FONT.findall(style.text)]
        scripts = [a or b for a, b in SCRIPT.findall(page.text)]
        rest = {name: await client.get(name) for name in [*scripts, *sorted(set(SPRITE.findall(page.text))), *fonts]}
        sizes = {"page": len(page.body), "style": len(style.body)}
        return len(sheets), sizes | {name: len(answer.body) for name, answer in rest.items()}

    sheets, sizes = asyncio.run(load())
    if len(sizes) < 5:
        raise AssertionError(f"something that a page loads was not found: {sizes}")
    remark = ", ".join(f"{name.rpartition('/')[2].partition('-')[0]} {size / KB:.1f}" for name, size in sizes.items())
    results.at_most("help centre, article over the wire, without images", sum(sizes.values()) / KB, "KB", 60, remark)
    results.at_most("help centre, style sheets that are waited for", sheets, "", 1)
