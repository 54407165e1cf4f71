"""The queue under an agent's hands: walking, going back, reloading, mail that comes in above, one's own widths."""

import re

from playwright.sync_api import Page, expect

from customers.identify import identify
from tests.cast import open_for
from tests.e2e.house import House, furnish, hand_in, mail, sign_in
from tests.stack import LiveStack, wait_until

OPEN = "#conv[data-ticket='{}']"


def many_tickets(stack: LiveStack, house: House, number: int) -> list[int]:
    """Tickets through the services; newest first, as the list has them."""
    with stack.orm():
        ada = identify("email", "ada@example.org", name="Ada Lovelace").customer
        return [open_for(ada, house.support, f"Question {at}").pk for at in range(number)][::-1]


def in_the_house(stack: LiveStack, work: str) -> None:
    """Something a colleague does elsewhere, in a process of the running product, so that its pages hear of it."""
    script = f"""
from helpdesk.accounts.models import Team, User
from customers.actors import Actor
from tickets.models import Ticket
from tickets.services import add_note, assign_team
alan = Actor.agent(User.objects.get(email="alan@onethread.test"))
{work}
"""
    stack.manage("shell", "-c", script)


def live(page: Page) -> None:
    expect(page.locator("html")).to_have_attribute("data-live", "on")


def test_walking_is_one_step_of_history_and_back_gives_the_list_as_it_was(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    numbers = many_tickets(live_stack, house, 25)
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/?view=all")
    live(page)
    for number in numbers[:20]:
        page.keyboard.press("j")
        expect(page.locator(OPEN.format(number))).to_be_visible()
    page.keyboard.press("k")
    expect(page).to_have_url(re.compile(f"/agent/tickets/{numbers[18]}/"))
    expect(page).to_have_title(re.compile("Question 6"))
    top = page.locator("ot-list .scroll").evaluate("list => list.scrollTop")
    assert top > 0

    page.go_back()
    expect(page).to_have_url(re.compile(r"/agent/\?view=all$"))
    expect(page.locator("#conv")).to_have_count(0)
    expect(page.locator(f"#t{numbers[18]} a")).to_be_focused()
    assert page.locator("ot-list .scroll").evaluate("list => list.scrollTop") == top
    page.go_forward()
    expect(page.locator(OPEN.format(numbers[18]))).to_be_visible()

    page.reload()
    expect(page.locator(f"#t{numbers[18]}")).to_have_attribute("aria-current", "true")
    expect(page.locator(f"#t{numbers[18]}")).to_be_in_viewport()
    page.keyboard.press("u")
    expect(page.locator("#conv")).to_have_count(0)
    expect(page.locator(f"#t{numbers[18]} a")).to_be_focused()


def test_what_was_fetched_ahead_is_never_older_than_the_ticket(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    first, second, *_ = many_tickets(live_stack, house, 3)
    sign_in(page, live_stack, house.grace)
    with page.expect_response(lambda answer: f"/tickets/{second}/" in answer.url):
        page.goto(f"{live_stack.url}/agent/tickets/{first}/?view=all")
        live(page)
    in_the_house(live_stack, f"add_note(Ticket.objects.get(pk={second}), '<p>One thing more.</p>', actor=alan)")
    expect(page.locator(".ti").first).to_have_attribute("data-number", str(second))
    page.locator(f"#t{second} a").click()
    expect(page.locator(".thread")).to_contain_text("One thing more.")


def test_mail_above_is_counted_and_the_pill_leads_there(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    many_tickets(live_stack, house, 25)
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/?view=all")
    live(page)
    scroller = page.locator("ot-list .scroll")
    row = page.locator(".ti").nth(12)
    row.scroll_into_view_if_needed()
    scroller.evaluate("list => list.scrollBy(0, 200)")
    for words in ("First", "Second"):
        hand_in(live_stack, mail(words, subject=words))
    expect(page.locator(".newpill")).to_contain_text("2 new")
    page.locator(".newpill").click()
    expect(page.locator(".newpill")).to_have_count(0)
    wait_until(lambda: scroller.evaluate("list => list.scrollTop") == 0, what="the top of the list")
    expect(page.locator(".ti").first.locator("a")).to_be_focused()


def test_a_pane_keeps_the_width_it_was_given(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    first, *_ = many_tickets(live_stack, house, 2)
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/tickets/{first}/?view=all")
    edge = page.get_by_role("separator", name="Width of the list")
    expect(edge).to_have_attribute("aria-valuenow", re.compile(r"\d+"))
    before = int(edge.get_attribute("aria-valuenow") or 0)
    edge.focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    expect(edge).to_have_attribute("aria-valuenow", str(before + 32))
    page.reload()
    expect(edge).to_have_attribute("aria-valuenow", str(before + 32))
    edge.dblclick()
    expect(edge).to_have_attribute("aria-valuenow", str(before))


def test_a_ticket_that_is_taken_out_of_sight_says_so_in_its_pane(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    first, *_ = many_tickets(live_stack, house, 2)
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/tickets/{first}/?view=all")
    live(page)
    board = "Team.objects.create(name='Board', is_private=True)"
    in_the_house(live_stack, f"assign_team(Ticket.objects.get(pk={first}), {board}, actor=alan)")
    expect(page.locator("#conv > .cover")).to_contain_text("You can no longer open this ticket")
    page.get_by_role("link", name="Back to the list").last.click()
    expect(page.locator("#conv")).to_have_count(0)
