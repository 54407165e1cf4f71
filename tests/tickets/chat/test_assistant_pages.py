"""Admins write a flow step by step, try it, switch it on; and invitations, each with what came of it."""

from __future__ import annotations

import time
from uuid import UUID, uuid4

import pytest
from django.conf import settings
from django.test import Client

from helpdesk.accounts.models import Team, User
from knowledge_base.models import Article, HelpCentre
from tickets.chat import visitors_now
from tickets.models import Chat, ChatFlow, ChatInvitation, ChatVisitor, ChatWidget
from tickets.realtime import valkey

FLOWS, INVITATIONS = "/settings/chat/assistant/", "/settings/chat/invitations/"


@pytest.fixture
def admin(client: Client, radia: User) -> Client:
    client.force_login(radia)
    return client


@pytest.fixture
def flow(widget: ChatWidget) -> ChatFlow:
    return ChatFlow.objects.create(widget=widget, name="First help")


def version(flow: ChatFlow) -> str:
    return ChatFlow.objects.get(pk=flow.pk).updated_at.isoformat()


def step(**more: object) -> dict[str, object]:
    return {"text_en": "", "text_de": "", "articles": "", "next": "people", **more}


def test_a_flow_is_written_tried_and_switched_on(admin: Client, flow: ChatFlow) -> None:
    page = f"{FLOWS}{flow.pk}/"
    words = step(text_en="What is it about?", text_de="Worum geht es?", version=version(flow))
    assert admin.post(f"{page}steps/new/", words).status_code == 302
    words = step(text_en="It takes two days.", asks_if_helped="on", version=version(flow))
    assert admin.post(f"{page}steps/new/", words).status_code == 302
    first, second = ChatFlow.objects.get().steps
    buttons = {"option": [""], "option_en": ["Delivery"], "option_de": [""], "option_next": [second["id"]]}
    words = step(text_en="What is it about?", version=version(flow), **buttons)
    assert admin.post(f"{page}steps/{first['id']}/", words).status_code == 302
    (button,) = ChatFlow.objects.get().steps[0]["options"]
    tried = admin.get(page, {"try": button["id"]}).content.decode()
    assert "It takes two days." in tried and "Yes, this helped" in tried
    assert "People take over, with all" in admin.get(page, {"try": f"{button['id']},not-helped"}).content.decode()
    admin.post(f"{page}activity/", {"active": "1"})
    assert ChatFlow.objects.get().is_active


def test_articles_that_there_are_not_are_refused_by_their_numbers(admin: Client, flow: ChatFlow) -> None:
    centre = HelpCentre.objects.create(name="Engines", languages=["en"], default_language="en")
    section = centre.categories.create(texts={"en": {"name": "Engines"}}).sections.create(texts={})
    there = Article.objects.create(section=section, language="en").pk
    words = step(text_en="Look here.", articles=f"{there}, 999999, {there}", version=version(flow))
    answer = admin.post(f"{FLOWS}{flow.pk}/steps/new/", words)
    assert answer.status_code == 422 and "There is no article with this number: 999999." in answer.content.decode()
    assert ChatFlow.objects.get().steps == []
    admin.post(f"{FLOWS}{flow.pk}/steps/new/", {**words, "articles": f"{there} {there}"})
    assert ChatFlow.objects.get().steps[0]["articles"] == [there]


def test_an_unfinished_flow_is_not_switched_on(admin: Client, flow: ChatFlow) -> None:
    answer = admin.post(f"{FLOWS}{flow.pk}/activity/", {"active": "1"}, follow=True)
    assert "A flow needs a first step." in answer.content.decode()
    assert not ChatFlow.objects.get().is_active


def test_two_flows_do_not_share_a_widget(admin: Client, flow: ChatFlow, widget: ChatWidget) -> None:
    steps = [{"id": "start", "texts": {"en": {"text": "Hi"}}}]
    ChatFlow.objects.filter(pk=flow.pk).update(steps=steps)
    other = ChatFlow.objects.create(widget=widget, name="Other", steps=steps, is_active=True)
    answer = admin.post(f"{FLOWS}{flow.pk}/activity/", {"active": "1"}, follow=True)
    assert "“Other” is active on this widget." in answer.content.decode()
    assert list(ChatFlow.objects.filter(is_active=True)) == [other]


def test_two_admins_do_not_write_over_each_other(admin: Client, flow: ChatFlow) -> None:
    old = version(flow)
    admin.post(f"{FLOWS}{flow.pk}/steps/new/", step(text_en="Hello", version=old))
    answer = admin.post(f"{FLOWS}{flow.pk}/steps/new/", step(text_en="My own hello", version=old))
    assert answer.status_code == 422 and "My own hello" in answer.content.decode()
    assert len(ChatFlow.objects.get().steps) == 1


def test_what_would_break_an_active_flow_is_refused_at_its_place(admin: Client, flow: ChatFlow) -> None:
    steps = [{"id": "start", "texts": {"en": {"text": "Hi"}}}]
    ChatFlow.objects.filter(pk=flow.pk).update(steps=steps, is_active=True)
    answer = admin.post(f"{FLOWS}{flow.pk}/steps/start/", step(text_de="Nur deutsch", version=version(flow)))
    assert answer.status_code == 422 and "Say something here" in answer.content.decode()
    assert ChatFlow.objects.get().steps == steps


def test_a_step_that_another_leads_to_stays(admin: Client, flow: ChatFlow) -> None:
    to = [{"id": "a", "texts": {"en": {"label": "More"}}, "next": "more"}]
    start = {"id": "start", "texts": {"en": {"text": "Hi"}}, "options": to}
    ChatFlow.objects.filter(pk=flow.pk).update(steps=[start, {"id": "more", "texts": {"en": {"text": "More"}}}])
    page = f"{FLOWS}{flow.pk}/steps/more/deletion/"
    assert (
        "These steps lead to it: start." in admin.post(page, {"version": version(flow)}, follow=True).content.decode()
    )
    assert len(ChatFlow.objects.get().steps) == 2


def invitation(widget: ChatWidget, **more: object) -> dict[str, object]:
    return {
        "name": "Checkout", "widget": widget.pk, "is_active": "on", "page": "/checkout", "seconds": 20, "basket": "50",
        "needs_agents": "on", "every_days": 7, "held_back": 20, "goal": "purchase",
        "text_a_en": "Need a hand?", "text_b_en": "Questions?", **more,
    }  # fmt: skip


def test_an_invitation_is_written_and_changed(admin: Client, widget: ChatWidget) -> None:
    assert admin.post(f"{INVITATIONS}new/", invitation(widget)).status_code == 302
    one = ChatInvitation.objects.get()
    assert one.conditions == {"page": "/checkout", "seconds": 20, "basket": 50.0}
    assert [(each["key"], each["weight"]) for each in one.variants] == [("a", 40), ("b", 40), ("none", 20)]
    page = admin.get(f"{INVITATIONS}{one.pk}/").content.decode()
    assert "Need a hand?" in page and "Nothing shown" in page
    admin.post(f"{INVITATIONS}{one.pk}/", invitation(widget, text_b_en="", held_back=0))
    assert [each["key"] for each in ChatInvitation.objects.get().variants] == ["a"]


@pytest.mark.parametrize(
    "wrong", [{"text_a_en": "", "text_b_en": ""}, {"basket": "lots"}, {"widget": 0}, {"held_back": 100}, {"name": ""}]
)
def test_a_wrong_invitation_is_refused(admin: Client, widget: ChatWidget, wrong: dict[str, object]) -> None:
    assert admin.post(f"{INVITATIONS}new/", {**invitation(widget), **wrong}).status_code == 422
    assert not ChatInvitation.objects.exists()


def test_they_are_put_in_order(admin: Client, widget: ChatWidget) -> None:
    first, second = (
        ChatInvitation.objects.create(widget=widget, name=name, position=at) for at, name in enumerate("ab")
    )
    admin.post(f"{INVITATIONS}{second.pk}/position/", {"step": "-1"})
    assert list(ChatInvitation.objects.all()) == [second, first]


@pytest.fixture
def watched(widget: ChatWidget) -> ChatWidget:
    valkey().delete(*(valkey().keys(f"{settings.VALKEY_PREFIX}:visitors:*") or ["none"]))
    ChatWidget.objects.filter(pk=widget.pk).update(watches_visitors=True)
    return widget


def somebody(widget: ChatWidget, name: str = "") -> UUID:
    visitor, now = uuid4(), time.time()
    page, title = "https://shop.example/checkout", "Checkout"
    visitors_now.note(widget.pk, visitors_now.Visitor(str(visitor), page, title, now, now, name=name), now=now)
    return visitor


def test_agents_see_who_is_there_and_invite_them(client: Client, grace: User, watched: ChatWidget) -> None:
    visitor = somebody(watched, name="<b>Ada</b>")
    client.force_login(grace)
    page = client.get("/agent/visitors/").content.decode()
    assert "Checkout" in page and "&lt;b&gt;Ada" in page and "says the page" in page
    answer = client.post(f"/agent/visitors/{visitor}/invitation/", {"text": "Can I help?"}, follow=True)
    assert "The invitation is on their page." in answer.content.decode()


def test_nobody_is_invited_who_talks_already(client: Client, grace: User, watched: ChatWidget) -> None:
    visitor = somebody(watched)
    Chat.objects.create(widget=watched, visitor=ChatVisitor.objects.create(pk=visitor, widget=watched))
    client.force_login(grace)
    assert client.post(f"/agent/visitors/{visitor}/invitation/", {"text": "Hi"}).status_code == 404


def test_visitors_of_a_private_team_are_its_own_affair(client: Client, alan: User, watched: ChatWidget) -> None:
    ChatWidget.objects.filter(pk=watched.pk).update(team=Team.objects.create(name="Legal", is_private=True))
    visitor = somebody(watched)
    client.force_login(alan)
    assert "Checkout" not in client.get("/agent/visitors/").content.decode()
    assert client.post(f"/agent/visitors/{visitor}/invitation/", {"text": "Hi"}).status_code == 404


def test_whose_time_is_over_is_gone(watched: ChatWidget) -> None:
    somebody(watched)
    assert len(visitors_now.here([watched.pk], now=time.time())) == 1
    assert visitors_now.here([watched.pk], now=time.time() + visitors_now.KEPT_FOR + 1) == []
