"""What customers allow, and that no mail passes the door without it."""

from __future__ import annotations

from email import message_from_bytes
from pathlib import Path

import pytest
from django.core import mail as django_mail
from django.test import Client
from django.utils import timezone

from channels_app import sending, transport
from channels_app.adapters.email.render import CannotRender, render
from channels_app.models import Delivery
from channels_app.stored_mail import StoredMail
from customers.actors import Actor
from customers.consent import may_contact, refusing, set_consent, standings, unwilling
from customers.identify import identify
from customers.models import Consent, ContactChannel, Customer, Purpose, RecordEvent
from customers.preferences import preferences_address, read_token, token_of, unsubscribe_address
from helpdesk.accounts.models import User
from tickets import services
from tickets.models import DeliveryState, Message, Ticket
from tickets.services.recipients import Recipients

pytestmark = pytest.mark.django_db
EMAIL, ADDRESS = ContactChannel.EMAIL, "ada@example.org"


def say(customer: Customer, purpose: str, is_given: bool, user: User, evidence: str = "told me by phone") -> None:
    set_consent(customer, EMAIL, purpose, is_given, actor=Actor.agent(user), evidence=evidence)


def test_what_holds_when_nothing_was_said(ada: Customer) -> None:
    assert [(it.purpose, it.is_given) for it in standings(ada)] == [
        ("support", True), ("survey", True), ("outreach", False),
    ]  # fmt: skip
    assert refusing([ADDRESS, "nobody@example.net"], EMAIL, Purpose.SUPPORT) == []
    assert refusing([ADDRESS, "nobody@example.net"], EMAIL, Purpose.OUTREACH) == [ADDRESS, "nobody@example.net"]


def test_the_newest_word_holds_and_each_is_kept(ada: Customer, grace: User) -> None:
    say(ada, "outreach", True, grace)
    say(ada, "outreach", False, grace)
    assert not may_contact(ada, EMAIL, "outreach")
    assert list(Consent.objects.values_list("is_given", "source", "actor_name")) == [
        (True, "agent", "Grace Hopper"), (False, "agent", "Grace Hopper"),
    ]  # fmt: skip
    assert set_consent(ada, EMAIL, "outreach", False, actor=Actor.agent(grace)) is None
    assert RecordEvent.objects.filter(customer=ada, kind="consent.changed").count() == 2


def test_many_customers_at_once_are_asked_as_each_would_be(ada: Customer, grace: User) -> None:
    mary = identify("email", "mary@example.org").customer
    say(ada, "support", False, grace)
    say(mary, "outreach", True, grace)
    for purpose in Purpose.values:
        refused = {each.pk for each in (ada, mary) if not may_contact(each, EMAIL, purpose)}
        assert unwilling([ada.pk, mary.pk], EMAIL, purpose) == refused


def test_an_address_is_known_however_it_is_written(ada: Customer, grace: User) -> None:
    other = identify("email", "ada@bücher.example").customer
    say(other, "support", False, grace)
    assert refusing(["Ada@xn--bcher-kva.example", "ADA@Example.org"], EMAIL, "support") == ["Ada@xn--bcher-kva.example"]


def test_a_reply_to_someone_who_wants_none_is_refused_and_nothing_is_lost(
    adas_ticket: Ticket, ada: Customer, grace: User
) -> None:
    say(ada, "support", False, grace)
    before = Message.objects.count()
    with pytest.raises(services.Refused, match="does not want to be written to"):
        services.add_reply(adas_ticket, "<p>Hello</p>", actor=Actor.agent(grace))
    assert Message.objects.count() == before and not Delivery.objects.exists()


def test_what_was_queued_before_is_stopped_at_the_door(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    message = services.add_reply(
        adas_ticket, "<p>Hello</p>", actor=Actor.agent(grace), recipients=Recipients((ADDRESS,), ("mary@example.org",))
    )
    say(ada, "support", False, grace)
    delivery = Delivery.objects.get(message=message)
    Delivery.objects.update(due_at=timezone.now())
    assert sending.deliver(delivery.pk)
    assert [sent.to for sent in django_mail.outbox] == [["mary@example.org"]]
    message.refresh_from_db()
    assert message.delivery_state == DeliveryState.FAILED
    assert (
        "ada@example.org: Not sent" in message.delivery_detail and "other recipients have it" in message.delivery_detail
    )


def test_the_door_asks_whoever_knocks(ada: Customer) -> None:
    mail = StoredMail(b"Subject: News\r\n\r\nNews\r\n", "news@onethread.test", [ADDRESS], purpose=Purpose.OUTREACH)
    result = transport.send(mail)
    assert result.refused[ADDRESS]["final"] and django_mail.outbox == []


def test_there_is_no_other_door() -> None:
    """Whatever hands mail to a backend is in transport.py; allauth writes to staff alone."""
    home = Path(transport.__file__).parents[1]
    apps = ("channels_app", "customers", "helpdesk", "knowledge_base", "metrics", "tickets")
    senders = [
        path.relative_to(home).as_posix()
        for app in apps
        for path in (home / app).rglob("*.py")
        if any(call in path.read_text() for call in (".send_messages(", "send_mail(", ".sendmail("))
    ]
    assert sorted(senders) == ["channels_app/transport.py"]


def test_news_can_be_stopped_by_the_mail_programs_button(
    adas_ticket: Ticket, ada: Customer, grace: User, client: Client
) -> None:
    say(ada, "outreach", True, grace)
    message = services.add_reply(adas_ticket, "<p>News</p>", actor=Actor.agent(grace), purpose=Purpose.OUTREACH)
    head = message_from_bytes(render(message.pk, "1@onethread.test", now=timezone.now()).raw)
    assert head["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    link = head["List-Unsubscribe"].strip("<>")
    assert link == unsubscribe_address(ada, EMAIL, "outreach")
    path = link.partition("localhost")[2].partition("/")[2]
    assert client.get(f"/{path}").status_code == 302 and may_contact(ada, EMAIL, "outreach")
    strict = Client(enforce_csrf_checks=True)
    assert strict.post(f"/{path}", {"List-Unsubscribe": "One-Click"}).status_code == 200
    assert not may_contact(ada, EMAIL, "outreach") and may_contact(ada, EMAIL, "support")
    assert Consent.objects.latest("pk").source == "unsubscribe"


def test_news_go_to_one_person_a_mail(adas_ticket: Ticket, ada: Customer, grace: User) -> None:
    say(ada, "outreach", True, grace)
    mary = identify("email", "mary@example.org").customer
    say(mary, "outreach", True, grace)
    message = services.add_reply(
        adas_ticket, "<p>News</p>", actor=Actor.agent(grace), purpose=Purpose.OUTREACH,
        recipients=Recipients((ADDRESS,), ("mary@example.org",)),
    )  # fmt: skip
    with pytest.raises(CannotRender, match="one person"):
        render(message.pk, "1@onethread.test", now=timezone.now())


def test_the_button_is_that_of_whoever_reads_it(adas_ticket: Ticket, grace: User) -> None:
    mary = identify("email", "mary@example.org").customer
    say(mary, "outreach", True, grace)
    message = services.add_reply(
        adas_ticket, "<p>News</p>", actor=Actor.agent(grace), purpose=Purpose.OUTREACH,
        recipients=Recipients(("mary@example.org",)),
    )  # fmt: skip
    head = message_from_bytes(render(message.pk, "1@onethread.test", now=timezone.now()).raw)
    assert head["List-Unsubscribe"] == f"<{unsubscribe_address(mary, EMAIL, 'outreach')}>"


def test_a_forgotten_password_is_no_way_to_write_to_customers(ada: Customer, client: Client) -> None:
    assert client.post("/accounts/password/reset/", {"email": ADDRESS}).status_code == 302
    assert django_mail.outbox == []


def test_answers_have_no_unsubscribe_button(adas_ticket: Ticket, grace: User) -> None:
    message = services.add_reply(adas_ticket, "<p>Hello</p>", actor=Actor.agent(grace))
    assert b"List-Unsubscribe" not in render(message.pk, "1@onethread.test", now=timezone.now()).raw


def test_customers_say_it_themselves(ada: Customer, client: Client) -> None:
    page = f"/preferences/{token_of(ada, EMAIL, 'support')}/"
    shown = client.get(page)
    assert shown.status_code == 200 and Consent.objects.count() == 0
    assert client.post(page, {"support": "email", "outreach": "email"}, follow=True).status_code == 200
    assert {(it.purpose, it.is_given) for it in standings(ada)} == {
        ("support", True), ("survey", False), ("outreach", True),
    }  # fmt: skip
    assert Consent.objects.count() == 2 and set(Consent.objects.values_list("actor_name", flat=True)) == {str(ada)}
    assert client.post(f"{page}answers/", follow=True).status_code == 200
    assert [it.is_given for it in standings(ada)] == [True, False, False]
    assert client.post(page, {"support": "telepathy"}).status_code == 422
    assert client.post(page).status_code == 302  # nothing is ticked
    assert not any(it.is_given for it in standings(ada))


@pytest.mark.parametrize("token", ["1.email.support.aaaaaaaaaaaaaaaa", "nonsense", "1", "١.email.support." + 16 * "a"])
def test_nobody_elses_link(token: str, ada: Customer, client: Client) -> None:
    for path in ("", "unsubscribe/"):
        assert client.get(f"/preferences/{token}/{path}").status_code == 404
        assert client.post(f"/preferences/{token}/{path}").status_code == 404
    signed = token_of(ada, EMAIL, "outreach").split(".")
    assert read_token(".".join([str(ada.pk + 1), *signed[1:]])) is None
    assert read_token(".".join([signed[0], "sms", *signed[2:]])) is None


def test_the_link_leads_to_whoever_they_were_merged_into(ada: Customer) -> None:
    other = identify("email", "ada@home.example").customer
    token = token_of(other, EMAIL, "outreach")
    Customer.objects.filter(pk=other.pk).update(merged_into=ada)
    assert read_token(token) == (ada, "email", "outreach")
    Customer.objects.filter(pk=ada.pk).update(erased_at=timezone.now())
    assert read_token(token) is None


def test_an_agent_writes_down_what_they_heard(ada: Customer, grace: User, linus: User, client: Client) -> None:
    page = f"/customers/{ada.pk}/consent/"
    client.force_login(linus)
    assert preferences_address(ada) not in client.get(page).content.decode()
    heard = {"channel": "email", "purpose": "outreach", "is_given": "yes", "evidence": "Stand at the fair, card 12"}
    assert client.post(page, heard).status_code == 403
    client.force_login(grace)
    assert preferences_address(ada) in client.get(page).content.decode()
    assert client.post(page, {**heard, "evidence": " "}).status_code == 422
    assert client.post(page, {**heard, "channel": "pigeon"}).status_code == 422
    assert not Consent.objects.exists()
    assert client.post(page, heard, headers={"HX-Request": "true"}).status_code == 200
    assert Consent.objects.get().evidence == "Stand at the fair, card 12"
