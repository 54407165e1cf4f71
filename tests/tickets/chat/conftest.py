"""Ada's browser on the shop's page, before the door to support."""

from __future__ import annotations

import pytest

from helpdesk.accounts.models import User
from tickets.models import Chat, ChatState, ChatVisitor, ChatWidget, Inbox


@pytest.fixture
def widget(support: Inbox) -> ChatWidget:
    return ChatWidget.objects.create(name="Shop", inbox=support, team=support.team, languages=["en", "de"])


@pytest.fixture
def visitor(widget: ChatWidget) -> ChatVisitor:
    return ChatVisitor.objects.create(widget=widget, claimed_name="Ada", claimed_email="ada@example.org")


@pytest.fixture
def waiting(widget: ChatWidget, visitor: ChatVisitor) -> Chat:
    """A chat for which nobody has come yet."""
    return Chat.objects.create(
        widget=widget, visitor=visitor, team=widget.team, page_url="https://shop.example/checkout"
    )


@pytest.fixture
def chat(waiting: Chat, grace: User) -> Chat:
    """Grace talks with the visitor."""
    waiting.state, waiting.agent = ChatState.ACTIVE, grace
    waiting.save()
    return waiting
