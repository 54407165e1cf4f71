"""How many people write below one public post."""

from __future__ import annotations

from datetime import datetime, timedelta

from channels_app.models import Conversation

LATELY = timedelta(hours=1)


def below(conversation: Conversation, at: datetime) -> int:
    """People who began to write there within the hour before `at`, the one of `conversation` among them.

    The key of such a conversation is its post's, then the person's.
    """
    post = conversation.thread_key.rpartition(":")[0]
    others = Conversation.objects.filter(
        account=conversation.account_id,
        is_public=True,
        created_at__gt=at - LATELY,
        thread_key__startswith=f"{post}:",
    )
    return others.exclude(pk=conversation.pk).count() + 1
