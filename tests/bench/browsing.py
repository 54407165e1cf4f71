"""What only a browser can tell: the first load, a new mail in an open queue, and walking from ticket to ticket."""

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
            walk(browser, stack, key, results)
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


# From the key to the frame in which the next ticket's conversation is on the screen.
TIMES = """() => {
  window.drawn = []
  let pressed = 0, shown = document.querySelector("#conv")?.dataset.ticket
  addEventListener("keydown", () => (pressed = performance.now()), true)
  new MutationObserver(() => {
    const conversation = document.querySelector("#conv:has(.msg)")
    if (!conversation || conversation.dataset.ticket === shown) return
    shown = conversation.dataset.ticket
    const since = pressed
    requestAnimationFrame(() => setTimeout(() => window.drawn.push(performance.now() - since)))
  }).observe(document.body, { subtree: true, childList: true })
}"""


def walk(browser: Browser, stack: Stack, key: str, results: Results, steps: int = 20) -> None:
    """j and k at a reader's pace, and once as fast as a held key."""
    page = signed_in(browser, stack, key)
    page.goto(f"http://localhost:{stack.port}/agent/?view=open", wait_until="networkidle")
    page.wait_for_function("document.documentElement.dataset.live === 'on'")
    page.evaluate(TIMES)
    page.keyboard.press("j")  # the first one brings the editor along
    page.wait_for_selector("ot-composer [contenteditable=true]")
    page.wait_for_timeout(1_500)
    page.evaluate("drawn.length = 0")
    for step in range(steps):
        page.keyboard.press("j" if step < steps * 3 / 4 else "k")
        page.wait_for_timeout(700)
    took = sorted(page.evaluate("drawn"))
    results.at_most(
        "j/k to the next ticket drawn",
        took[len(took) // 2],
        "ms",
        150,
        f"median of {len(took)}, slowest {took[-1]:.0f} ms",
    )
    page.evaluate("drawn.length = 0")
    for _step in range(12):
        page.keyboard.down("j")
    page.keyboard.up("j")
    page.wait_for_timeout(1_000)
    results.at_most("twelve tickets walked past with a held key: drawn", len(page.evaluate("drawn")), "", 2)
    page.context.close()


def asyncio_run(port: int, raw: bytes) -> None:
    """Playwright has a loop of its own in this thread."""
    import threading

    thread = threading.Thread(target=lambda: asyncio.run(deliver(port, raw)))
    thread.start()
    thread.join()
