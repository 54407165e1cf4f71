"""The timeline over HTTP: a page of its own, a part of the customer's page, its further pages, its filters."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from customers.actors import Actor
from customers.events import RecordChanged, record
from customers.identify import identify
from customers.models import Customer, Organisation
from helpdesk.accounts.models import User
from tests.cast import open_for
from tickets.models import Inbox, Status, Ticket
from tickets.services import add_note, add_reply, change_status

FRAGMENT = {"HX-Request": "true"}


@pytest.fixture
def told(adas_ticket: Ticket, grace: User) -> Ticket:
    actor = Actor.agent(grace)
    add_reply(adas_ticket, "<p>Oil it.</p>", actor=actor)
    add_note(adas_ticket, "<p>She knows engines.</p>", actor=actor)
    change_status(Ticket.objects.get(pk=adas_ticket.pk), Status.SOLVED, actor=actor)
    return adas_ticket


def url(customer: Customer, query: str = "") -> str:
    return f"/agent/of-customer/{customer.pk}/timeline/{query}"


def as_(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


def test_it_is_a_page_without_scripts(told: Ticket, ada: Customer, grace: User) -> None:
    html = as_(grace).get(url(ada)).content.decode()
    assert "<!DOCTYPE html>" in html
    for said in ("It rattles when it multiplies.", "Oil it.", "She knows engines.", "The engine rattles"):
        assert said in html
    assert html.index("She knows engines.") < html.index("Oil it.") < html.index("It rattles when it")
    assert f'data-live="customer:{ada.pk}"' in html


def test_a_part_of_the_page_brings_no_page(told: Ticket, ada: Customer, grace: User) -> None:
    html = as_(grace).get(url(ada), headers=FRAGMENT).content.decode()
    assert "<!DOCTYPE html>" not in html and html.count('id="timeline"') == 1


def chips(html: str) -> dict[str, bool]:
    return {slug: "aria-current" in rest for slug, rest in re.findall(r'id="chip-(\w+)"([^>]*)>', html)}


def test_kinds_are_switched_on_and_off_and_kept_in_the_address(told: Ticket, ada: Customer, grace: User) -> None:
    client = as_(grace)
    html = client.get(url(ada, "?kinds=notes")).content.decode()
    assert chips(html) == {"messages": False, "notes": True, "tickets": False}
    assert "She knows engines." in html and "Oil it." not in html
    assert f'href="{url(ada, "?kinds=messages,notes")}"' in html and f'href="{url(ada)}"' in html
    assert "Nothing found" in client.get(url(ada, "?kinds=horoscopes")).content.decode()


def test_what_the_page_shows_becomes_its_address(told: Ticket, ada: Customer, grace: User) -> None:
    client = as_(grace)

    def shown_at(query: str, page: str) -> str | None:
        headers = {**FRAGMENT, "HX-Current-URL": f"http://testserver{page}"}
        return client.get(url(ada, query), headers=headers).headers.get("HX-Replace-Url")

    assert shown_at("?kinds=notes", f"/customers/{ada.pk}/") == f"/customers/{ada.pk}/?kinds=notes"
    assert shown_at("?kinds=notes", f"/customers/{ada.pk}/?kinds=notes") is None
    assert shown_at("", f"/customers/{ada.pk}/?kinds=notes") == f"/customers/{ada.pk}/"
    assert shown_at("?find=oil", url(ada)) == url(ada, "?find=oil")


def test_a_search_looks_at_what_was_said(told: Ticket, ada: Customer, grace: User) -> None:
    html = as_(grace).get(url(ada, "?find=OIL")).content.decode()
    assert "Oil it." in html and "She knows engines." not in html and 'value="OIL"' in html


def test_earlier_pages_follow_and_end(told: Ticket, ada: Customer, grace: User) -> None:
    for n in range(60):
        add_note(told, f"<p>note number {n}.</p>", actor=Actor.agent(grace))
    client, found, address, headings = as_(grace), [], url(ada), 0
    while address:
        html = client.get(address, headers=FRAGMENT).content.decode()
        found += re.findall(r"note number (\d+)\.", html)
        headings += html.count('class="day"')
        more = re.search(r'hx-get="([^"]*after=[^"]*)"', html)
        address = more[1].replace("&amp;", "&") if more else ""
    assert found == [str(n) for n in reversed(range(60))]
    assert headings == 1  # all of it was today: a page that goes on with a day does not say so again


def test_an_open_page_asks_for_what_is_new_above_its_last_entry(told: Ticket, ada: Customer, grace: User) -> None:
    client = as_(grace)
    live = re.search(
        r'id="timeline-first"\s+data-live="[^"]+"\s+data-live-src="([^"]+)"', client.get(url(ada)).content.decode()
    )
    assert live
    add_note(told, "<p>Something new.</p>", actor=Actor.agent(grace))
    html = client.get(live[1].replace("&amp;", "&"), headers=FRAGMENT).content.decode()
    assert 'id="timeline-first"' in html and 'id="timeline"' not in html
    assert "Something new." in html and "It rattles when it multiplies." in html
    assert live[1] in html  # and goes on asking down to the same entry


def test_a_long_message_folds_out(told: Ticket, ada: Customer, grace: User) -> None:
    words = "".join(f"<p>line {n} of many</p>" for n in range(20))
    message = add_reply(told, words, actor=Actor.agent(grace))
    client = as_(grace)
    html = client.get(url(ada)).content.decode()
    assert "line 3 of many…" in html and "line 19 of many" not in html
    whole = client.get(f"/agent/messages/{message.pk}/whole/", headers=FRAGMENT).content.decode()
    assert "<p>line 19 of many</p>" in whole


def test_words_are_words_whatever_they_are(ada: Customer, support: Inbox, grace: User) -> None:
    open_for(ada, support, "<script>alert(1)</script>")
    record(ada, RecordChanged("tier", "", "<b>Gold</b>"), actor=Actor.agent(grace))
    html = as_(grace).get(url(ada)).content.decode()
    assert "<script>alert(1)" not in html and "<b>Gold" not in html and "&lt;b&gt;Gold" in html


def test_a_merged_customer_leads_to_the_survivor(told: Ticket, ada: Customer, grace: User) -> None:
    gone = Customer.objects.create(name="Countess", merged_into=ada)
    response = as_(grace).get(url(gone, "?kinds=notes"))
    assert response.headers["Location"] == url(ada, "?kinds=notes")


def test_who_is_nobody_has_no_timeline(grace: User) -> None:
    assert as_(grace).get("/agent/of-customer/99/timeline/").status_code == 404
    assert as_(grace).get("/agent/of-organisation/99/timeline/").status_code == 404


def test_an_organisation_has_the_entries_of_its_members_and_its_own(
    told: Ticket, ada: Customer, grace: User, support: Inbox
) -> None:
    house = Organisation.objects.create(name="Analytical Engines")
    charles = identify("email", "charles@example.org", name="Charles Babbage").customer
    Customer.objects.filter(pk__in=[ada.pk, charles.pk]).update(organisation=house)
    open_for(charles, support, "Punch cards")
    for subject in (charles, house):
        record(subject, RecordChanged("tier", "", "Gold"), actor=Actor.agent(grace))
    html = as_(grace).get(f"/agent/of-organisation/{house.pk}/timeline/").content.decode()
    assert "Punch cards?" in html and "She knows engines." in html
    assert "Charles Babbage</b> · Grace Hopper changed tier" in html
    assert "Analytical Engines</b> · Grace Hopper changed tier" in html
    assert f'data-live="organisation:{house.pk}"' in html


def test_an_empty_timeline_begins_by_itself(ada: Customer, grace: User, support: Inbox) -> None:
    client = as_(grace)
    html = client.get(url(ada)).content.decode()
    assert "Nothing has happened yet" in html
    live = re.search(r'data-live-src="([^"]+until[^"]+)"', html)
    assert live
    open_for(ada, support, "The engine rattles")
    html = client.get(live[1].replace("&amp;", "&"), headers=FRAGMENT).content.decode()
    assert "The engine rattles?" in html and 'id="timeline-first"' in html
