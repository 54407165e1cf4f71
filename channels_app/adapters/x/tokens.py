"""Access tokens of X live two hours; a refresh token is good for one use and brings the next (RFC 6749 §6)."""

from __future__ import annotations

import base64
from typing import Any

from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from channels_app import calling
from channels_app.base import LockedOut, TryLater, Uncertain
from channels_app.models import ProviderAccount
from channels_app.shapes import words


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
    """One worker at a time: two would spend the same refresh token, and the second be locked out.

    Not under the account's row, which hooks write to and must not wait for. Nothing was sent so far, for certain.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('x token', %s))", [account.pk])
        known = ProviderAccount.objects.get(pk=account.pk)
        if known.secret("access_token") == instead_of:
            renewed = _asked_for(known)
            known = ProviderAccount.objects.select_for_update().get(pk=account.pk)
            known.set_secrets(**renewed)
            known.save(update_fields=["sealed_secrets"])
        account.sealed_secrets = known.sealed_secrets
        return known.secret("access_token")


def _asked_for(account: ProviderAccount) -> dict[str, str]:
    """A new pair of tokens for the refresh token, which is spent by that."""
    if not (refresh := account.secret("refresh_token")):
        raise LockedOut(_("X does not know our access token any more: put in a new one."))
    form = [("grant_type", "refresh_token"), ("refresh_token", refresh), ("client_id", account.option("client_id"))]
    headers = {}
    if secret := account.secret("client_secret"):
        pair = f"{account.option('client_id')}:{secret}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    try:
        reply = calling.call("POST", calling.url_of("x", "2/oauth2/token"), form=form, headers=headers)
    except Uncertain as error:
        raise TryLater(error.words, code=error.code) from error
    if reply.status == 429 or reply.status >= 500:
        raise TryLater(_("X lets us say no more for a while."), code=str(reply.status), whole_account=True)
    token = words(reply.data.get("access_token"))
    if not reply.is_ok or not token:
        raise LockedOut(_("X refuses to renew our access: connect the profile again."))
    return {"access_token": token, "refresh_token": words(reply.data.get("refresh_token")) or refresh}
