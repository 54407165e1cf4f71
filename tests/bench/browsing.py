"""What only a browser can tell: the first load, and a new mail in an open queue."""

from __future__ import annotations

import asyncio
import time

from playwright.sync_api import Browser, Page, Response, sync_playwright

from tests.bench.mail import deliver, letter
from tests.bench.results import Results
from tests.bench.stack import Stack
from tests.browser import FLAGS, chromium


def bench_browser(stack: Stack, key: str, results: Results) -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            first_load(browser, stack, key, results)
            live_mail(browser, stack, key, results)
        finally:
            browser.close()


def signed_in(browser: Browser, stack: Stack, key: str) -> Page:
    context = browser.new_context(viewport={"width": 1440, "height": 900})
    context.add_cookies([{"name": "sessionid", "value": key, "url": f"http://localhost:{stack.port}"}])
    return context.new_page()


def first_load(browser: Browser, stack: Stack, key: str, results: Results) -> None:
    """An empty cache; sizes are what crossed the wire, headers included."""
    page = signed_in(browser, stack, key)
    answers: list[Response] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(f"http://localhost:{stack.port}/agent/", wait_until="networkidle")
    sizes = {}
    for answer in answers:
        size = answer.request.sizes()
        sizes[answer.url] = size["responseBodySize"] + size["responseHeadersSize"]
    document = sizes[page.url] / 1024
    results.at_most("first load: requests", len(answers), "", 8)
    results.at_most("first load: all", sum(sizes.values()) / 1024, "KB", 150)
    results.at_most("first load: document", document, "KB", 10)
    page.context.close()


def live_mail(browser: Browser, stack: Stack, key: str, results: Results, mails: int = 7) -> None:
    page = signed_in(browser, stack, key)
    page.goto(f"http://localhost:{stack.port}/agent/?view=unassigned", wait_until="networkidle")
    page.wait_for_function("document.documentElement.dataset.live === 'on'")
    took = []
    for number in range(mails):
        subject = f"The rain has stopped {time.time_ns()}"
        asyncio_run(stack.smtp_port, letter(number, subject))
        began = time.perf_counter()
        page.get_by_text(subject).first.wait_for(state="visible", timeout=15_000)
        took.append(time.perf_counter() - began)
        page.wait_for_timeout(300)
    page.context.close()
    took.sort()
    results.at_most(
        "new mail visible in an open queue after SMTP 250",
        took[-1],
        "s",
        1,
        f"slowest of {mails}, median {took[len(took) // 2]:.2f} s",
    )


def asyncio_run(port: int, raw: bytes) -> None:
    """Playwright has a loop of its own in this thread."""
    import threading

    thread = threading.Thread(target=lambda: asyncio.run(deliver(port, raw)))
    thread.start()
    thread.join()
