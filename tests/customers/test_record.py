"""One service changes records: all fields or none, each change on the record's audit, nobody's change undone unseen."""

from __future__ import annotations

import pytest

from customers.actors import Actor
from customers.errors import Problems, Refused
from customers.models import Customer, CustomField, FieldKind, FieldOf, Organisation, RecordEvent
from customers.record import (
    Stale,
    change_customer,
    change_organisation,
    create_customer,
    create_organisation,
    seen_of,
)
from helpdesk.accounts.models import User

pytestmark = pytest.mark.django_db


def audit(subject: Customer | Organisation) -> list[tuple[str, object, object]]:
    of = {"customer": subject} if isinstance(subject, Customer) else {"organisation": subject}
    events = RecordEvent.objects.filter(**of, kind="record.changed")
    return [(event.payload["field"], event.payload["old"], event.payload["new"]) for event in events]


def test_each_changed_field_is_one_event(ada: Customer, grace: User) -> None:
    engines = Organisation.objects.create(name="Engines Ltd")
    values = {
        "name": "  Ada   King ",
        "pronouns": "she/her",
        "organisation": "engines ltd",
        "language": "DE",
        "time_zone": "europe/london",
        "owner": str(grace.pk),
        "tags": "VIP, early  bird, vip",
        "notes": "Likes\r\nnumbers",
        "preferred_channel": "email",
        "location": "",
    }
    changed = change_customer(ada, values, actor=Actor.agent(grace))
    ada.refresh_from_db()
    assert changed == ada
    assert (ada.name, ada.pronouns, ada.organisation, ada.owner) == ("Ada King", "she/her", engines, grace)
    assert (ada.language, ada.time_zone, ada.tags) == ("de", "Europe/London", ["vip", "early_bird"])
    assert (ada.notes, ada.preferred_channel) == ("Likes\nnumbers", "email")
    assert audit(ada) == [
        ("name", "Ada Lovelace", "Ada King"),
        ("pronouns", "", "she/her"),
        ("organisation", None, "Engines Ltd"),
        ("language", "", "de"),
        ("time_zone", "", "Europe/London"),
        ("owner", None, "Grace Hopper"),
        ("tags", [], ["vip", "early_bird"]),
        ("notes", "", "Likes\nnumbers"),
        ("preferred_channel", "", "email"),
    ]
    event = RecordEvent.objects.filter(customer=ada).latest("pk")
    assert (event.actor_kind, event.actor_user, event.actor_name) == ("user", grace, "Grace Hopper")


def test_nothing_changed_is_no_event(ada: Customer, grace: User) -> None:
    before = ada.updated_at
    change_customer(ada, {"name": "Ada Lovelace", "organisation": "", "tags": []}, actor=Actor.agent(grace))
    ada.refresh_from_db()
    assert ada.updated_at == before and not audit(ada)


def test_one_refused_field_keeps_all_others_as_they_were(ada: Customer, grace: User, linus: User) -> None:
    wrong = {
        "name": "Ada King",
        "pronouns": "x" * 41,
        "organisation": "Nobody & Sons",
        "language": "klingon",
        "time_zone": "Mars/Olympus",
        "owner": linus.pk,
        "preferred_channel": "pigeon",
        "shoe_size": "38",
        "custom_fields.shoe_size": "38",
    }
    with pytest.raises(Problems) as refused:
        change_customer(ada, wrong, actor=Actor.agent(grace))
    assert set(refused.value.by_field) == set(wrong) - {"name"}
    ada.refresh_from_db()
    assert ada.name == "Ada Lovelace" and not audit(ada)


def test_custom_fields_keep_what_their_kind_stores(ada: Customer, grace: User) -> None:
    for key, kind in (("seats", FieldKind.INTEGER), ("renewal", FieldKind.DATE)):
        CustomField.objects.create(of=FieldOf.CUSTOMER, key=key, title=key, kind=kind)
    values = {"custom_fields.seats": "12", "custom_fields.renewal": "31.03.2027"}
    change_customer(ada, values, actor=Actor.agent(grace))
    change_customer(ada, {"custom_fields.seats": ""}, actor=Actor.agent(grace))
    ada.refresh_from_db()
    assert ada.custom_fields == {"renewal": "2027-03-31"}
    assert audit(ada) == [
        ("custom_fields.seats", None, 12),
        ("custom_fields.renewal", None, "2027-03-31"),
        ("custom_fields.seats", 12, None),
    ]


def test_a_field_switched_off_takes_nothing(ada: Customer, grace: User) -> None:
    CustomField.objects.create(of=FieldOf.CUSTOMER, key="seats", title="Seats", kind="integer", is_active=False)
    with pytest.raises(Problems):
        change_customer(ada, {"custom_fields.seats": "12"}, actor=Actor.agent(grace))


def test_who_saw_an_older_value_is_asked(ada: Customer, grace: User, alan: User) -> None:
    seen = {"tier": seen_of(""), "location": seen_of("")}
    change_customer(ada, {"tier": "Gold"}, actor=Actor.agent(alan))
    with pytest.raises(Stale) as stale:
        change_customer(ada, {"tier": "Silver", "location": "London"}, actor=Actor.agent(grace), seen=seen)
    assert (stale.value.field, stale.value.now) == ("tier", '"Gold"')
    assert "Alan Turing" in str(stale.value) and "Gold" in str(stale.value)
    ada.refresh_from_db()
    assert (ada.tier, ada.location) == ("Gold", "")
    kept = change_customer(ada, {"tier": "Silver"}, actor=Actor.agent(grace), seen={"tier": stale.value.now})
    assert kept.tier == "Silver"


def test_a_form_changes_only_what_its_writer_changed(ada: Customer, grace: User, alan: User) -> None:
    seen = {"tier": seen_of(""), "location": seen_of("")}
    change_customer(ada, {"tier": "Gold"}, actor=Actor.agent(alan))
    change_customer(ada, {"tier": "", "location": "London"}, actor=Actor.agent(grace), seen=seen)
    ada.refresh_from_db()
    assert (ada.tier, ada.location) == ("Gold", "London")


def test_merged_and_erased_records_are_left_alone(ada: Customer, grace: User) -> None:
    other = create_customer({"name": "Charles"}, actor=Actor.agent(grace))
    Customer.objects.filter(pk=ada.pk).update(merged_into=other)
    with pytest.raises(Refused, match="merged"):
        change_customer(ada, {"name": "X"}, actor=Actor.agent(grace))


def test_a_new_record_says_who_made_it(grace: User) -> None:
    customer = create_customer({"name": "Charles Babbage", "tags": ["vip"]}, actor=Actor.agent(grace))
    assert RecordEvent.objects.get(customer=customer).kind == "record.created"
    with pytest.raises(Problems):
        create_customer({"language": "klingon"}, actor=Actor.agent(grace))
    assert Customer.objects.count() == 1


def test_organisations_take_domains_and_keep_their_names_apart(grace: User) -> None:
    engines = create_organisation({"name": "Engines Ltd", "domains": "@Engines.example, "}, actor=Actor.agent(grace))
    assert engines.domains == ["engines.example"]
    with pytest.raises(Problems) as refused:
        create_organisation({"name": "Engines Ltd"}, actor=Actor.agent(grace))
    assert set(refused.value.by_field) == {"name"}
    with pytest.raises(Problems):
        create_organisation({}, actor=Actor.agent(grace))
    with pytest.raises(Problems, match="no domain"):
        change_organisation(engines, {"domains": "not a domain!"}, actor=Actor.agent(grace))


def test_no_company_is_above_itself(grace: User) -> None:
    actor = Actor.agent(grace)
    top, middle, bottom = (create_organisation({"name": name}, actor=actor) for name in ("Top", "Middle", "Bottom"))
    change_organisation(middle, {"parent": top}, actor=actor)
    change_organisation(bottom, {"parent": "middle"}, actor=actor)
    for above in (top, middle, bottom):
        with pytest.raises(Problems, match="neither can be above"):
            change_organisation(top, {"parent": above}, actor=actor)
    assert audit(bottom) == [("parent", None, "Middle")]
