"""A real browser: headless Chromium driven by Playwright."""

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

expect.set_options(timeout=15_000)  # it ends as soon as it is true; two busy cores can take their time

MAC_CHROME = "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome"
CANDIDATES = ("chromium", "chromium-browser", "google-chrome", MAC_CHROME)
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]


def chromium() -> str:
    for candidate in (os.environ.get("CHROMIUM", ""), *CANDIDATES):
        if candidate and (path := shutil.which(candidate)):
            return path
    pytest.fail("no Chromium found: run `make test`, or install one, or set CHROMIUM to its path", pytrace=False)


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser a module. While it runs, Playwright keeps an event loop in this thread: no async test goes beside."""
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # that loop would make Django refuse plain ORM calls
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    """A fresh profile: no cookies, no storage."""
    context = browser.new_context(viewport={"width": 1440, "height": 900}, locale="en-GB", timezone_id="Europe/Berlin")
    context.set_default_timeout(10_000)
    yield context
    context.close()


@pytest.fixture
def page(context: BrowserContext) -> Iterator[Page]:
    """A page in a fresh profile; an uncaught script error fails the test that caused it."""
    page = context.new_page()
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    yield page
    assert not errors, f"uncaught errors in the page: {errors}"
