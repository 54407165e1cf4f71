"""The customers' own pages: forms by which they write to us, and what they wrote before their address was proved."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from helpdesk.accounts.models import Team
from knowledge_base.models import HelpCentre
from tickets.models.inbox import Inbox
from tickets.models.ticket import Priority, Ticket


class ContactForm(models.Model):
    """One topic of /contact/. `texts` is language → {"title", "description"}; `fields` a list of questions.

    A question: {"key", "kind", "texts": language → {"label", "help"}, "options": [{"value", "texts"}], "is_required",
    "shown_when": {"field": key, "is": [values]} or null}. tickets/portal/form_fields.py reads and checks it.
    """

    slug = models.SlugField(_("address"), max_length=60, unique=True)
    texts = models.JSONField(default=dict)
    fields = models.JSONField(default=list)
    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="contact_forms", verbose_name=_("answered from"))
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("team"))
    priority = models.CharField(_("priority"), max_length=8, choices=Priority, blank=True, default=Priority.NONE)
    tags = ArrayField(models.CharField(max_length=80), default=list, blank=True, verbose_name=_("tags"))
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveIntegerField(default=0)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        known: dict[str, str] = self.texts.get("en") or next(iter(self.texts.values()), {})
        return known.get("title", self.slug)


class RequestState(models.TextChoices):
    WAITING = "waiting", _("Waits for its link to be opened")
    OPENED = "opened", _("Became a ticket")
    WITHDRAWN = "withdrawn", _("Solved by an article")
    EXPIRED = "expired", _("Its link was never opened")


class ContactRequest(models.Model):
    """What somebody wrote into a form. It becomes a ticket when its link, sent to the address, is opened.

    Who is signed in has proved the address already: theirs is opened at once. `submit_key` is made with the page, so
    that sending the form twice is one request. The row is the mail's outbox as well, as with customers' IdentityLink.
    """

    form = models.ForeignKey(ContactForm, models.SET_NULL, null=True, related_name="requests")
    submit_key = models.UUIDField(unique=True)
    state = models.CharField(max_length=10, choices=RequestState, default=RequestState.WAITING)
    name = models.CharField(max_length=200, blank=True)
    email = models.EmailField(max_length=254)
    subject = models.CharField(max_length=200)
    text = models.TextField(max_length=20_000)
    answers = models.JSONField(default=dict)
    language = models.CharField(max_length=8)
    centre = models.ForeignKey(
        HelpCentre,
        models.SET_NULL,
        null=True,
        blank=True,
        related_name="+",
        help_text=_("Where the form was filled in."),
    )
    article_id = models.BigIntegerField(null=True, blank=True, help_text=_("Which article did not help."))
    visitor = models.CharField(max_length=32, blank=True)
    customer = models.ForeignKey(Customer, models.SET_NULL, null=True, blank=True, related_name="+")
    ticket = models.ForeignKey(Ticket, models.SET_NULL, null=True, blank=True, related_name="+")
    attempt = models.PositiveSmallIntegerField(default=0)
    mail_due_at = models.DateTimeField(null=True, blank=True)
    handed_over_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Set just before a server may have the mail; see channels_app.")
    )
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(
                fields=["mail_due_at"], name="contact_request_mail_due", condition=Q(mail_due_at__isnull=False)
            ),
            models.Index(fields=["expires_at"], name="contact_request_waiting", condition=Q(state="waiting")),
        ]

    def __str__(self) -> str:
        return self.subject


class ContactFile(models.Model):
    """A file of a request that is no ticket yet; its bytes go over to the message's attachment."""

    request = models.ForeignKey(ContactRequest, models.CASCADE, related_name="files")
    file = models.CharField(max_length=200)
    filename = models.CharField(max_length=255)
    content_type = models.CharField(max_length=127)
    size = models.PositiveBigIntegerField(help_text=_("In bytes."))
    sha256 = models.CharField(max_length=64)

    def __str__(self) -> str:
        return self.filename


class SignInLink(models.Model):
    """A link by which a customer signs in to their requests. Signed, used once, its row the mail's outbox.

    An address nobody knows gets a row and a mail as well, so that neither page nor clock tells who is a customer.
    """

    email = models.EmailField(max_length=254)
    language = models.CharField(max_length=8)
    centre = models.ForeignKey(
        HelpCentre, models.SET_NULL, null=True, blank=True, related_name="+", help_text=_("Where they asked for it.")
    )
    next_path = models.CharField(max_length=300, blank=True)
    attempt = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True, default=timezone.now)
    handed_over_at = models.DateTimeField(
        null=True, blank=True, help_text=_("Set just before a server may have the mail; see channels_app.")
    )
    last_error = models.CharField(max_length=500, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["due_at"], name="sign_in_link_due", condition=Q(due_at__isnull=False)),
            models.Index(fields=["email", "-created_at"], name="sign_in_link_of_address"),
        ]

    def __str__(self) -> str:
        return self.email
