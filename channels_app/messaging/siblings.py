"""Accounts that share the address of a hook: Meta knows one for all pages and numbers of an app."""

from __future__ import annotations

import hmac

from channels_app.models import ProviderAccount
from helpdesk.lib.sealing import CannotOpen

SIGNED_BY = "app_secret"


def sibling_of(account: ProviderAccount, external_id: str) -> ProviderAccount | None:
    """Our account that is called so, if the secret by which the call was signed is its own as well.

    Otherwise who runs one app could speak in the name of another. What is for a paused account is not read.
    """
    named = ProviderAccount.objects.filter(kind=account.kind, external_id=external_id, is_active=True)
    other = named.exclude(pk=account.pk).exclude(external_id="").select_related("inbox__team").first()
    if other is None:
        return None
    try:
        secrets = [each.secret(SIGNED_BY).encode() for each in (account, other)]
    except CannotOpen:
        return None
    return other if secrets[0] and hmac.compare_digest(*secrets) else None
