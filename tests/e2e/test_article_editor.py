"""An article written in a real browser: put together by keyboard, kept, commented on, and fought over without loss."""

from __future__ import annotations

import io

from PIL import Image
from playwright.sync_api import FileChooser, FilePayload, Page, expect

from knowledge_base.models import HelpCentre, Translation
from knowledge_base.publishing import publish
from knowledge_base.writing import create_article, save_draft
from tests.e2e.house import House, furnish, sign_in
from tests.stack import LiveStack, wait_until

WORDS = "ot-body [contenteditable=true]"
SAVED = "ot-article .saved"


def begun(stack: LiveStack, house: House) -> Translation:
    """An article of Grace's, beside a published one that can be linked to."""
    with stack.orm():
        centre = HelpCentre.objects.create(name="Bikes", languages=["en"])
        category = centre.categories.create(texts={"en": {"name": "Riding"}})
        section = category.sections.create(texts={"en": {"name": "Brakes"}})
        other = create_article(section, "en", by=house.grace, title="How to true a wheel", body="<p>Turn.</p>")
        publish(other, by=house.grace)
        return create_article(section, "en", by=house.grace)


def kept(stack: LiveStack, article: Translation) -> Translation:
    with stack.orm():
        return Translation.objects.get(pk=article.pk)


def address(stack: LiveStack, article: Translation) -> str:
    return f"{stack.url}/knowledge/articles/{article.article_id}/en/"


def test_an_article_is_written_by_keyboard_and_kept_as_it_grows(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    article = begun(live_stack, house)
    desk = sign_in(page, live_stack, house.grace)
    desk.goto(address(live_stack, article))
    expect(desk.locator(WORDS)).to_be_visible()

    desk.get_by_label("Title").fill("Squeaking brakes")
    desk.keyboard.press("Enter")
    desk.keyboard.type("Dirt on the rim.")
    desk.keyboard.press("Enter")
    desk.keyboard.type("## Clean")
    desk.keyboard.press("Enter")
    desk.keyboard.type("/warn")
    expect(desk.locator("#insert-list").get_by_role("option")).to_contain_text(["Warning"])
    desk.keyboard.press("Enter")
    desk.keyboard.type("Never oil the rim.")
    desk.keyboard.press("Enter")
    desk.locator("ot-body").get_by_label("Callout").select_option(label="No callout")
    desk.locator('[data-tool="link"]').click()
    desk.keyboard.type("wheel")
    expect(desk.get_by_role("option", name="How to true a wheel")).to_be_visible()
    desk.keyboard.press("Enter")
    expect(desk.locator(f"{WORDS} a")).to_have_text("How to true a wheel")

    picker = open_picker(desk)
    picker.set_files([FilePayload(name="rim.png", mimeType="image/png", buffer=png())])
    asking = desk.locator("dialog.asking")
    asking.get_by_role("button", name="Put in").click()
    expect(asking.get_by_role("alert")).to_contain_text("Say what it shows")
    asking.get_by_label("What it shows").fill("A clean rim")
    asking.get_by_role("button", name="Put in").click()
    expect(desk.locator(f"{WORDS} img")).to_have_attribute("alt", "A clean rim")

    expect(desk.locator(SAVED)).to_have_text("Draft saved")
    wait_until(lambda: "data-picture" in kept(live_stack, article).body, seconds=20, what="the picture in the draft")
    written = kept(live_stack, article)
    assert (written.title, written.summary) == ("Squeaking brakes", "Dirt on the rim.")
    for part in (
        "<h2>Clean</h2>",
        '<div data-callout="warning"><p>Never oil the rim.</p>',
        "data-article=",
        "A clean rim",
    ):
        assert part in written.body, part

    desk.get_by_role("button", name="Preview").click()
    preview = desk.frame_locator(".wpreview iframe")
    expect(preview.get_by_role("heading", name="Clean")).to_be_visible()
    expect(preview.get_by_role("img", name="A clean rim")).to_be_visible()


def test_colleagues_comment_on_words_and_nobody_loses_any(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    article = begun(live_stack, house)
    with live_stack.orm():
        save_draft(article, version=0, title="Brakes", summary="", body="<p>Clean the rim.</p>", by=house.grace)
    desk = sign_in(page, live_stack, house.grace)
    desk.goto(address(live_stack, article))
    words = desk.locator(WORDS)
    words.get_by_text("Clean the rim.").dblclick(position={"x": 10, "y": 10})
    desk.get_by_role("button", name="Comment on what is marked").click()
    expect(desk.locator("[data-quoted]")).to_have_text("Clean")
    desk.keyboard.type("With what?")
    desk.locator(".commenting").get_by_role("button", name="Comment").click()
    expect(desk.locator(".talk .said")).to_have_text("With what?")
    expect(words.locator(".quoted")).to_have_text("Clean")

    with live_stack.orm():
        save_draft(article, version=1, title="Brakes", summary="", body="<p>Alan was here.</p>", by=house.alan)
    words.click()
    desk.keyboard.press("Control+End")
    desk.keyboard.type(" Twice.")
    conflict = desk.locator("[data-conflict]")
    expect(conflict).to_contain_text("Alan Turing has saved this article")
    conflict.get_by_role("button", name="Compare both texts").click()
    expect(desk.locator("dialog.comparing")).to_contain_text("Alan was here.")
    expect(desk.locator("dialog.comparing")).to_contain_text("Clean the rim. Twice.")
    desk.locator("dialog.comparing").get_by_role("button", name="Close").click()
    conflict.get_by_role("button", name="Keep mine").click()
    expect(desk.locator(SAVED)).to_have_text("Draft saved")
    with live_stack.orm():
        now = Translation.objects.get(pk=article.pk)
        assert now.body == "<p>Clean the rim. Twice.</p>"
        assert "<p>Alan was here.</p>" in now.revisions.values_list("body", flat=True)


def open_picker(desk: Page) -> FileChooser:
    with desk.expect_file_chooser() as chooser:
        desk.locator('[data-tool="picture"]').click()
    return chooser.value


def png() -> bytes:
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "teal").save(out, "PNG")
    return out.getvalue()
