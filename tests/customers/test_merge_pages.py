"""The pages on which people decide who is one person, and take it back."""

from __future__ import annotations

import pytest
from django.test import Client

from customers import merging
from customers.actors import Actor
from customers.duplicates import look_for_duplicates
from customers.identify import identify
from customers.models import Customer, CustomerMerge, DuplicateSuggestion, Identity
from helpdesk.accounts.models import User
from tests.cast import open_for
from tickets.models import Inbox, Ticket

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(client: Client, grace: User) -> Client:
    client.force_login(grace)
    return client


@pytest.fixture
def countess(ada: Customer) -> Customer:
    """Ada again, with another address and the same phone."""
    other = identify("email", "countess@example.com", name="A. Byron").customer
    Identity.objects.create(customer=ada, kind="phone", value="+4930123456", proved_by="agent")
    Identity.objects.create(customer=other, kind="whatsapp", value="+4930123456", proved_by="agent")
    return other


def test_both_sides_are_compared_and_one_is_chosen_of_each_field(
    agent: Client, ada: Customer, countess: Customer, support: Inbox
) -> None:
    open_for(countess, support, "A poem")
    Customer.objects.filter(pk=countess.pk).update(location="London")
    page = agent.get(f"/customers/{ada.pk}/merge/", {"other": countess.pk}).content.decode()
    for words in ("Ada Lovelace", "A. Byron", "countess@example.com", "London", "1 ticket", "Yes, this is one person"):
        assert words in page
    address = f"/customers/{ada.pk}/merge/"
    refused = agent.post(address, {"other": countess.pk, "of.name": "merged"})
    assert refused.status_code == 422 and "Say that they are one person" in refused.content.decode()
    assert not CustomerMerge.objects.exists()
    done = agent.post(address, {"other": countess.pk, "of.name": "merged", "confirmed": "1"})
    assert (done.status_code, done["Location"]) == (302, f"/customers/{ada.pk}/")
    ada.refresh_from_db()
    assert (ada.name, ada.location) == ("A. Byron", "London")
    assert Ticket.objects.get().requester == ada


def test_the_merged_records_address_leads_to_the_survivor(
    agent: Client, ada: Customer, countess: Customer, grace: User
) -> None:
    merging.merge(ada, countess, actor=Actor.agent(grace), confirmed=True)
    answer = agent.get(f"/customers/{countess.pk}/", follow=True)
    assert answer.redirect_chain == [(f"/customers/{ada.pk}/", 302)]
    assert "was merged into the one you see" in answer.content.decode()


def test_the_page_before_an_undo_says_what_will_happen(
    agent: Client, ada: Customer, countess: Customer, grace: User, support: Inbox
) -> None:
    open_for(countess, support, "A poem")
    Customer.objects.filter(pk=countess.pk).update(location="London", tier="gold")
    done = merging.merge(ada, countess, actor=Actor.agent(grace), confirmed=True)
    Customer.objects.filter(pk=ada.pk).update(location="Paris")
    page = agent.get(f"/customers/merges/{done.pk}/").content.decode()
    for words in ("1 ticket goes back", "countess@example.com", "Tier", "Edited since, so it stays as it is: Location"):
        assert words in page
    answer = agent.post(f"/customers/merges/{done.pk}/")
    assert answer["Location"] == f"/customers/{countess.pk}/"
    assert Ticket.objects.get().requester == countess
    again = agent.post(f"/customers/merges/{done.pk}/")
    assert again.status_code == 422 and "taken back already" in again.content.decode()


def test_suggestions_are_a_list_and_a_banner_and_can_be_dismissed(
    agent: Client, ada: Customer, countess: Customer
) -> None:
    look_for_duplicates()
    assert "Same phone number: +49 30 123456" in agent.get("/customers/duplicates/").content.decode()
    banner = agent.get(f"/customers/{countess.pk}/duplicates/").content.decode()
    assert "may be the same person" in banner and f"/merge/?other={ada.pk}" in banner
    suggestion = DuplicateSuggestion.objects.get()
    answer = agent.post(f"/customers/duplicates/{suggestion.pk}/dismissal/", headers={"HX-Request": "true"})
    assert (answer.status_code, answer.content) == (200, b"")
    assert "No duplicates found" in agent.get("/customers/duplicates/").content.decode()


def test_the_other_record_is_looked_for_by_name_address_or_number(
    agent: Client, ada: Customer, countess: Customer
) -> None:
    for text in ("byron", "countess@", str(countess.pk)):
        page = agent.get(f"/customers/{ada.pk}/merge/", {"q": text}).content.decode()
        assert f"?other={countess.pk}" in page, text
    assert "Nobody else is found" in agent.get(f"/customers/{ada.pk}/merge/", {"q": "lovelace"}).content.decode()
    assert agent.get(f"/customers/{ada.pk}/merge/", {"other": "0"}).status_code == 404


def test_light_agents_merge_nobody(client: Client, linus: User, ada: Customer, countess: Customer) -> None:
    client.force_login(linus)
    answer = client.post(f"/customers/{ada.pk}/merge/", {"other": countess.pk, "confirmed": "1"})
    assert answer.status_code == 403
    assert not CustomerMerge.objects.exists()
