"""Where Twilio finds our hook, and its parts."""

from __future__ import annotations

from urllib.parse import urlencode

from django.conf import settings

from channels_app.models import ProviderAccount


def hook_url(account: ProviderAccount, path: str = "", **asked: object) -> str:
    """The public address of one part; what is `asked` comes back with each call and is signed with it."""
    base = f"{settings.PUBLIC_URL.rstrip('/')}/hooks/{account.kind}/{account.hook_token}/"
    query = urlencode({name: value for name, value in asked.items() if value not in ("", None)})
    return base + (f"{path}/" if path else "") + (f"?{query}" if query else "")
