"""Who calls the API: by `Bearer TOKEN`, or by Basic with `EMAIL/token:TOKEN` as clients of the Zendesk API do.

Whoever guesses is told to wait, by network address; a good token is never made to. Losing Valkey loses the count only.
"""

from __future__ import annotations

import base64
import binascii
import logging
from typing import TYPE_CHECKING

import redis
from django.conf import settings
from django.utils.crypto import salted_hmac
from rest_framework.authentication import BaseAuthentication
from rest_framework.exceptions import AuthenticationFailed, Throttled
from rest_framework.permissions import SAFE_METHODS, BasePermission
from rest_framework.request import Request

from helpdesk.accounts.models import Role, User
from helpdesk.accounts.tokens import ApiToken, Scope, find_token

if TYPE_CHECKING:
    from rest_framework.views import APIView  # which asks the settings for the class below

logger = logging.getLogger(__name__)

MOST_FAILURES = 30  # from one address within
WINDOW = 60  # seconds
LONGEST = 400  # characters of a header that could be one of ours
PATIENCE = 0.5  # seconds that Valkey may cost a request


class TokenAuthentication(BaseAuthentication):
    def authenticate(self, request: Request) -> tuple[User, ApiToken] | None:
        """None without such a header: the session decides. Raises for a wrong one."""
        scheme, _space, given = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() not in ("bearer", "basic"):
            return None
        found = _by_basic(given) if scheme.lower() == "basic" else _by_bearer(given)
        if found is None:
            caller = _Caller(request)
            if wait := caller.must_wait():
                raise Throttled(wait=wait)
            caller.has_failed()
            raise AuthenticationFailed
        return found

    def authenticate_header(self, request: Request) -> str:
        return 'Bearer realm="api"'


class HasScope(BasePermission):
    """A token does what its scopes say. A view's own `scope` is one that lets in besides `read` and `write`."""

    message = "This token's scopes do not include this."

    def has_permission(self, request: Request, view: APIView) -> bool:
        token = request.auth
        if not isinstance(token, ApiToken):
            return True
        wanted = Scope.READ if request.method in SAFE_METHODS else Scope.WRITE
        return token.may(wanted) or getattr(view, "scope", wanted) in token.scopes


def _by_bearer(given: str) -> tuple[User, ApiToken] | None:
    token = find_token(given.strip()) if len(given) <= LONGEST else None
    return (token.user, token) if token and token.user.is_active else None


def _by_basic(given: str) -> tuple[User, ApiToken] | None:
    """The e-mail address says who acts. An admin's token may act for others of the staff, any other for its owner."""
    try:
        name, _colon, secret = base64.b64decode(given, validate=True).decode().partition(":")
    except (binascii.Error, ValueError):
        return None
    address, _slash, way = name.rpartition("/")
    token = find_token(secret) if way == "token" and len(secret) <= LONGEST else None
    if token is None or not token.user.is_active:
        return None
    if address.strip().lower() == token.user.email:
        return token.user, token
    if "\0" in address:  # which PostgreSQL can't be asked for
        return None
    acting = User.objects.filter(email=address.strip().lower()[:254], is_active=True).first()
    return (acting, token) if acting and token.user.role == Role.ADMIN else None


class _Caller:
    """One network address; only a keyed hash of it is kept, for a minute."""

    def __init__(self, request: Request) -> None:
        address = str(request.META.get("REMOTE_ADDR", ""))
        digest = salted_hmac("helpdesk.accounts.token_authentication", address, algorithm="sha256").hexdigest()
        self.key = f"{settings.VALKEY_PREFIX}:api-failures:{digest[:24]}"

    def must_wait(self) -> int:
        """Seconds; 0 when it may try."""
        try:
            with _valkey() as link:
                failures = link.get(self.key)
                return max(int(link.ttl(self.key)), 1) if failures and int(failures) >= MOST_FAILURES else 0
        except redis.RedisError as error:
            logger.warning("Failed sign-ins to the API are not counted, Valkey is away: %s", error)
            return 0

    def has_failed(self) -> None:
        try:
            with _valkey() as link:
                if link.incr(self.key) == 1:
                    link.expire(self.key, WINDOW)
        except redis.RedisError as error:
            logger.warning("A failed sign-in to the API is not counted, Valkey is away: %s", error)


def _valkey() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=PATIENCE, socket_connect_timeout=PATIENCE, decode_responses=True
    )
