"""A view of one's own, from the filter of a list to a count that follows what happens."""

from __future__ import annotations

from playwright.sync_api import Locator, Page, expect

from tests.e2e.house import furnish, hand_in, mail, sign_in, the_ticket
from tests.stack import LiveStack
from tickets.models import SavedView, Ticket


def row(page: Page, at: int) -> Locator:
    """The selects and fields of one condition of the editor."""
    return page.locator("#view-form .cond").nth(at).locator("select, input")


def change(page: Page, ticket: Ticket, name: str, value: str) -> None:
    """What a colleague's browser would send: through the running processes, so that open pages are told."""
    page.evaluate(
        """([url, name, value]) => fetch(url, {
            method: "POST", body: new URLSearchParams({ [name]: value }),
            headers: { "X-CSRFToken": document.cookie.match(/csrftoken=([^;]+)/)[1] },
        })""",
        [f"/agent/tickets/{ticket.pk}/{name}/", name, value],
    )


def test_a_view_with_nested_conditions_counts_live(live_stack: LiveStack, page: Page) -> None:
    house = furnish(live_stack)
    hand_in(live_stack, mail("It rattles when it multiplies."))
    ticket = the_ticket(live_stack)
    sign_in(page, live_stack, house.grace).goto(f"{live_stack.url}/agent/?view=all")
    expect(page.locator("html")).to_have_attribute("data-live", "on")

    page.keyboard.press("f")
    first = page.locator("#list-filter .cond select").first
    expect(first).to_be_focused()
    first.select_option("priority")
    page.locator("#list-filter .cond select").nth(1).select_option("greater_than_equal")
    page.locator("#list-filter .cond select").nth(2).select_option("high")
    page.get_by_role("button", name="Apply").click()
    expect(page.get_by_text("No ticket matches this filter")).to_be_visible()
    page.get_by_role("link", name="Save as view").click()

    page.get_by_label("Title").fill("Loud or tagged")
    page.get_by_role("button", name="Remove condition").click()
    page.get_by_role("button", name="Add group").click()
    row(page, 0).nth(0).select_option("current_tags")
    row(page, 0).nth(2).fill("gear")
    group = page.locator("#view-form .cgroup .cgroup")
    group.get_by_role("button", name="Add condition").click()
    row(page, 1).nth(0).select_option("priority")
    row(page, 1).nth(2).select_option("urgent")
    expect(page.locator("#view-preview")).to_contain_text("0 tickets right now")
    page.get_by_role("button", name="Save view").click()

    mine = page.locator("nav a", has_text="Loud or tagged")
    expect(mine).to_have_attribute("aria-current", "page")
    expect(mine.locator(".count")).to_have_text("0")
    with live_stack.orm():
        assert SavedView.objects.get().conditions == {
            "all": [
                {
                    "any": [
                        {"field": "current_tags", "operator": "includes", "value": ["gear"]},
                        {"field": "priority", "operator": "is", "value": "urgent"},
                    ]
                }
            ]
        }
    change(page, ticket, "priority", "urgent")
    expect(mine.locator(".count")).to_have_text("1")  # nobody reloaded
    expect(page.locator(".ti")).to_have_count(1)
    change(page, ticket, "priority", "low")
    expect(mine.locator(".count")).to_have_text("0")
    change(page, ticket, "tags", "gear")
    expect(mine.locator(".count")).to_have_text("1")
