"""Houses that have read public posts for a while: what an update makes of them."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import connection

from channels_app.models import Conversation, ProviderAccount, ProviderKind
from tickets.models import PublicCase, SavedView, Ticket, Triage

pytestmark = pytest.mark.django_db


@pytest.fixture
def page(adas_ticket: Ticket) -> ProviderAccount:
    kind, options = ProviderKind.MESSENGER, {"reads_comments": True}
    return ProviderAccount.objects.create(kind=kind, name="Page", inbox=adas_ticket.inbox, options=options)


@pytest.mark.parametrize(("status", "triage"), [("open", Triage.NEW), ("solved", Triage.SUPPORT)])
def test_tickets_that_began_in_public_get_their_case(
    page: ProviderAccount, adas_ticket: Ticket, status: str, triage: str
) -> None:
    Ticket.objects.update(status=status)
    Conversation.objects.create(account=page, thread_key="post:1_2:77", ticket=adas_ticket)
    Conversation.objects.update(created_at=adas_ticket.created_at)
    older = import_module("channels_app.migrations.0014_cases_of_older_public_posts")
    with connection.cursor() as cursor:
        for _again in range(2):
            cursor.execute(older.PUBLIC)
            cursor.execute(older.CASES)
    assert PublicCase.objects.get().triage == triage
    assert Conversation.objects.get().is_public


def test_they_get_the_view_unless_they_have_one(page: ProviderAccount) -> None:
    make_view = import_module("channels_app.migrations.0015_view_of_public_posts").make_view
    for _again in range(2):
        make_view(apps, None)
    assert SavedView.objects.get().title == "Public posts to sort"
