"""The locks of conversations elsewhere, always taken in this order: message of the provider, conversation, ticket.

Who writes a reply holds the ticket's lock already when its parts are stored, and storing them asks that the
conversation does not go away (`FOR KEY SHARE`). So conversations are locked `FOR NO KEY UPDATE`, which does not stand
in its way.
"""

from __future__ import annotations

from django.db import connection

from channels_app.models import Conversation


def lock_message(account_id: int, external_id: str) -> None:
    """Nobody else reads or writes what is known of this message until the transaction ends. It needs no row yet."""
    if external_id:
        with connection.cursor() as cursor:
            name = f"provider message {account_id} {external_id}"
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def lock_conversation(pk: int) -> Conversation:
    return Conversation.objects.select_for_update(no_key=True, of=("self",)).select_related("account").get(pk=pk)
