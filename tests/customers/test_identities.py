"""One address is one customer's, and who proved it keeps it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from customers.actors import Actor
from customers.errors import Refused
from customers.identify import identify
from customers.identities import Claimed, add_identity, move_identity, prove_identity, remove_identity
from customers.models import Customer, Identity, IdentityLink, LinkState, ProvedBy, RecordEvent
from customers.proving import GOOD_FOR, address_of, read_token, send_link, token_of, use_link
from customers.record import create_customer
from customers.timeline import Happened, line_of
from helpdesk.accounts.models import Calendar, User

pytestmark = pytest.mark.django_db


def kinds(customer: Customer) -> list[str]:
    return list(RecordEvent.objects.filter(customer=customer).values_list("kind", flat=True))


def test_an_agents_word_adds_an_identity_and_says_so(ada: Customer, grace: User) -> None:
    added = add_identity(ada, "phone", " +49 (30) 123 45 67 ", actor=Actor.agent(grace))
    assert (added.value, added.proved_by, added.is_verified) == ("+49301234567", "agent", False)
    assert kinds(ada) == ["identity.added"]
    assert add_identity(ada, "phone", "+49301234567", actor=Actor.agent(grace)) == added
    assert kinds(ada) == ["identity.added"]


@pytest.mark.parametrize(
    ("kind", "value", "reason"),
    [
        ("email", "ada at example.org", "no e-mail"),
        ("phone", "12", "too short|country"),
        ("phone", "+49 1", "too short"),
        ("phone", "+999 1234567", "No country"),
        ("phone", "030 1234567", "with its country"),
        ("phone", "+4917112345678901234", "too long"),
        ("phone", "call me", "no telephone"),
        ("whatsapp", "+1 555 0100", "area code"),
        ("x", "not a name!", "no name or id on X"),
        ("telegram", "ab", "no name or id on Telegram"),
        ("external", "a\x00b", "cannot be seen"),
        ("chat", "  ", "Nothing"),
    ],
)
def test_the_impossible_is_refused_with_a_reason(
    ada: Customer, grace: User, kind: str, value: str, reason: str
) -> None:
    with pytest.raises(Refused, match=reason) as refused:
        add_identity(ada, kind, value, actor=Actor.agent(grace))
    assert refused.value.field == "value" and ada.identities.count() == 1 and not kinds(ada)


def test_a_number_without_a_country_is_from_where_the_customer_lives(ada: Customer, grace: User) -> None:
    Calendar.objects.update(is_default=False)
    Calendar.objects.create(name="Zurich", is_default=True, holiday_country="CH", time_zone="Europe/Zurich")
    assert add_identity(ada, "phone", "044 668 18 00", actor=Actor.agent(grace)).value == "+41446681800"
    Customer.objects.update(time_zone="Europe/Berlin")
    assert add_identity(ada, "phone", "030 1234567", actor=Actor.agent(grace)).value == "+49301234567"


def test_a_proved_address_is_never_given_away(ada: Customer, grace: User) -> None:
    charles = create_customer({"name": "Charles"}, actor=Actor.agent(grace))
    with pytest.raises(Claimed) as claimed:
        add_identity(charles, "email", "ADA@example.org", actor=Actor.agent(grace), take_over=True)
    assert claimed.value.identity.customer == ada and not claimed.value.may_move
    assert Identity.objects.get().customer == ada


def test_an_unproved_one_moves_when_that_is_confirmed(ada: Customer, grace: User) -> None:
    charles = identify("email", "charles@example.org", name="Charles", proved_by=ProvedBy.HEADER).customer
    with pytest.raises(Claimed) as claimed:
        add_identity(ada, "email", "charles@example.org", actor=Actor.agent(grace))
    assert claimed.value.may_move
    moved = add_identity(ada, "email", "charles@example.org", actor=Actor.agent(grace), take_over=True)
    assert (moved.customer, moved.proved_by) == (ada, "agent")
    assert kinds(ada) == kinds(charles) == ["identity.moved"]
    assert move_identity(moved, ada, actor=Actor.agent(grace)) == moved


def test_the_first_proof_that_counts_stays(ada: Customer, grace: User) -> None:
    now = timezone.now() + timedelta(hours=1)
    phone = add_identity(ada, "phone", "+49301234567", actor=Actor.agent(grace))
    assert prove_identity(phone, ProvedBy.IMPORT, actor=Actor.agent(grace)).proved_by == "agent"
    proved = prove_identity(phone, ProvedBy.ONE_TIME_LINK, actor=Actor.of_customer(ada), now=now)
    assert (proved.proved_by, proved.proved_at) == ("one_time_link", now)
    assert prove_identity(phone, ProvedBy.RECEIVED, actor=Actor.of_customer(ada)).proved_by == "one_time_link"
    assert kinds(ada) == ["identity.added", "identity.proved"]


def test_a_message_proves_what_an_agent_had_only_said(ada: Customer, grace: User) -> None:
    add_identity(ada, "telegram", "https://t.me/AdaLovelace", actor=Actor.agent(grace))
    Identity.objects.update(proved_at=timezone.now() - timedelta(days=9))
    identity = identify("telegram", "@adalovelace")
    assert (identity.customer, identity.proved_by) == (ada, "received")
    assert identity.proved_at > timezone.now() - timedelta(days=1)


def test_a_removed_identity_is_nobodys(ada: Customer, grace: User) -> None:
    remove_identity(ada.identities.get(), actor=Actor.agent(grace))
    assert kinds(ada) == ["identity.removed"]
    assert identify("email", "ada@example.org").customer != ada


def test_whoever_is_known_by_a_number_is_called_by_it_until_the_name_is_known() -> None:
    assert identify("phone", "+49301234567").customer.name == "+49 30 1234567"
    assert identify("phone", "+49301234567", name="Ada").customer.name == "Ada"
    assert identify("x", "@ada_l").customer.name == "@ada_l"
    assert identify("chat", "3f9a").customer.name == ""
    assert identify("whatsapp", "4915112345678").value == "+4915112345678"


class TestLinks:
    def test_a_link_proves_an_address_once(self, ada: Customer, grace: User) -> None:
        work = add_identity(ada, "email", "ada@work.example", actor=Actor.agent(grace))
        link = send_link(work, actor=Actor.agent(grace))
        assert (link.state, link.expires_at - link.created_at) == (LinkState.QUEUED, GOOD_FOR)
        assert address_of(link).endswith(f"/identity/{token_of(link)}/")
        found = read_token(token_of(link))
        assert found == link
        assert use_link(link).proved_by == "one_time_link"
        with pytest.raises(Refused, match="used already"):
            use_link(link)
        assert kinds(ada) == ["identity.added", "identity.link_sent", "identity.proved"]

    def test_an_old_or_forged_link_proves_nothing(self, ada: Customer, grace: User) -> None:
        work = add_identity(ada, "email", "ada@work.example", actor=Actor.agent(grace))
        link = send_link(work, actor=Actor.agent(grace))
        with pytest.raises(Refused):
            use_link(link, now=link.expires_at)
        token = token_of(link)
        assert read_token(token[:-1] + ("a" if token[-1] != "a" else "b")) is None
        assert read_token("1.aaaaaaaaaaaaaaaa") is None and read_token("nonsense") is None
        Identity.objects.filter(pk=work.pk).update(value="other@work.example")
        assert read_token(token) is None

    def test_no_mailbox_is_filled(self, ada: Customer, grace: User) -> None:
        work = add_identity(ada, "email", "ada@work.example", actor=Actor.agent(grace))
        send_link(work, actor=Actor.agent(grace))
        with pytest.raises(Refused, match="few minutes ago"):
            send_link(work, actor=Actor.agent(grace))
        with pytest.raises(Refused, match="proved already"):
            send_link(ada.identities.earliest("pk"), actor=Actor.agent(grace))
        phone = add_identity(ada, "phone", "+49301234567", actor=Actor.agent(grace))
        with pytest.raises(Refused, match="e-mail addresses only"):
            send_link(phone, actor=Actor.agent(grace))
        assert IdentityLink.objects.count() == 1


def test_the_timeline_tells_it_in_words(ada: Customer, grace: User) -> None:
    phone = add_identity(ada, "phone", "+49301234567", actor=Actor.agent(grace))
    prove_identity(phone, ProvedBy.RECEIVED, actor=Actor.of_customer(ada))
    remove_identity(phone, actor=Actor.agent(grace))
    told = [
        line_of(Happened(event.kind, event.payload, event.actor_name, str(ada)))
        for event in RecordEvent.objects.filter(customer=ada)
    ]
    assert told == [
        "Grace Hopper added Phone +49 30 1234567 to Ada Lovelace",
        "Phone +49 30 1234567 is proved to be Ada Lovelace: A message received from it",
        "Grace Hopper removed Phone +49 30 1234567 from Ada Lovelace",
    ]
