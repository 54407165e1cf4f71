"""Admins add fields; what records say goes along when options are renamed and fields deleted."""

from __future__ import annotations

import pytest
from django.test import Client

from customers.actors import Actor
from customers.errors import Problems
from customers.field_upkeep import change_field, create_field, delete_field, move_field, use_of
from customers.models import Customer, CustomField
from customers.record import change_customer
from helpdesk.accounts.models import User

pytestmark = pytest.mark.django_db


def values(**more: object) -> dict[str, object]:
    return {"of": "customer", "kind": "text", "title": "Shoe size", **more}


def colours(kind: str) -> CustomField:
    return create_field(values(kind=kind, title="Colours", options=["Red", "Green", "Blue"]))


def test_a_field_gets_its_key_from_its_title() -> None:
    field = create_field(values(title="Länge (cm)"))
    assert (field.key, field.position) == ("lange_cm", 0)
    assert create_field(values(title="Other")).position == 1
    assert create_field(values(key="Order No.", title="Order number")).key == "order_no"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"title": " "}, "key"),
        ({"title": " ", "key": "size"}, "title"),
        ({"key": "1st"}, "key"),
        ({"kind": "regexp", "pattern": "(", "key": "a"}, "pattern"),
        ({"kind": "regexp", "pattern": ""}, "pattern"),
        ({"kind": "dropdown", "options": ["", " "]}, "options"),
        ({"kind": "dropdown", "options": ["Red", "red"]}, "options"),
        ({"kind": "multiselect", "options": ["Red; or so"]}, "options"),
    ],
)
def test_what_no_field_can_be_is_refused_at_its_place(wrong: dict[str, object], field: str) -> None:
    with pytest.raises(Problems) as refused:
        create_field(values(**wrong))
    assert set(refused.value.by_field) == {field} and not CustomField.objects.exists()


def test_two_fields_of_one_record_have_two_keys() -> None:
    create_field(values())
    with pytest.raises(Problems, match="already"):
        create_field(values())
    assert create_field(values(of="organisation")).key == "shoe_size"


@pytest.mark.parametrize("kind", ["dropdown", "multiselect"])
def test_renamed_options_keep_their_values(ada: Customer, grace: User, kind: str) -> None:
    field = colours(kind)
    chosen = ["Red", "Blue"] if kind == "multiselect" else "Red"
    change_customer(ada, {"custom_fields.colours": chosen}, actor=Actor.agent(grace))
    # Two that change their names with each other, one that goes.
    sent = values(options=["Blue", "", "Red"])
    change_field(field, sent, was=["Red", "Green", "Blue"])
    ada.refresh_from_db()
    assert ada.custom_fields["colours"] == (["Blue", "Red"] if kind == "multiselect" else "Blue")
    field.refresh_from_db()
    assert field.options == ["Blue", "Red"]


def test_fields_are_put_in_order() -> None:
    fields = [create_field(values(title=title)) for title in ("One", "Two", "Three")]
    move_field(fields[2], 0)
    assert list(CustomField.objects.values_list("title", flat=True)) == ["Three", "One", "Two"]
    move_field(fields[2], 99)
    assert list(CustomField.objects.values_list("title", flat=True)) == ["One", "Two", "Three"]


def test_a_deleted_field_takes_its_values_along(ada: Customer, grace: User) -> None:
    field = create_field(values())
    change_customer(ada, {"custom_fields.shoe_size": "38"}, actor=Actor.agent(grace))
    assert use_of(field) == delete_field(field) == 1
    ada.refresh_from_db()
    assert ada.custom_fields == {}


def test_admins_keep_fields_through_the_settings(client: Client, radia: User, ada: Customer) -> None:
    client.force_login(radia)
    new = {"of": "customer", "kind": "dropdown", "title": "Plan", "option": ["Free", "Team", ""], "was": ["", "", ""]}
    assert client.post("/settings/customer-fields/new/", {**new, "is_active": "on"}).status_code == 302
    field = CustomField.objects.get()
    assert (field.key, field.options, field.is_active) == ("plan", ["Free", "Team"], True)
    change_customer(ada, {"custom_fields.plan": "team"}, actor=Actor.agent(radia))
    address = f"/settings/customer-fields/{field.pk}/"
    assert "1 record has a value" in client.get(address).content.decode()
    sent = {"title": "Plan", "option": ["Free", "Team XL"], "was": ["Free", "Team"], "is_active": "on"}
    assert client.post(address, sent).status_code == 302
    ada.refresh_from_db()
    assert ada.custom_fields == {"plan": "Team XL"}
    wrong = client.post(address, {**sent, "option": ["", ""]})
    assert wrong.status_code == 422 and "something to choose from" in wrong.content.decode()
    assert client.post(f"{address}activity/", {"active": "0"}, headers={"HX-Request": "true"}).status_code == 200
    field.refresh_from_db()
    assert not field.is_active
    assert client.post(f"{address}position/", {"step": "1"}).status_code == 302
    assert client.post(f"{address}deletion/").status_code == 302
    assert not CustomField.objects.exists()
