"""How many people write below one public post."""

from __future__ import annotations

from datetime import datetime, timedelta

from channels_app.models import Conversation
from channels_app.public_threads import post_of

LATELY = timedelta(hours=1)


def below(conversation: Conversation, at: datetime) -> int:
    """People who began to write there within the hour before `at`, the one of `conversation` among them."""
    post = post_of(conversation.thread_key)
    others = Conversation.objects.filter(
        account=conversation.account_id,
        is_public=True,
        created_at__gt=at - LATELY,
        thread_key__startswith=post,
    )
    return others.exclude(pk=conversation.pk).count() + 1
