"""Whoever has a chat before them can keep its visitor out; leads let them in again."""

from __future__ import annotations

from datetime import timedelta

from django.test import Client
from django.utils import timezone

from helpdesk.accounts.models import User
from tickets.chat import log
from tickets.models import Chat, ChatBlock, ChatState, Said


def test_a_visitor_is_blocked_and_the_chat_is_over(client: Client, chat: Chat, grace: User, margaret: User) -> None:
    log.say(chat, Said.VISITOR, "Buy pills")
    client.force_login(grace)
    answer = client.post(f"/agent/chats/{chat.pk}/block/", {"by": "visitor", "days": "7", "reason": "Pills"})
    assert answer.status_code == 302
    block = ChatBlock.objects.get()
    assert (block.value, block.reason, block.made_by, block.shown) == (str(chat.visitor_id), "Pills", grace, "Ada")
    assert block.until is not None and block.until > timezone.now() + timedelta(days=6)
    chat.refresh_from_db()
    assert chat.state == ChatState.ENDED and chat.ticket is not None
    assert client.get("/settings/chat/blocked/").status_code == 403
    client.force_login(margaret)
    assert "Pills" in client.get("/settings/chat/blocked/").content.decode()
    assert client.post(f"/settings/chat/blocked/{block.pk}/removal/").status_code == 302
    assert not ChatBlock.objects.exists()


def test_nonsense_blocks_nobody(client: Client, chat: Chat, grace: User) -> None:
    client.force_login(grace)
    client.post(f"/agent/chats/{chat.pk}/block/", {"by": "everybody"})
    client.post(f"/agent/chats/{chat.pk}/block/", {"by": "visitor", "days": "900"})
    client.post(f"/agent/chats/{chat.pk}/block/", {"by": "address"})  # nobody knows it any more
    chat.refresh_from_db()
    assert not ChatBlock.objects.exists() and chat.is_live
