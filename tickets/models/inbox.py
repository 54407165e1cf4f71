from __future__ import annotations

from django.db import models
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Team


class Channel(models.TextChoices):
    """How a message travelled."""

    EMAIL = "email", _("E-mail")
    WEB = "web", _("Written in the workspace")
    SLACK = "slack", _("Slack")
    FORM = "form", _("Contact form")
    PORTAL = "portal", _("Help centre")
    CHAT = "chat", _("Live chat")
    PHONE = "phone", _("Phone")
    SMS = "sms", _("SMS")
    WHATSAPP = "whatsapp", _("WhatsApp")
    MESSENGER = "messenger", _("Messenger")
    INSTAGRAM = "instagram", _("Instagram")
    TELEGRAM = "telegram", _("Telegram")
    X = "x", _("X")
    GENERIC = "generic", _("Another network")


# What is said there travels through a provider's account (`channels_app.ProviderAccount`), as plain words.
MESSAGING = (
    Channel.SMS, Channel.WHATSAPP, Channel.MESSENGER, Channel.INSTAGRAM, Channel.TELEGRAM, Channel.X, Channel.GENERIC,
)  # fmt: skip


class Inbox(models.Model):
    """The door customers knock on, as agents see it; how its bytes travel is `channels_app.ChannelAccount`."""

    name = models.CharField(_("name"), max_length=80, unique=True)
    address = models.EmailField(_("address"), unique=True, help_text=_("What customers write to."))
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="inboxes", verbose_name=_("team for new tickets")
    )
    is_active = models.BooleanField(_("active"), default=True)

    class Meta:
        verbose_name_plural = "inboxes"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=models.Q(address=Lower("address")), name="inbox_address_is_lower_case")
        ]

    def __str__(self) -> str:
        return self.name
