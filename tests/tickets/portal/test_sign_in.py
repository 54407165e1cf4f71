"""Signing in by a link: for whoever reads the mail, once, for an hour, and telling nobody who is a customer."""

from __future__ import annotations

from datetime import timedelta
from unittest import mock

import pytest
from django.test import Client
from django.utils import timezone

from customers.actors import Actor
from customers.identities import add_identity, remove_identity
from customers.merging import merge, undo
from customers.models import Customer, Identity, RecordEvent
from helpdesk.accounts.models import User
from knowledge_base.models import HelpCentre
from tests.tickets.portal.conftest import SignIn, link_for
from tickets.models import Inbox, SignInLink, Ticket
from tickets.portal import links
from tickets.portal.links import ask_for_link, forget_old_links, link_address, token_of
from tickets.portal.sessions import IDENTITY

pytestmark = pytest.mark.django_db


def ask(client: Client, email: str, **more: str) -> int:
    return client.post("/requests/sign-in/", {"email": email, **more}).status_code


def test_the_answer_is_the_same_for_every_address(ada: Customer, client: Client) -> None:
    known = client.post("/requests/sign-in/", {"email": "ada@example.org"}).content.decode()
    unknown = client.post("/requests/sign-in/", {"email": "who@example.org"}).content.decode()
    again = client.post("/requests/sign-in/", {"email": "who@example.org"}).content.decode()
    assert known.replace("ada@", "who@") == unknown == again
    assert list(SignInLink.objects.values_list("email", flat=True)) == ["ada@example.org", "who@example.org"]


def test_no_address_no_link(client: Client) -> None:
    for bad in ("", "nobody", "a@b\r\nBcc: c@d.example", "x" * 250 + "@example.org", "a\0@example.org"):
        assert ask(client, bad) == 422, bad
    assert not SignInLink.objects.exists()


def test_looking_at_the_link_signs_nobody_in_and_the_button_does(ada: Customer, client: Client) -> None:
    link = link_for("ada@example.org")
    path = f"/requests/sign-in/{token_of(link)}/"
    assert "ada@example.org" in client.get(path).content.decode()
    assert client.get("/requests/").status_code == 302
    assert client.post(path).headers["Location"] == "/requests/"
    assert client.get("/requests/").status_code == 200
    assert Identity.objects.get(pk=client.session[IDENTITY]).customer == ada


def test_a_link_works_once(ada: Customer, client: Client) -> None:
    path = f"/requests/sign-in/{token_of(link_for('ada@example.org'))}/"
    client.post(path)
    another = Client()
    assert another.get(path).status_code == another.post(path).status_code == 410
    assert another.get("/requests/").status_code == 302


def test_following_it_again_leads_on_in_the_browser_that_it_signed_in(
    ada: Customer, eve: Customer, sign_in: SignIn, client: Client
) -> None:
    path = f"/requests/sign-in/{token_of(link_for('ada@example.org', next_path='/requests/?only=open'))}/"
    client.post(path)
    again = client.get(path)
    assert (again.status_code, again["Location"]) == (302, "/requests/?only=open")
    assert sign_in("eve@elsewhere.example").get(path).status_code == 410  # whoever else is signed in


def test_using_one_makes_the_others_void(ada: Customer, client: Client) -> None:
    first = link_for("ada@example.org")
    SignInLink.objects.update(created_at=timezone.now() - timedelta(minutes=5))
    client.post(f"/requests/sign-in/{token_of(link_for('ada@example.org'))}/")
    assert Client().post(f"/requests/sign-in/{token_of(first)}/").status_code == 410


def test_a_link_is_good_for_an_hour(ada: Customer, client: Client) -> None:
    link = link_for("ada@example.org")
    SignInLink.objects.update(expires_at=timezone.now())
    response = client.post(f"/requests/sign-in/{token_of(link)}/")
    assert response.status_code == 410 and "ada@example.org" in response.content.decode()  # to ask for another one


def test_nobody_can_make_a_link(ada: Customer, client: Client) -> None:
    link = link_for("ada@example.org")
    number, _dot, mac = token_of(link).partition(".")
    made_up = [f"{number}.{'a' * 16}", f"{int(number) + 1}.{mac}", number, f"{number}.", "é.é", f"{'9' * 30}.{mac}"]
    for token in made_up:
        assert client.get(f"/requests/sign-in/{token}/").status_code == 404, token
    SignInLink.objects.update(email="eve@elsewhere.example")
    assert client.post(f"/requests/sign-in/{number}.{mac}/").status_code == 404


def test_an_address_nobody_has_is_a_new_customers(client: Client, sign_in: SignIn) -> None:
    assert b"No requests yet" in sign_in("new@example.org").get("/requests/").content
    identity = Identity.objects.get(value="new@example.org")
    assert (identity.proved_by, identity.customer.name) == ("one_time_link", "new")


def test_a_claimed_address_is_proved_by_it(ada: Customer, grace: User, sign_in: SignIn) -> None:
    add_identity(ada, "email", "ada@work.example", actor=Actor.agent(grace))
    client = sign_in("Ada@Work.example ")
    assert Identity.objects.get(pk=client.session[IDENTITY]).customer == ada
    assert Identity.objects.get(value="ada@work.example").is_verified
    assert RecordEvent.objects.filter(customer=ada, kind="identity.proved").exists()


def test_one_link_a_minute_and_five_an_hour(ada: Customer) -> None:
    now = timezone.now()
    made = [
        ask_for_link("ada@example.org", language="en", now=now + timedelta(minutes=2 * n)) is not None for n in range(7)
    ]
    assert made == [True] * 5 + [False] * 2
    assert ask_for_link("ada@example.org", language="en", now=now + timedelta(minutes=61))
    assert ask_for_link("ada@example.org", language="en", now=now + timedelta(minutes=61, seconds=30)) is None


def test_a_network_that_asks_for_everybody_is_told_to_wait(client: Client) -> None:
    answers = [ask(client, f"a{n}@example.org") for n in range(25)]
    assert answers == [200] * 20 + [429] * 5
    assert SignInLink.objects.count() == 20


def test_our_own_inboxes_get_no_links(support: Inbox, client: Client) -> None:
    assert ask(client, support.address.upper()) == 200
    assert ask(client, support.address.replace("@", "+any@")) == 200
    assert not SignInLink.objects.exists()


@pytest.mark.parametrize(
    ("wanted", "led_to"),
    [
        ("/requests/1001/", "/requests/1001/"),
        ("/hc/en/articles/7-pumps/", "/hc/en/articles/7-pumps/"),
        ("https://evil.example/requests/", "/requests/"),
        ("//evil.example/requests/", "/requests/"),
        ("/requests/../agent/\r\nX: y", "/requests/"),
        ("/agent/", "/requests/"),
        ("/requests/" + "x" * 400, "/requests/"),
    ],
)
def test_the_link_leads_back_to_our_own_pages_only(wanted: str, led_to: str, ada: Customer, client: Client) -> None:
    ask(client, "ada@example.org", next=wanted)
    response = client.post(f"/requests/sign-in/{token_of(SignInLink.objects.get())}/")
    assert response.headers["Location"] == led_to


def test_the_link_is_of_the_help_centre_where_they_asked(ada: Customer, settings: object) -> None:
    settings.PUBLIC_URL = "https://desk.example.org"  # type: ignore[attr-defined]
    brand = HelpCentre.objects.create(name="Brand", host="help.brand.example", languages=["en"])
    link = ask_for_link("ada@example.org", language="en", centre=brand)
    assert link and link_address(link).startswith("https://help.brand.example/requests/sign-in/")
    assert link_address(link_for("eve@example.org")).startswith("https://desk.example.org/requests/sign-in/")


def test_the_session_changes_its_key_and_ends_with_signing_out(ada: Customer, client: Client) -> None:
    client.get("/requests/sign-in/")
    session = client.session
    session["something"] = "else"
    session.save()
    client.cookies["sessionid"] = before = session.session_key or ""
    client.post(f"/requests/sign-in/{token_of(link_for('ada@example.org'))}/")
    inside = client.cookies["sessionid"].value
    assert inside != before
    client.post("/requests/sign-out/")
    assert client.get("/requests/").status_code == 302
    client.cookies["sessionid"] = inside
    assert client.get("/requests/").status_code == 302


def test_a_session_lasts_thirty_days(adas: Client) -> None:
    later = timezone.now() + timedelta(days=31)
    with mock.patch("tickets.portal.sessions.timezone.now", return_value=later):
        assert adas.get("/requests/").status_code == 302


def test_staff_and_customer_in_one_browser_do_not_mix(adas: Client, grace: User, ada: Customer) -> None:
    adas.force_login(grace)
    assert adas.get("/agent/").status_code == 200
    client = Client()
    client.force_login(grace)
    assert client.get("/requests/").status_code == 302  # an agent is no customer


def test_a_merged_customer_goes_on_as_the_survivor(adas: Client, adas_ticket: Ticket, ada: Customer, eve: Customer,
                                                   grace: User) -> None:  # fmt: skip
    merge(eve, ada, actor=Actor.agent(grace), confirmed=True)
    assert adas.get(f"/requests/{adas_ticket.pk}/").status_code == 200


def test_who_was_merged_by_mistake_sees_only_their_own_again(
    eve: Customer, adas_ticket: Ticket, ada: Customer, sign_in: SignIn, grace: User
) -> None:
    mistake = merge(ada, eve, actor=Actor.agent(grace), confirmed=True)
    eves = sign_in("eve@elsewhere.example")
    assert eves.get(f"/requests/{adas_ticket.pk}/").status_code == 200
    undo(mistake, actor=Actor.agent(grace))
    assert eves.get(f"/requests/{adas_ticket.pk}/").status_code == 404


def test_an_address_that_was_taken_away_is_signed_out(adas: Client, ada: Customer, grace: User) -> None:
    remove_identity(ada.identities.get(), actor=Actor.agent(grace))
    assert adas.get("/requests/").status_code == 302


def test_an_erased_customer_is_signed_out(adas: Client, ada: Customer) -> None:
    Customer.objects.filter(pk=ada.pk).update(erased_at=timezone.now())
    assert adas.get("/requests/").status_code == 302


def test_forms_need_our_own_page(ada: Customer) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert ask(strict, "ada@example.org") == 403
    assert strict.post(f"/requests/sign-in/{token_of(link_for('ada@example.org'))}/").status_code == 403


def test_old_links_are_forgotten(ada: Customer) -> None:
    link_for("ada@example.org")
    assert forget_old_links(now=timezone.now()) == 0
    assert forget_old_links(now=timezone.now() + links.KEPT_FOR + timedelta(hours=1)) == 1
    assert not SignInLink.objects.exists()
