"""The first minutes of an installation: one admin account, made once, by whoever is first."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection
from django.http import Http404
from django.test import Client

from helpdesk.accounts.models import Role, User
from helpdesk.accounts.setup import create_first_admin

ANSWERS = {"name": "Radia Perlman", "email": "Radia@Onethread.test", "password": "spanning-tree-1985"}


@pytest.mark.django_db
def test_an_empty_house_asks_for_its_admin(client: Client) -> None:
    assert client.get("/", follow=True).redirect_chain == [("/setup/", 302)]
    answer = client.post("/setup/", ANSWERS)
    assert (answer.status_code, answer["Location"]) == (302, "/settings/inboxes/new/")
    admin = User.objects.get()
    assert (admin.email, admin.role, admin.check_password("spanning-tree-1985")) == (
        "radia@onethread.test",
        Role.ADMIN,
        True,
    )
    assert client.get("/settings/inboxes/new/").status_code == 200


@pytest.mark.django_db
@pytest.mark.parametrize(("field", "value"), [("email", "radia"), ("name", ""), ("password", "short")])
def test_wrong_answers_are_said_at_the_field(client: Client, field: str, value: str) -> None:
    answer = client.post("/setup/", {**ANSWERS, field: value})
    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == [field]
    assert not User.objects.exists()


def test_a_house_with_people_has_no_setup(client: Client, grace: User) -> None:
    assert client.get("/setup/").status_code == 404
    assert client.post("/setup/", ANSWERS).status_code == 404
    assert User.objects.count() == 1


def test_nobody_signs_up(client: Client, grace: User) -> None:
    client.post("/accounts/signup/", {"email": "mallory@example.com", "password1": "x" * 12, "password2": "x" * 12})
    assert User.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_two_people_at_the_same_moment_make_one_admin() -> None:
    start = threading.Barrier(2)

    def make(email: str) -> bool:
        start.wait()
        try:
            create_first_admin(name="Radia", email=email, password="spanning-tree-1985")
        except Http404:
            return False
        else:
            return True
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(make, ["one@onethread.test", "two@onethread.test"])) == [False, True]
    assert User.objects.count() == 1


def test_staff_sign_in_by_address_without_regard_to_case(client: Client, grace: User) -> None:
    answer = client.post("/accounts/login/", {"login": "Grace@Onethread.TEST", "password": "demo"})
    assert (answer.status_code, answer["Location"]) == (302, "/agent/")
    client.post("/accounts/logout/")
    assert client.get("/agent/").status_code == 302


def test_a_deactivated_person_cannot_sign_in(client: Client, grace: User) -> None:
    grace.is_active = False
    grace.save()
    client.post("/accounts/login/", {"login": grace.email, "password": "demo"})
    assert client.get("/agent/").status_code == 302
