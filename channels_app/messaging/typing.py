"""Telling the person that somebody of us writes: what their own messenger shows while one waits for an answer."""

from __future__ import annotations

import logging

from django.utils import timezone

from channels_app.base import SendError
from channels_app.models import Conversation
from channels_app.registry import adapter_of

logger = logging.getLogger(__name__)


def show_typing(conversation_id: int) -> bool:
    """True where it was said. It is lost rather than tried again: a moment later it would be untrue."""
    rows = Conversation.objects.select_related("account").filter(account__is_active=True, account__problem="")
    conversation = rows.filter(pk=conversation_id, is_public=False, unreachable="").first()
    if conversation is None:
        return False
    account = conversation.account
    adapter = adapter_of(account.kind)
    is_paused = account.paused_until is not None and account.paused_until > timezone.now()
    if is_paused or not adapter.can(conversation).shows_typing:
        return False
    try:
        adapter.show_typing(account, conversation)
    except SendError as error:
        logger.info("conversation %s was not told that somebody writes: %s", conversation_id, error)
        return False
    return True
