"""By what a customer is known on one channel, and how we know that it is theirs."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer


class IdentityKind(models.TextChoices):
    EMAIL = "email", _("E-mail")
    PHONE = "phone", _("Phone")
    WHATSAPP = "whatsapp", _("WhatsApp")
    MESSENGER = "messenger", _("Messenger")
    INSTAGRAM = "instagram", _("Instagram")
    TELEGRAM = "telegram", _("Telegram")
    X = "x", _("X")
    CHAT = "chat", _("Chat visitor")
    EXTERNAL = "external", _("External id")


class ProvedBy(models.TextChoices):
    """How we know that the identity belongs to the customer."""

    RECEIVED_MAIL = "received_mail", _("A mail received from it")
    RECEIVED = "received", _("A message received from it")
    WIDGET_TOKEN = "widget_token", _("A signed token of the chat widget")
    ONE_TIME_LINK = "one_time_link", _("A one-time link that was opened")
    API = "api", _("The company’s own system")
    AGENT = "agent", _("An agent's word")
    IMPORT = "import", _("An import")
    HEADER = "header", _("Named in a mail's header only")
    FORWARD = "forward", _("Claimed by a forwarded mail")
    CLAIMED = "claimed", _("Their own word in a chat")


# What nobody else could have done: these identities are never given to another customer without being asked.
PROOFS = frozenset((
    ProvedBy.RECEIVED_MAIL, ProvedBy.RECEIVED, ProvedBy.WIDGET_TOKEN, ProvedBy.ONE_TIME_LINK, ProvedBy.API,
))  # fmt: skip


class Identity(models.Model):
    """One address of a customer on one channel; `value` is normalised by `customers.identify.normalise`."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="identities")
    kind = models.CharField(max_length=16, choices=IdentityKind)
    value = models.CharField(max_length=320)
    proved_by = models.CharField(max_length=16, choices=ProvedBy)
    proved_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name_plural = "identities"
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["kind", "value"], name="identity_unique_kind_and_value")]
        indexes = [GinIndex(fields=["value"], opclasses=["gin_trgm_ops"], name="identity_value_trigrams")]

    def __str__(self) -> str:
        return self.value

    @property
    def is_verified(self) -> bool:
        return self.proved_by in PROOFS
