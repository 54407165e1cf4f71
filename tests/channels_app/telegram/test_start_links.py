"""A customer who is signed in here is known there: the link on their own page, and nowhere else."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.utils import timezone

from channels_app.models import ProviderAccount
from channels_app.start_links import start_links
from customers.models import Customer
from helpdesk.demo.stand_ins.telegram import ADA, Telegram
from tests.channels_app.hooking import hear
from tests.tickets.portal.conftest import SignIn, link_for, nobody_tried_before, sign_in
from tickets.models import Ticket

__all__ = ["link_for", "nobody_tried_before", "sign_in"]  # fixtures of customers' own pages


@pytest.fixture
def known_bot(bot: ProviderAccount) -> ProviderAccount:
    bot.facts = {"username": "onethread_support_bot"}
    bot.save()
    return bot


def test_the_link_on_ones_own_page_tells_who_comes(
    known_bot: ProviderAccount, telegram: Telegram, ada: Customer, sign_in: SignIn
) -> None:
    page = sign_in("ada@example.org").get("/requests/").content.decode()
    found = re.search(r'href="https://t\.me/onethread_support_bot\?start=([A-Za-z0-9_-]{1,64})"', page)
    assert found
    hear(known_bot, telegram.text(f"/start {found[1]}"), telegram.text("It is me, from the train"))
    assert Ticket.objects.get().requester == ada
    assert ada.identities.filter(kind="telegram", value=str(ADA["id"])).exists()


def test_nobody_else_gets_one(known_bot: ProviderAccount, ada: Customer) -> None:
    assert "t.me" not in Client().get("/requests/", follow=True).content.decode()


def test_without_a_bot_whose_name_is_known_there_is_none(bot: ProviderAccount, ada: Customer) -> None:
    assert start_links(ada, now=timezone.now()) == []
    ProviderAccount.objects.update(facts={"username": ""})
    assert start_links(ada, now=timezone.now()) == []
    ProviderAccount.objects.update(facts={"username": "a_bot"}, is_active=False)
    assert start_links(ada, now=timezone.now()) == []
