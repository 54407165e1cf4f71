"""API tokens: who a program acts for, and what it may do. Only a hash is kept: a token is shown when it is made.

A token is 256 random bits, so a plain SHA-256 of it gives nothing away and can be looked up by index.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterable
from datetime import datetime, timedelta

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

PREFIX = "ot_"
SHOWN = 8  # first characters of a token by which people tell theirs apart
USED_EVERY = timedelta(minutes=1)  # how exact `last_used_at` is


class Scope(models.TextChoices):
    """`write` includes the other two; `orders` is for shops: orders and customer events, and nothing else."""

    READ = "read", _("Read everything that its owner sees")
    WRITE = "write", _("Read and change everything that its owner may")
    ORDERS = "orders", _("Orders and customer events only")


class ApiToken(models.Model):
    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="api_tokens", verbose_name=_("acts for"))
    name = models.CharField(_("name"), max_length=80)
    scopes = ArrayField(models.CharField(max_length=20), verbose_name=_("may"))
    beginning = models.CharField(max_length=12)
    digest = models.CharField(max_length=64, unique=True)
    created_at = models.DateTimeField(default=timezone.now)
    last_used_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]

    def __str__(self) -> str:
        return self.name

    def may(self, scope: str) -> bool:
        return scope in self.scopes or (Scope.WRITE in self.scopes)


class IdempotentAnswer(models.Model):
    """What a request with an Idempotency-Key was answered, so that its repetition is answered the same."""

    user = models.ForeignKey("accounts.User", models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    request_digest = models.CharField(max_length=64)
    status = models.PositiveSmallIntegerField(default=0)
    body = models.JSONField(default=dict)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="idempotent_answer_once")]
        indexes = [models.Index(fields=["created_at"], name="idempotent_answer_age")]

    def __str__(self) -> str:
        return self.key


def create_token(user_id: int, *, name: str, scopes: Iterable[str]) -> tuple[ApiToken, str]:
    """The row, and the token itself, which nobody can tell later."""
    token = PREFIX + secrets.token_urlsafe(32)
    row = ApiToken.objects.create(
        user_id=user_id, name=name, scopes=sorted(scopes), beginning=token[:SHOWN], digest=digest_of(token)
    )
    return row, token


def digest_of(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


def find_token(token: str, *, now: datetime | None = None) -> ApiToken | None:
    """The row of a token that is good, its use noted. None for any other text."""
    row = ApiToken.objects.select_related("user").filter(digest=digest_of(token), revoked_at=None).first()
    if row is None:
        return None
    now = now or timezone.now()
    if row.last_used_at is None or now - row.last_used_at >= USED_EVERY:
        stale = Q(last_used_at=None) | Q(last_used_at__lt=now - USED_EVERY)
        ApiToken.objects.filter(stale, pk=row.pk).update(last_used_at=now)
    return row


def revoke_token(row: ApiToken, *, now: datetime | None = None) -> None:
    ApiToken.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=now or timezone.now())
