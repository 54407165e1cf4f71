"""Access tokens of X live two hours; a refresh token is good for one use and brings the next (RFC 6749 §6)."""

from __future__ import annotations

import base64
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from channels_app import calling
from channels_app.base import LockedOut
from channels_app.models import ProviderAccount


def call(account: ProviderAccount, method: str, path: str, body: Any = None, **how: Any) -> calling.Reply:
    """One call as our profile; where the token is too old, once more with a new one. Raises a `SendError`."""
    token = account.secret("access_token")
    reply = _called(token, method, path, body, **how)
    if reply.status == 401:
        reply = _called(_renewed(account, instead_of=token), method, path, body, **how)
    return reply


def _called(token: str, method: str, path: str, body: Any, **how: Any) -> calling.Reply:
    headers = {"Authorization": f"Bearer {token}", **how.pop("headers", {})}
    return calling.call(method, calling.url_of("x", path), json_body=body, headers=headers, **how)


def _renewed(account: ProviderAccount, *, instead_of: str) -> str:
    """Under the account's lock: two workers would spend the same refresh token, and the second be locked out."""
    with transaction.atomic():
        locked = ProviderAccount.objects.select_for_update().get(pk=account.pk)
        if (known := locked.secret("access_token")) != instead_of:
            account.sealed_secrets = locked.sealed_secrets
            return known
        if not (refresh := locked.secret("refresh_token")):
            raise LockedOut(_("X does not know our access token any more: put in a new one."))
        form = [("grant_type", "refresh_token"), ("refresh_token", refresh), ("client_id", locked.option("client_id"))]
        headers = {}
        if secret := locked.secret("client_secret"):
            pair = f"{locked.option('client_id')}:{secret}".encode()
            headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
        reply = calling.call("POST", calling.url_of("x", "2/oauth2/token"), form=form, headers=headers)
        if not reply.is_ok or not reply.data.get("access_token"):
            raise LockedOut(_("X refuses to renew our access: connect the profile again."))
        locked.set_secrets(
            access_token=str(reply.data["access_token"]), refresh_token=str(reply.data.get("refresh_token") or refresh)
        )
        locked.token_expires_at = None if reply.data.get("refresh_token") else timezone.now() + timedelta(hours=2)
        locked.save(update_fields=["sealed_secrets", "token_expires_at"])
        account.sealed_secrets = locked.sealed_secrets
        return locked.secret("access_token")
