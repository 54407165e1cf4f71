"""The customer's pages through HTTP: the panel, the form, identities, dates, pictures and the link's page."""

from __future__ import annotations

import json

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from customers.actors import Actor
from customers.identify import identify
from customers.identities import add_identity
from customers.models import Customer, CustomField, Identity, Organisation, ProvedBy
from customers.proving import send_link, token_of
from customers.record import change_customer, seen_of
from helpdesk.accounts.models import Role, User
from tests.cast import staff
from tests.customers.test_pictures import picture

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


@pytest.fixture
def grace_in(client: Client, grace: User) -> Client:
    client.force_login(grace)
    return client


def test_the_page_shows_who_this_is(grace_in: Client, ada: Customer, grace: User) -> None:
    engines = Organisation.objects.create(name="Engines & Sons")
    change_customer(ada, {"organisation": engines, "pronouns": "she/her", "tier": "Gold"}, actor=Actor.agent(grace))
    page = grace_in.get(f"/customers/{ada.pk}/").content.decode()
    for words in ("Engines &amp; Sons", "she/her", "Gold", "ada@example.org", "A mail received from it", "verified"):
        assert words in page


def test_one_field_is_edited_in_place(grace_in: Client, ada: Customer) -> None:
    panel = grace_in.get(f"/customers/{ada.pk}/record/?edit=tier", headers=HTMX).content.decode()
    assert 'name="tier"' in panel and 'name="seen" value="&quot;&quot;"' in panel
    assert "data-live" not in panel  # a refresh would make what a colleague does look as if it had been seen
    sent = {"field": "tier", "tier": "Gold", "seen": '""'}
    answer = grace_in.post(f"/customers/{ada.pk}/record/", sent, headers=HTMX)
    assert answer.status_code == 200 and "Gold" in answer.content.decode()
    ada.refresh_from_db()
    assert ada.tier == "Gold"


def test_who_was_slower_chooses(grace_in: Client, ada: Customer, alan: User) -> None:
    change_customer(ada, {"tier": "Gold"}, actor=Actor.agent(alan))
    sent = {"field": "tier", "tier": "Silver", "seen": '""'}
    answer = grace_in.post(f"/customers/{ada.pk}/record/", sent, headers=HTMX)
    asked = answer.content.decode()
    assert answer.status_code == 409 and "Alan Turing" in asked and 'value="Silver"' in asked and "Use theirs" in asked
    sent["seen"] = seen_of("Gold")
    assert grace_in.post(f"/customers/{ada.pk}/record/", sent, headers=HTMX).status_code == 200
    ada.refresh_from_db()
    assert ada.tier == "Silver"


@pytest.mark.parametrize("seen", ["not json", "[", ""])
def test_a_broken_form_changes_nothing(grace_in: Client, ada: Customer, seen: str) -> None:
    sent = {"field": "tier", "tier": "Gold", "seen": seen}
    assert grace_in.post(f"/customers/{ada.pk}/record/", sent, headers=HTMX).status_code == 422
    assert grace_in.post(f"/customers/{ada.pk}/record/", {"field": "pk", "pk": "1"}, headers=HTMX).status_code == 404
    ada.refresh_from_db()
    assert ada.tier == ""


def test_tags_of_two_people_both_stay(grace_in: Client, ada: Customer, alan: User) -> None:
    change_customer(ada, {"tags": ["early"]}, actor=Actor.agent(alan))
    grace_in.post(f"/customers/{ada.pk}/record/?field=tags", {"tags": "vip", "seen": ""}, headers=HTMX)
    ada.refresh_from_db()
    assert ada.tags == ["early", "vip"]


def test_the_whole_record_is_one_form(grace_in: Client, ada: Customer, alan: User) -> None:
    CustomField.objects.create(
        of="customer", key="colours", title="Colours", kind="multiselect", options=["Red", "Blue"]
    )
    CustomField.objects.create(of="customer", key="seats", title="Seats", kind="integer")
    address = f"/customers/{ada.pk}/edit/"
    page = grace_in.get(address)
    form = page.context["form"]
    sent = {name: form[name].value() or "" for name in form.fields if name != "custom_fields.colours"}
    seen = json.dumps(form.seen)
    change_customer(ada, {"location": "Turin"}, actor=Actor.agent(alan))
    sent |= {"name": "Ada King", "custom_fields.seats": "12", "seen": seen}
    sent["custom_fields.colours"] = ["Blue"]
    assert grace_in.post(address, sent).status_code == 302
    ada.refresh_from_db()
    assert (ada.name, ada.location) == ("Ada King", "Turin")
    assert ada.custom_fields == {"seats": 12, "colours": ["Blue"]}
    wrong = grace_in.post(address, sent | {"custom_fields.seats": "a dozen", "name": "X"})
    assert wrong.status_code == 422 and "whole number" in wrong.content.decode()
    ada.refresh_from_db()
    assert ada.name == "Ada King"


def test_a_stale_form_shows_both(grace_in: Client, ada: Customer, alan: User) -> None:
    address = f"/customers/{ada.pk}/edit/"
    seen = json.dumps({"name": seen_of(ada.name)})
    change_customer(ada, {"name": "Countess"}, actor=Actor.agent(alan))
    answer = grace_in.post(address, {"name": "Ada King", "seen": seen})
    asked = answer.content.decode()
    assert answer.status_code == 409 and "Countess" in asked and "Ada King" in asked
    kept = {"name": "Ada King", "seen": answer.context["seen"]}
    assert grace_in.post(address, kept).status_code == 302
    ada.refresh_from_db()
    assert ada.name == "Ada King"


def test_a_customer_is_made_by_hand(grace_in: Client, ada: Customer) -> None:
    sent = {"kind": "phone", "value": "+49 30 1234567", "name": "Charles Babbage", "tags": "vip"}
    made = grace_in.post("/customers/new/", sent)
    charles = Customer.objects.get(name="Charles Babbage")
    assert made.headers["Location"] == f"/customers/{charles.pk}/"
    assert charles.identities.get().value == "+49301234567" and charles.tags == ["vip"]
    claimed = grace_in.post("/customers/new/", {"kind": "email", "value": "ada@example.org", "name": "Ada II"})
    assert claimed.status_code == 422 and f"/customers/{ada.pk}/" in claimed.content.decode()
    assert not Customer.objects.filter(name="Ada II").exists()


def test_identities_are_added_claimed_moved_and_removed(grace_in: Client, ada: Customer) -> None:
    address = f"/customers/{ada.pk}/identities/"
    added = grace_in.post(address, {"kind": "phone", "value": "+49 30 1234567"}, headers=HTMX)
    assert added.status_code == 200 and "+49 30 1234567" in added.content.decode()
    assert grace_in.post(address, {"kind": "phone", "value": "12"}, headers=HTMX).status_code == 422
    charles = identify("email", "charles@example.org", name="Charles", proved_by=ProvedBy.HEADER).customer
    asked = grace_in.post(address, {"kind": "email", "value": "charles@example.org"}, headers=HTMX)
    words = asked.content.decode()
    assert (
        asked.status_code == 422
        and f"/customers/{ada.pk}/merge/?other={charles.pk}" in words
        and "Move it here" in words
    )
    taken = {"kind": "email", "value": "charles@example.org", "take_over": "on"}
    assert grace_in.post(address, taken, headers=HTMX).status_code == 200
    moved = Identity.objects.get(value="charles@example.org")
    assert moved.customer == ada
    identify("email", "mary@example.org", name="Mary")
    proved = grace_in.post(address, {"kind": "email", "value": "mary@example.org", "take_over": "on"}, headers=HTMX)
    assert proved.status_code == 422 and "Move it here" not in proved.content.decode()
    assert grace_in.post(f"{address}{moved.pk}/removal/", headers=HTMX).status_code == 200
    assert not Identity.objects.filter(pk=moved.pk).exists()
    other = Identity.objects.get(value="mary@example.org")
    assert grace_in.post(f"{address}{other.pk}/removal/", headers=HTMX).status_code == 404


def test_a_customer_proves_an_address_without_signing_in(client: Client, ada: Customer, grace: User) -> None:
    work = add_identity(ada, "email", "ada@work.example", actor=Actor.agent(grace))
    client.force_login(grace)
    assert client.post(f"/customers/{ada.pk}/identities/{work.pk}/link/", headers=HTMX).status_code == 200
    client.logout()
    ada.language = "de"
    ada.save()
    address = f"/identity/{token_of(work.links.get())}/"
    looked = client.get(address)
    assert looked.status_code == 200 and "ada@work.example" in looked.content.decode()
    work.refresh_from_db()
    assert not work.is_verified
    assert client.post(address).status_code == 200
    work.refresh_from_db()
    assert work.proved_by == "one_time_link"
    assert client.get(address).status_code == client.post(address).status_code == 410
    assert client.get("/identity/1.aaaaaaaaaaaaaaaa/").status_code == 404


def test_an_old_link_proves_nothing(client: Client, ada: Customer, grace: User) -> None:
    work = add_identity(ada, "email", "ada@work.example", actor=Actor.agent(grace))
    link = send_link(work, actor=Actor.agent(grace))
    link.expires_at = link.created_at
    link.save()
    assert client.post(f"/identity/{token_of(link)}/").status_code == 410
    work.refresh_from_db()
    assert not work.is_verified


def test_dates_come_and_go(grace_in: Client, ada: Customer) -> None:
    address = f"/customers/{ada.pk}/dates/"
    added = grace_in.post(address, {"label": "Birthday", "day": "1815-12-10", "is_yearly": "on"}, headers=HTMX)
    assert added.status_code == 200 and "Birthday" in added.content.decode()
    assert grace_in.post(address, {"label": "", "day": "soon"}, headers=HTMX).status_code == 422
    date = ada.important_dates.get()
    assert grace_in.post(f"{address}{date.pk}/removal/").status_code == 302
    assert not ada.important_dates.exists()


def test_a_picture_is_shown_to_staff_only(client: Client, ada: Customer, grace: User) -> None:
    address = f"/customers/{ada.pk}/picture/"
    client.force_login(grace)
    assert client.get(address).status_code == 404
    upload = SimpleUploadedFile("ada.png", picture(), "image/png")
    shown = client.post(address, {"picture": upload}, headers=HTMX)
    assert shown.status_code == 200 and f'src="{address}?v=' in shown.content.decode()
    served = client.get(address)
    assert served["Content-Type"] == "image/webp" and served.content[:4] == b"RIFF"
    assert "sandbox" in served["Content-Security-Policy"] and "private" in served["Cache-Control"]
    hostile = SimpleUploadedFile("ada.png", b"<svg onload=alert(1)>", "image/png")
    refused = client.post(address, {"picture": hostile}, headers=HTMX)
    assert refused.status_code == 422 and "no picture" in refused.content.decode()
    assert client.post(address, {}, headers=HTMX).status_code == 422
    client.post(address, {"remove": "1"})
    ada.refresh_from_db()
    assert ada.avatar == ""
    client.logout()
    assert client.get(address).status_code == 302


def test_suggestions_are_what_others_have(grace_in: Client, ada: Customer, grace: User) -> None:
    for name in ("Engines Ltd", "Ängine AG", "100% Cotton"):
        Organisation.objects.create(name=name)
    change_customer(ada, {"tier": "Gold", "tags": ["vip", "early_bird"]}, actor=Actor.agent(grace))
    ask = "/customers/suggestions/?field="
    assert "Engines Ltd" in grace_in.get(f"{ask}organisation&organisation=engin").content.decode()
    assert "Ängine AG" in grace_in.get(f"{ask}organisation&organisation=angi").content.decode()
    assert "Gold" in grace_in.get(f"{ask}tier&tier=g").content.decode()
    assert "Gold" not in grace_in.get(f"{ask}tier&tier=%25").content.decode()
    assert "early_bird" in grace_in.get(f"{ask}tags&tags=vip, ear").content.decode()
    assert grace_in.get(f"{ask}password").status_code == 404


def test_other_departments_do_without_internal_fields(client: Client, ada: Customer, grace: User) -> None:
    CustomField.objects.create(of="customer", key="risk", title="Risk of loss", kind="text", is_internal=True)
    change_customer(ada, {"custom_fields.risk": "quite high"}, actor=Actor.agent(grace))
    client.force_login(staff("sales@onethread.test", "Sales", Role.COMPANY))
    page = client.get(f"/customers/{ada.pk}/").content.decode()
    assert "Risk of loss" not in page and "quite high" not in page
    assert client.post(f"/customers/{ada.pk}/record/", {"field": "tier", "tier": "x"}).status_code == 403
    client.force_login(grace)
    assert "quite high" in client.get(f"/customers/{ada.pk}/").content.decode()


def test_merged_and_erased_records_have_no_page(grace_in: Client, ada: Customer) -> None:
    other = identify("email", "other@example.org").customer
    Customer.objects.filter(pk=other.pk).update(merged_into=ada)
    assert grace_in.get(f"/customers/{other.pk}/").headers["Location"] == f"/customers/{ada.pk}/"
    assert grace_in.get(f"/customers/{other.pk}/record/").status_code == 404


@pytest.mark.parametrize("seen", ["[" * 100_000, '{"tags": "5"}', '{"tags": "null"}', '{"tags": "no json"}'])
def test_a_form_that_none_of_ours_has_written_takes_nothing_away(grace_in: Client, ada: Customer, seen: str) -> None:
    Customer.objects.filter(pk=ada.pk).update(tags=["vip"])
    answer = grace_in.post(f"/customers/{ada.pk}/edit/", {"seen": seen, "name": "Ada", "tags": "vip, new"})
    assert answer.status_code == 302
    ada.refresh_from_db()
    assert (ada.name, sorted(ada.tags)) == ("Ada", ["new", "vip"])
    company = Organisation.objects.create(name="Engines", tags=["vip"])
    address = f"/customers/organisations/{company.pk}/"
    assert grace_in.post(f"{address}edit/", {"seen": seen, "name": "Engines", "tags": "vip"}).status_code == 302
    assert grace_in.post(f"{address}members/", {"address": "a\0b"}).status_code == 302
