"""How accounts fare, their templates, and the names of people: asked by workers."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from channels_app.messaging import hearing, naming, refreshing
from channels_app.messaging.storing import store_hook
from channels_app.messaging.templates import approved, preview, variables
from channels_app.models import Conversation, MessageTemplate, ProviderAccount
from customers.models import Customer
from helpdesk.demo.stand_ins.base import Answered, HookCall
from helpdesk.demo.stand_ins.graph import GraphStandIn, error
from helpdesk.demo.stand_ins.graph_messenger import PERSON, MessengerHooks
from tests.channels_app.meta.accounts import account_of, hook_of
from tickets.models import Inbox, Message

pytestmark = pytest.mark.django_db


def meta_template(name: str, status: str = "APPROVED", **more: Any) -> dict[str, Any]:
    return {
        "id": f"1{len(name)}",
        "name": name,
        "language": "en_US",
        "status": status,
        "category": "UTILITY",
        "components": [{"type": "BODY", "text": "Hello {{1}}", "example": {"body_text": [["Ada"]]}}],
        **more,
    }


@pytest.fixture
def whatsapp(number: ProviderAccount, support: Inbox) -> ProviderAccount:
    number.inbox = support
    number.save()
    return number


@pytest.fixture
def page(graph: GraphStandIn, support: Inbox) -> ProviderAccount:
    account = account_of(graph, "messenger", reads_comments=True)
    account.inbox = support
    account.save()
    return account


def arrives(account: ProviderAccount, call: HookCall) -> None:
    payload = store_hook(account, hook_of(call))
    hearing.read_now(payload.pk, now=timezone.now())


def test_templates_are_read_page_by_page(graph: GraphStandIn, whatsapp: ProviderAccount) -> None:
    graph.templates = [meta_template(name) for name in ("a", "bb", "ccc", "dddd", "eeeee")]
    graph.templates[2] |= {"status": "REJECTED", "rejected_reason": "INVALID_FORMAT"}
    assert refreshing.refresh(whatsapp.pk, now=timezone.now())
    states = dict(MessageTemplate.objects.values_list("name", "state"))
    assert states == {"a": "approved", "bb": "approved", "ccc": "rejected", "dddd": "approved", "eeeee": "approved"}
    assert MessageTemplate.objects.get(name="ccc").reason == "INVALID_FORMAT"
    assert [one.name for one in approved(whatsapp.pk)] == ["a", "bb", "dddd", "eeeee"]
    whatsapp.refresh_from_db()
    assert whatsapp.facts["quality_rating"] == "GREEN"


def test_what_is_gone_is_switched_off(graph: GraphStandIn, whatsapp: ProviderAccount) -> None:
    graph.templates = [meta_template("a"), meta_template("bb")]
    refreshing.refresh(whatsapp.pk, now=timezone.now())
    graph.templates = [meta_template("bb", "PAUSED")]
    refreshing.refresh(whatsapp.pk, now=timezone.now())
    assert dict(MessageTemplate.objects.values_list("name", "state")) == {"a": "disabled", "bb": "paused"}


def test_variables_and_how_it_looks(graph: GraphStandIn, whatsapp: ProviderAccount) -> None:
    graph.templates = [meta_template("a")]
    refreshing.refresh(whatsapp.pk, now=timezone.now())
    template = MessageTemplate.objects.get()
    (variable,) = variables(template)
    assert (variable.name, variable.example, variable.label) == ("body.1", "Ada", "{{1}}")
    assert preview(template, {}) == "Hello {{1}}" and preview(template, {"body.1": "Grace"}) == "Hello Grace"


def test_what_a_shop_has_to_fill_in(graph: GraphStandIn, whatsapp: ProviderAccount) -> None:
    refreshing.refresh(whatsapp.pk, now=timezone.now())
    named = {(one.name, one.language): one for one in approved(whatsapp.pk)}
    wanted = variables(named["delivery_update", "en"])
    assert [(one.name, one.example) for one in wanted] == [
        ("body.1", "Imogen"),
        ("body.2", "MW-20417"),
        ("button.0.1", "MW-20417"),
    ]
    assert [one.example for one in variables(named["feedback_asked", "en"])] == ["Imogen", "your pond pump"]
    assert "spring_sale" not in {name for name, _language in named}


def test_an_account_that_is_refused_is_told_so_and_recovers(graph: GraphStandIn, whatsapp: ProviderAccount) -> None:
    graph.misbehave(graph.phone_number_id, error(190, "Session has expired", status=401))
    assert not refreshing.refresh(whatsapp.pk, now=timezone.now())
    whatsapp.refresh_from_db()
    assert "access token" in whatsapp.problem
    assert refreshing.refresh(whatsapp.pk, now=timezone.now())
    whatsapp.refresh_from_db()
    assert whatsapp.problem == ""


def test_a_provider_that_is_away_is_no_problem_of_the_account(graph: GraphStandIn, whatsapp: ProviderAccount) -> None:
    graph.misbehave(graph.phone_number_id, Answered(hangs_up=True))
    assert not refreshing.refresh(whatsapp.pk, now=timezone.now())
    whatsapp.refresh_from_db()
    assert whatsapp.problem == ""


def test_when_the_token_ends(graph: GraphStandIn, whatsapp: ProviderAccount) -> None:
    graph.misbehave("debug_token", Answered.of({"data": {"is_valid": True, "expires_at": 1_800_000_000}}))
    refreshing.refresh(whatsapp.pk, now=timezone.now())
    whatsapp.refresh_from_db()
    assert whatsapp.token_expires_at and whatsapp.token_expires_at.year == 2027


def test_instagrams_own_tokens_are_renewed(graph: GraphStandIn, support: Inbox) -> None:
    account = account_of(graph, "instagram", login="instagram")
    account.inbox = support
    account.save()
    now = timezone.now()
    for _hour in range(2):
        assert refreshing.refresh(account.pk, now=now)
    account.refresh_from_db()
    assert account.token_expires_at == now + timedelta(days=60)
    assert account.secret("access_token") == graph.access_token == "EAAG-stand-in-token-0123456789-renewed"
    assert refreshing.refresh(account.pk, now=now + timedelta(days=31))
    assert graph.access_token.endswith("-renewed-renewed")


def test_each_account_is_asked_about_once_an_hour(whatsapp: ProviderAccount, page: ProviderAccount) -> None:
    now = timezone.now()
    assert refreshing.due(now) == [whatsapp.pk, page.pk]
    assert refreshing.due(now + timedelta(minutes=59)) == []
    assert refreshing.due(now + timedelta(minutes=61)) == [whatsapp.pk, page.pk]


def test_who_wrote_is_asked_for(graph: GraphStandIn, page: ProviderAccount) -> None:
    graph.people[PERSON] = {"name": "Sheena Nelson"}
    hooks = MessengerHooks(graph)
    arrives(page, hooks.text("Hello"))
    (talk,) = Conversation.objects.all()
    assert talk.name_due_at and talk.identity and talk.identity.customer.name == ""
    assert naming.ask(talk.pk, now=timezone.now())
    assert not naming.ask(talk.pk, now=timezone.now())
    talk.refresh_from_db()
    assert talk.person_name == "Sheena Nelson"
    assert Customer.objects.get(identities=talk.identity).name == "Sheena Nelson"
    assert Message.objects.get().author_name == "Sheena Nelson"
    arrives(page, hooks.text("Again"))
    assert not naming.waiting(timezone.now()).exists()


def test_who_has_not_agreed_stays_without_a_name(graph: GraphStandIn, page: ProviderAccount) -> None:
    graph.misbehave(f"/{PERSON}", error(100, "No permission for this user's profile", subcode=2018218))
    arrives(page, MessengerHooks(graph).text("Hello"))
    talk = Conversation.objects.get()
    assert naming.ask(talk.pk, now=timezone.now())
    talk.refresh_from_db()
    assert talk.name_due_at is None and talk.person_name == ""


def test_who_is_not_there_is_no_fault_of_ours(graph: GraphStandIn, page: ProviderAccount) -> None:
    arrives(page, MessengerHooks(graph).text("Hello", "31000000000000009"))
    talk = Conversation.objects.get()
    assert naming.ask(talk.pk, now=timezone.now())
    talk.refresh_from_db()
    assert talk.name_due_at is None and "name_asked" in talk.facts


def test_below_which_post_a_comment_stands(graph: GraphStandIn, support: Inbox) -> None:
    account = account_of(graph, "instagram", reads_comments=True)
    account.inbox = support
    account.save()
    graph.posts["1817"] = {"permalink": "https://www.instagram.com/p/abc/", "caption": "A new pump"}
    arrives(account, MessengerHooks(graph, is_instagram=True).comment("Is it loud?", post="1817"))
    talk = Conversation.objects.get()
    assert naming.ask(talk.pk, now=timezone.now())
    talk.refresh_from_db()
    assert talk.facts["post"] == {"url": "https://www.instagram.com/p/abc/", "text": "A new pump"}
    assert Message.objects.get().facts["post_url"] == "https://www.instagram.com/p/abc/"


def test_a_provider_that_is_away_is_asked_again_later(graph: GraphStandIn, page: ProviderAccount) -> None:
    graph.misbehave(f"/{PERSON}", *[Answered(hangs_up=True)] * 9)
    arrives(page, MessengerHooks(graph).text("Hello"))
    talk, now = Conversation.objects.get(), timezone.now()
    tries = 0
    while naming.waiting(now).exists():
        tries += naming.ask(talk.pk, now=now)
        assert not naming.waiting(now).exists()
        now += timedelta(hours=2)
    assert tries == naming.TRIES


def test_a_name_that_an_agent_gave_stays(graph: GraphStandIn, page: ProviderAccount) -> None:
    graph.people[PERSON] = {"name": "Sheena Nelson"}
    arrives(page, MessengerHooks(graph).text("Hello"))
    talk = Conversation.objects.get()
    Customer.objects.filter(identities=talk.identity).update(name="S. Nelson, Acme")
    naming.ask(talk.pk, now=timezone.now())
    assert Customer.objects.get(identities=talk.identity).name == "S. Nelson, Acme"
