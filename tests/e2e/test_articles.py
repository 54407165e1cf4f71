"""Articles at work in a real browser: offered beside a ticket, put into a reply by key, and made of a solved ticket."""

from __future__ import annotations

from playwright.sync_api import Page, expect

from helpdesk.accounts.models import User
from knowledge_base.models import HelpCentre, Search, Translation
from knowledge_base.publishing import publish
from knowledge_base.writing import create_article
from tests.e2e.house import furnish, hand_in, mail, sign_in, the_ticket
from tests.stack import LiveStack, wait_until
from tickets.models import ArticleFlag, ArticleUse, Message

EDITOR = "ot-composer [contenteditable=true]"
OILING = "<p>Take the lid off before you begin with anything else.</p><p>Then oil the third gear from the left.</p>"


def stock(stack: LiveStack, owner: User) -> Translation:
    """A help centre with one article that fits what Ada writes, and one for staff."""
    with stack.orm():
        centre = HelpCentre.objects.create(name="Engines", languages=["en"])
        category = centre.categories.create(texts={"en": {"name": "Machines"}})
        care = category.sections.create(texts={"en": {"name": "Care"}})
        ours = category.sections.create(texts={"en": {"name": "For us"}}, audience="staff")
        internal = create_article(ours, "en", by=owner, title="What a rattling engine costs us", body="<p>Much.</p>")
        publish(internal, by=owner)
        return publish(create_article(care, "en", by=owner, title="When the engine rattles", body=OILING), by=owner)


def test_an_article_is_found_given_and_mended(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    oiling = stock(live_stack, house.alan)
    hand_in(live_stack, mail("My engine rattles. My order is 4711-22, please help."))
    ticket = the_ticket(live_stack)
    live_stack.terminate("worker")  # so that the seconds in which it can be undone last
    desk = sign_in(page, live_stack, house.grace)
    desk.goto(f"{live_stack.url}/agent/tickets/{ticket.number}/")

    beside = desk.locator(f"#articles-of-{ticket.number}")
    beside.scroll_into_view_if_needed()
    expect(beside.get_by_role("link", name="When the engine rattles")).to_be_visible()
    expect(beside).to_contain_text("not for this customer")

    desk.locator(EDITOR).click()
    desk.keyboard.type("See ")
    desk.keyboard.press("Control+Shift+K")
    dialog = desk.get_by_role("dialog", name="Articles")
    expect(dialog.get_by_role("option")).to_have_count(2)
    desk.keyboard.type("costs")
    expect(dialog.get_by_role("option")).to_have_count(1)
    desk.keyboard.press("Enter")
    expect(desk.locator("ot-composer .cerror")).to_contain_text("For staff only")
    desk.keyboard.press("Control+Shift+K")
    expect(dialog.get_by_role("option").first).to_contain_text("When the engine rattles")
    desk.keyboard.press("Shift+Enter")
    expect(desk.locator(EDITOR)).to_contain_text("Take the lid off")
    expect(desk.locator(EDITOR).get_by_role("link", name="When the engine rattles")).to_be_visible()
    desk.keyboard.press("Control+Enter")
    expect(desk.locator(".msg.out")).to_contain_text("Take the lid off")
    with live_stack.orm():
        use = ArticleUse.objects.get()
        assert (use.article_id, use.given_as, use.user) == (oiling.article_id, "text", house.grace)
        assert (
            f"/hc/en/articles/{oiling.article_id}-when-the-engine-rattles/"
            in Message.objects.get(pk=use.message_id).html
        )
        wait_until(Search.objects.exists, what="what was looked for is told when the list closes")
        assert Search.objects.get().words == "costs"

    beside.get_by_text("Wrong?").first.click()
    beside.get_by_label("What is wrong?").first.fill("It is the fourth gear.")
    beside.get_by_role("button", name="Tell its owner").first.click()
    expect(beside).to_contain_text("Whoever answers for it knows.")
    with live_stack.orm():
        assert ArticleFlag.objects.get().text == "It is the fourth gear."


def test_a_ticket_becomes_an_article_without_names(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    stock(live_stack, house.alan)
    hand_in(
        live_stack, mail("My engine squeaks. My order is 4711-22, please help.\n\nBest regards\nAda", subject="Squeak")
    )
    ticket = the_ticket(live_stack)
    desk = sign_in(page, live_stack, house.grace)
    desk.goto(f"{live_stack.url}/agent/tickets/{ticket.number}/articles/new/")
    begins = desk.get_by_role("region", name="So it begins")
    expect(begins).to_contain_text("[order number]")
    desk.locator('input[name="out"][value="4711-22"]').uncheck()
    expect(begins).to_contain_text("4711-22")  # shown again at once
    desk.locator('input[name="out"][value="4711-22"]').check()
    expect(begins).not_to_contain_text("4711-22")
    desk.get_by_label("Title").fill("Why an engine squeaks")
    desk.get_by_label("Section").select_option(label="Machines › Care")
    desk.get_by_label("I have read it").check()
    desk.get_by_role("button", name="Begin the draft").click()
    desk.wait_for_url("**/knowledge/articles/*/en/**")
    with live_stack.orm():
        draft = Translation.objects.get(title="Why an engine squeaks")
        assert draft.article.from_ticket == ticket.number
        assert "4711-22" not in draft.body and "Ada" not in draft.body
