"""The templates of our WhatsApp business account, as Meta has them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.utils.translation import gettext_lazy as _

from channels_app import meta
from channels_app.adapters.whatsapp.news import NO_REASON, template_state
from channels_app.base import LockedOut, TemplateFound
from channels_app.models import ProviderAccount, TemplateState
from channels_app.shapes import at, things, words

FIELDS = "id,name,language,status,category,components,rejected_reason"
MOST_PAGES, ON_A_PAGE = 60, 100  # Meta lets an account have 6,000


def found(account: ProviderAccount) -> Iterator[TemplateFound]:
    """Page by page. Raises a `SendError`."""
    waba = words(account.option("waba_id", ""))
    if not waba:
        raise LockedOut(_("The business account's ID is missing: enter it in the channel's settings."))
    after: dict[str, str] = {}
    for _page in range(MOST_PAGES):
        path = f"{waba}/message_templates"
        told = meta.graph(account, "GET", path, query={"fields": FIELDS, "limit": str(ON_A_PAGE), **after}).data
        yield from (_read(one) for one in things(told.get("data")) if words(one.get("name")))
        cursor = words(at(told, "paging", "cursors", "after"))
        if not at(told, "paging", "next") or not cursor:
            return
        after = {"after": cursor}


def _read(one: dict[str, Any]) -> TemplateFound:
    reason = words(one.get("rejected_reason"))
    return TemplateFound(
        words(one.get("id")),
        words(one["name"]),
        words(one.get("language")),
        words(one.get("category")),
        template_state(one.get("status")) or TemplateState.PENDING,
        things(one.get("components")),
        "" if reason in NO_REASON else reason,
    )
