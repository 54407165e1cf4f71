"""The chat on somebody's page, on a slow phone: when its button can be pressed, and its panel written into."""

from __future__ import annotations

import statistics

from playwright.sync_api import Browser, Page, sync_playwright

from tests.bench.results import Results
from tests.bench.stack import Stack
from tests.browser import FLAGS, chromium
from tickets.models import ChatWidget, Inbox

TIMES = 7
# What Lighthouse calls a slow 4G phone: 1.6 Mbit/s, 150 ms there and back, a processor four times as slow.
NETWORK = {"offline": False, "latency": 150, "downloadThroughput": 1.6e6 / 8, "uploadThroughput": 0.75e6 / 8}
SLOWER = 4
MARKS = """
window.Onethread ??= (...call) => (Onethread.q ??= []).push(call)
Onethread("on", "ready", () => performance.mark("ready"))
"""
LATE_BY = """() => new Promise(done => {
  const look = () => {
    const [ready] = performance.getEntriesByName("ready")
    const { loadEventEnd } = performance.getEntriesByType("navigation")[0]
    if (ready && loadEventEnd) done(ready.startTime - loadEventEnd)
    else setTimeout(look, 20)
  }
  look()
})"""


def bench_widget(stack: Stack, results: Results) -> None:
    widget = ChatWidget.objects.filter(is_active=True).first()
    if widget is None:
        inbox = Inbox.objects.order_by("pk")[0]
        widget = ChatWidget.objects.create(name="Bench", inbox=inbox, team=inbox.team, languages=["en"])
    address = f"http://localhost:{stack.port}/widget/demo/?key={widget.key}"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        try:
            _arrive(browser, address)  # the server has read what it keeps
            late, opened = zip(*(_arrive(browser, address) for _ in range(TIMES)), strict=True)
        finally:
            browser.close()
    remark = f"median of {TIMES}, slowest {max(late):.0f} ms; slow 4G, a processor {SLOWER} times as slow"
    results.at_most("chat button usable after load", statistics.median(late), "ms", 150, remark)
    results.at_most("chat panel connected after a press", statistics.median(opened), "ms", None, "with a cold cache")


def _arrive(browser: Browser, address: str) -> tuple[float, float]:
    """Milliseconds from the page's load to the button, and from a press to a connected panel; a fresh profile."""
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = context.new_page()
    devtools = context.new_cdp_session(page)
    devtools.send("Network.enable")
    devtools.send("Network.emulateNetworkConditions", NETWORK)
    devtools.send("Emulation.setCPUThrottlingRate", {"rate": SLOWER})
    page.add_init_script(MARKS)
    page.goto(address, wait_until="load")
    late = float(page.evaluate(LATE_BY))
    opened = _open(page)
    context.close()
    return late, opened


def _open(page: Page) -> float:
    began = page.evaluate("() => { Onethread.open(); return performance.now() }")
    if len(page.frames) < 2:
        page.wait_for_event("frameattached")
    frame = page.frames[-1]
    frame.locator("body[data-net=on]").wait_for(timeout=30_000)
    return float(page.evaluate("performance.now()")) - float(began)
