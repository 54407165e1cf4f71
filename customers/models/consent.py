"""The ledger of consents: what a customer said about being written to, when, and how we know."""

from __future__ import annotations

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models.customer import Customer
from helpdesk.accounts.models import User


class ContactChannel(models.TextChoices):
    """Ways in which we reach people: a phone number may be called and may be sent texts, which are two consents."""

    EMAIL = "email", _("E-mail")
    SMS = "sms", _("SMS")
    PHONE = "phone", _("Phone calls")
    WHATSAPP = "whatsapp", _("WhatsApp")
    MESSENGER = "messenger", _("Messenger")
    INSTAGRAM = "instagram", _("Instagram")
    TELEGRAM = "telegram", _("Telegram")
    X = "x", _("X")
    CHAT = "chat", _("Chat")


class Purpose(models.TextChoices):
    SUPPORT = "support", _("Answers to requests")
    SURVEY = "survey", _("Questions about our service")
    OUTREACH = "outreach", _("News and offers")


class ConsentSource(models.TextChoices):
    """How we know."""

    AGENT = "agent", _("An agent’s word")
    PREFERENCE_PAGE = "preference_page", _("The preference page")
    UNSUBSCRIBE = "unsubscribe", _("The unsubscribe button of a mail program")
    KEYWORD = "keyword", _("A word like STOP, sent as an answer")
    FORM = "form", _("A form that was filled in")
    IMPORT = "import", _("An import")
    API = "api", _("The company’s own system")
    COMPLAINT = "complaint", _("A complaint about spam")


class Consent(models.Model):
    """One thing that was said. Append-only: the newest row of customer, channel and purpose is in force."""

    customer = models.ForeignKey(Customer, models.CASCADE, related_name="consents")
    channel = models.CharField(max_length=12, choices=ContactChannel)
    purpose = models.CharField(max_length=8, choices=Purpose)
    is_given = models.BooleanField(help_text=_("False: it was refused, or taken back."))
    source = models.CharField(max_length=16, choices=ConsentSource)
    evidence = models.CharField(_("how we know"), max_length=300, blank=True)
    actor_user = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    actor_name = models.CharField(max_length=200)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ["pk"]
        indexes = [models.Index(fields=["customer", "channel", "purpose", "-id"], name="consent_in_force")]

    def __str__(self) -> str:
        return f"{self.purpose} by {self.channel}: {'yes' if self.is_given else 'no'}"
