"""Organisations: their domains, members, parents and pages; each change with its event."""

from __future__ import annotations

import pytest
from django.test import Client

from customers.actors import Actor
from customers.errors import Refused
from customers.identify import identify
from customers.models import Customer, Organisation, RecordEvent
from customers.organisations import add_members, candidates, members_of, remove_member
from customers.record import change_organisation, create_organisation
from customers.timeline import Happened, line_of
from helpdesk.accounts.models import User

pytestmark = pytest.mark.django_db


@pytest.fixture
def acme(grace: User) -> Organisation:
    return create_organisation({"name": "Acme", "domains": "acme.test"}, actor=Actor.agent(grace))


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user)
    return client


@pytest.mark.parametrize(
    ("domain", "why"), [("gmail.com", "mail provider"), ("acme.test", "Acme already"), ("no domain", "no domain")]
)
def test_a_domain_of_strangers_or_of_another_is_refused(acme: Organisation, grace: User, domain: str, why: str) -> None:
    other = create_organisation({"name": "Other"}, actor=Actor.agent(grace))
    with pytest.raises(Refused, match=why):
        change_organisation(other, {"domains": [domain]}, actor=Actor.agent(grace))
    with pytest.raises(Refused, match=why):
        create_organisation({"name": "Third", "domains": [domain]}, actor=Actor.agent(grace))
    assert Organisation.objects.get(name="Other").domains == []
    assert not Organisation.objects.filter(name="Third").exists()


def test_its_own_domains_may_be_sent_again(acme: Organisation, grace: User) -> None:
    changed = change_organisation(acme, {"domains": "acme.test, acme.example"}, actor=Actor.agent(grace))
    assert changed.domains == ["acme.test", "acme.example"]
    event = RecordEvent.objects.filter(organisation=acme).latest("pk")
    assert (event.payload["field"], event.payload["old"]) == ("domains", ["acme.test"])


def test_those_with_an_address_of_its_domain_are_offered_and_added(grace: User) -> None:
    here = identify("email", "wile@acme.test", name="Wile E.").customer
    elsewhere = identify("email", "road@notacme.test").customer
    client = browser(grace)
    answer = client.post("/customers/organisations/new/", {"name": "Acme", "domains": "acme.test"})
    acme = Organisation.objects.get()
    assert answer.headers["Location"] == f"/customers/organisations/{acme.pk}/candidates/"
    assert not members_of(acme).exists(), "never silently"
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Wile E." in page
    assert "road@notacme.test" not in page
    client.post(f"/customers/organisations/{acme.pk}/members/", {"customer": [str(here.pk)]})
    assert list(members_of(acme)) == [here]
    assert not candidates(acme).exists()
    assert Customer.objects.get(pk=elsewhere.pk).organisation is None
    assert RecordEvent.objects.filter(customer=here, payload__field="organisation").exists()
    assert RecordEvent.objects.get(organisation=acme, kind="members.added").payload == {
        "count": 1,
        "names": ["Wile E."],
    }


def test_adding_and_taking_out_is_told_once(acme: Organisation, ada: Customer, grace: User) -> None:
    actor = Actor.agent(grace)
    assert add_members(acme, [ada.pk, ada.pk], actor=actor) == [ada]
    assert add_members(acme, [ada.pk], actor=actor) == []
    remove_member(acme, ada, actor=actor)
    remove_member(acme, ada, actor=actor)
    kinds = list(RecordEvent.objects.filter(organisation=acme).values_list("kind", flat=True))
    assert kinds == ["record.created", "members.added", "member.removed"]
    added = RecordEvent.objects.get(kind="members.added")
    told = Happened(added.kind, added.payload, "Grace", "Acme", True)
    assert line_of(told) == "Grace made Ada Lovelace part of Acme"


def test_one_who_was_merged_is_no_member_and_is_not_added(acme: Organisation, ada: Customer, grace: User) -> None:
    double = identify("email", "ada@acme.test").customer
    Customer.objects.filter(pk=double.pk).update(merged_into=ada, organisation=None)
    assert not candidates(acme).exists()
    assert add_members(acme, [double.pk], actor=Actor.agent(grace)) == []


def test_a_circle_of_companies_is_refused_at_any_depth(acme: Organisation, grace: User) -> None:
    actor = Actor.agent(grace)
    chain = [acme]
    for number in range(5):
        chain.append(create_organisation({"name": f"Sub {number}", "parent": chain[-1]}, actor=actor))
    with pytest.raises(Refused, match="neither can be above the other"):
        change_organisation(acme, {"parent": chain[-1]}, actor=actor)
    answer = browser(grace).post(f"/customers/organisations/{acme.pk}/edit/", {"parent": "Sub 4"})
    assert answer.status_code == 422
    assert "neither can be above the other" in answer.content.decode()


def test_its_page_shows_what_is_known(acme: Organisation, ada: Customer, grace: User, linus: User) -> None:
    actor = Actor.agent(grace)
    add_members(acme, [ada.pk], actor=actor)
    create_organisation({"name": "Acme Rockets", "parent": acme}, actor=actor)
    change_organisation(acme, {"tier": "Gold", "shares_tickets": True, "notes": "<b>Careful</b>"}, actor=actor)
    page = browser(grace).get(f"/customers/organisations/{acme.pk}/").content.decode()
    for words in ("acme.test", "Ada Lovelace", "Acme Rockets", "Gold", "Members see each other", "&lt;b&gt;Careful"):
        assert words in page
    light = browser(linus).get(f"/customers/organisations/{acme.pk}/").content.decode()
    assert "Take Ada Lovelace out" not in light


def test_the_list_is_searched_and_sorted(acme: Organisation, ada: Customer, grace: User) -> None:
    create_organisation({"name": "Zürich Werke"}, actor=Actor.agent(grace))
    add_members(acme, [ada.pk], actor=Actor.agent(grace))
    client = browser(grace)
    for params, first, absent in (
        ({"q": "zurich"}, "Zürich Werke", "Acme"), ({"q": "acme.test"}, "Acme", "Zürich"),
        ({"q": "nobody"}, "No organisation is found", "Acme"),
    ):  # fmt: skip
        page = client.get("/customers/organisations/", params).content.decode()
        assert first in page
        assert f'dir="auto">{absent}' not in page
    for sort in ("name", "-created", "-members", "-open", "bogus"):
        assert client.get("/customers/organisations/", {"sort": sort, "page": "0"}).status_code == 200
    assert client.get(f"/agent/of-organisation/{acme.pk}/numbers/").status_code == 200
