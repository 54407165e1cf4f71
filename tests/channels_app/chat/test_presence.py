"""Who is on the site now: for widgets that watch, of visitors who agreed where they are asked, while they are there."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import timedelta

import pytest
from asgiref.sync import sync_to_async
from django.utils import timezone

from channels_app.chat.house import NOTED_EVERY, note_gone
from helpdesk.lib.valkey import valkey
from tests.channels_app.chat.conftest import Browser
from tickets.chat import visitors_now, wire
from tickets.models import ChatVisitor, ChatWidget

pytestmark = pytest.mark.django_db(transaction=True)
Open = Callable[..., Browser]
LAMPS = {"url": "https://shop.example/lamps", "title": "Lamps"}


@pytest.fixture(autouse=True)
def _nobody_here() -> None:
    for key in valkey().scan_iter(f"{visitors_now.KEYS}*"):
        valkey().delete(key)


@sync_to_async
def here(widget: ChatWidget) -> list[visitors_now.Visitor]:
    return [visitor for _widget, visitor in visitors_now.here([widget.pk], now=time.time())]


async def test_who_looks_is_seen_where_they_are(browser: Open, widget: ChatWidget) -> None:
    widget.watches_visitors = True
    await widget.asave()
    ada = browser()
    await ada.hello(page=LAMPS, attributes={"basket": 120}, visits=3)
    await ada.say("page", url="https://shop.example/basket", title="Basket")
    (seen,) = await here(widget)
    assert (seen.page_url, seen.basket, seen.visits) == ("https://shop.example/basket", 120, 3)
    assert ada.connection.session
    await sync_to_async(note_gone)(ada.connection.session)
    assert await here(widget) == []


async def test_nobody_is_watched_unasked(browser: Open, widget: ChatWidget) -> None:
    ada = browser()
    await ada.hello()
    await ada.say("page", **LAMPS)
    assert await here(widget) == [], "the widget does not watch"


async def test_nothing_is_told_before_they_agree(browser: Open, widget: ChatWidget) -> None:
    widget.watches_visitors = widget.asks_consent = True
    await widget.asave()
    ada = browser()
    await ada.hello(page=LAMPS, attributes={"plan": "gold"})
    await ada.say("page", **LAMPS)
    await ada.say("attributes", attributes={"plan": "gold"})
    assert await here(widget) == []
    await ada.start("Hello")
    visitor = await ChatVisitor.objects.aget()
    assert (visitor.page_url, visitor.attributes) == ("", {})
    await ada.say("attributes", attributes={"plan": "gold"}, consent=True)
    await ada.say("page", **LAMPS)
    await visitor.arefresh_from_db()
    assert (visitor.page_url, visitor.attributes) == (LAMPS["url"], {"plan": "gold"})
    assert len(await here(widget)) == 1


async def test_an_agent_invites_who_has_no_chat(browser: Open) -> None:
    ada = browser()
    await ada.hello()
    assert ada.connection.session
    address = wire.address_of(ada.connection.session.visitor_id)
    await sync_to_async(wire.tell)(address, {"t": "invite", "text": "Can I help?", "agent": {"name": "Grace"}})
    assert await ada.next("invite") == {"t": "invite", "text": "Can I help?", "agent": {"name": "Grace"}}


async def test_the_house_sweeps(browser: Open) -> None:
    silent, talking, unheard = browser(), browser(), browser()
    await silent.hello()
    await talking.hello()
    house, now = silent.connection.house, time.monotonic()
    silent.connection.heard_at, unheard.connection.heard_at = now - 80, now - 12
    await house._sweep(now)
    assert [each.is_closed for each in (silent, talking, unheard)] == [True, False, True]


async def test_who_waits_with_the_page_open_has_not_left(browser: Open) -> None:
    ada = browser()
    await ada.hello()
    await ada.start("Hello?")
    await ChatVisitor.objects.aupdate(last_seen_at=timezone.now() - timedelta(hours=3))
    await ada.connection.house._sweep(time.monotonic() + NOTED_EVERY)
    assert (await ChatVisitor.objects.aget()).last_seen_at > timezone.now() - timedelta(minutes=1)


async def test_everybody_is_told_when_we_go(browser: Open) -> None:
    ada = browser()
    await ada.hello()
    await ada.connection.house.close_all()
    bye = await ada.next("bye")
    assert bye["after"] <= 3 and ada.is_closed
