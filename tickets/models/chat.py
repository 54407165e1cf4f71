"""Live chat: the doors on web pages, who comes through them, and what is said (docs/decisions/chat.md)."""

from __future__ import annotations

from uuid import uuid4

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import get_random_string
from django.utils.translation import gettext_lazy as _

from customers.models import Customer
from helpdesk.accounts.models import Calendar, Team, User
from knowledge_base.models import HelpCentre
from tickets.models.inbox import Inbox
from tickets.models.message import Attachment, Message
from tickets.models.ticket import Ticket


def new_key() -> str:
    return get_random_string(20)


class Asked(models.TextChoices):
    NO = "no", _("not asked")
    OPTIONAL = "optional", _("asked, may be left empty")
    REQUIRED = "required", _("asked, must be given")


class ChatWidget(models.Model):
    """One door for chats: where it may stand, how it looks, what it asks, who answers.

    `key` names it in pages and is no secret. `texts` is language → {"title", "greeting", "placeholder", "offline"}.
    `fields` are questions before the chat, as those of a ContactForm (tickets/portal/form_fields.py).
    """

    key = models.CharField(max_length=20, unique=True, default=new_key)
    name = models.CharField(_("name"), max_length=80)
    inbox = models.ForeignKey(Inbox, models.PROTECT, related_name="chat_widgets", verbose_name=_("inbox"))
    team = models.ForeignKey(
        Team, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("team that answers")
    )
    calendar = models.ForeignKey(
        Calendar, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("hours")
    )
    centre = models.ForeignKey(
        HelpCentre, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("help centre")
    )
    is_active = models.BooleanField(_("active"), default=True)
    hue = models.PositiveSmallIntegerField(_("hue"), default=276, validators=[MaxValueValidator(359)])
    is_at_start = models.BooleanField(_("on the side where lines begin"), default=False)
    languages = ArrayField(models.CharField(max_length=8), default=list, verbose_name=_("languages"))
    texts = models.JSONField(default=dict)
    origins = ArrayField(
        models.CharField(max_length=200),
        default=list,
        blank=True,
        verbose_name=_("sites it may stand on"),
        help_text=_("Like https://shop.example; our own pages always may."),
    )
    asks_name = models.CharField(_("name"), max_length=8, choices=Asked, default=Asked.OPTIONAL)
    asks_email = models.CharField(_("e-mail address"), max_length=8, choices=Asked, default=Asked.OPTIONAL)
    fields = models.JSONField(default=list)
    needs_verified = models.BooleanField(_("only for visitors whom our site has signed in"), default=False)
    takes_files = models.BooleanField(_("visitors may send files"), default=True)
    shows_link_cards = models.BooleanField(_("cards for links"), default=False)
    suggests_articles = models.BooleanField(_("suggests articles"), default=True)
    watches_visitors = models.BooleanField(_("shows who is on the site"), default=False)
    asks_consent = models.BooleanField(_("nothing is told before the page says that the visitor agreed"), default=False)
    offer_seconds = models.PositiveSmallIntegerField(_("seconds to accept a chat"), default=30)
    quiet_minutes = models.PositiveSmallIntegerField(
        _("ends when the visitor is silent for"), default=30, help_text=_("Minutes; 0 is never.")
    )
    token_audience = models.CharField(_("audience of tokens"), max_length=200, blank=True)
    whatsapp = models.CharField(_("WhatsApp number to go on with"), max_length=20, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["name", "pk"]

    def __str__(self) -> str:
        return self.name


class KeyAlgorithm(models.TextChoices):
    HS256 = "HS256", _("Token signed with a shared secret (HS256)")
    RS256 = "RS256", _("Token signed with a private key (RS256)")
    HMAC = "HMAC", _("Hash of the user’s id (older way)")


class ChatKey(models.Model):
    """What the company's site signs its visitors' names with. Two may be in use while one follows the other."""

    widget = models.ForeignKey(ChatWidget, models.CASCADE, related_name="keys")
    kid = models.CharField(max_length=40, default=new_key)
    algorithm = models.CharField(max_length=5, choices=KeyAlgorithm)
    secret = models.TextField(blank=True, help_text=_("Sealed; see helpdesk/lib/sealing.py."))
    public_key = models.TextField(blank=True, help_text=_("PEM, for RS256."))
    created_at = models.DateTimeField(default=timezone.now)
    retired_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["widget", "kid"], name="chat_key_unique_kid")]

    def __str__(self) -> str:
        return f"{self.algorithm} {self.kid}"


class ChatVisitor(models.Model):
    """A browser that said something. `id` stands in the signed token that the browser keeps.

    What the page or the visitor merely says of them (`claimed_…`, `attributes`) is shown as said and proves nothing.
    """

    id = models.UUIDField(primary_key=True, default=uuid4)
    widget = models.ForeignKey(ChatWidget, models.CASCADE, related_name="visitors")
    customer = models.ForeignKey(
        Customer, models.SET_NULL, null=True, blank=True, related_name="chat_visitors", help_text=_("Once known.")
    )
    verified_at = models.DateTimeField(null=True, blank=True, help_text=_("A token of the company's site said who."))
    claimed_name = models.CharField(max_length=200, blank=True)
    claimed_email = models.EmailField(max_length=254, blank=True)
    attributes = models.JSONField(default=dict, blank=True)
    language = models.CharField(max_length=8, blank=True)
    page_url = models.CharField(max_length=1000, blank=True)
    page_title = models.CharField(max_length=200, blank=True)
    country = models.CharField(max_length=2, blank=True)
    agent = models.CharField(max_length=300, blank=True, help_text=_("What the browser calls itself."))
    first_seen_at = models.DateTimeField(default=timezone.now)
    last_seen_at = models.DateTimeField(default=timezone.now)

    class Meta:
        indexes = [models.Index(fields=["last_seen_at"], name="chat_visitor_seen")]

    def __str__(self) -> str:
        return self.claimed_name or f"#{str(self.pk)[:4].upper()}"


class ChatState(models.TextChoices):
    BOT = "bot", _("With the assistant")
    WAITING = "waiting", _("Waits for an agent")
    ACTIVE = "active", _("Under way")
    ENDED = "ended", _("Over")


LIVE = (ChatState.BOT, ChatState.WAITING, ChatState.ACTIVE)


class EndedBy(models.TextChoices):
    VISITOR = "visitor", _("the visitor")
    AGENT = "agent", _("the agent")
    SILENCE = "silence", _("silence")
    BOT = "bot", _("an answer of the assistant")
    NOBODY = "nobody", _("nobody being there")


class Chat(models.Model):
    """One conversation. Its ticket comes with the first words meant for people, and stays when the chat is over.

    `last_seq` numbers what is said, without gaps; whoever has everything up to a number asks for what comes after it.
    """

    key = models.UUIDField(unique=True, default=uuid4)
    widget = models.ForeignKey(ChatWidget, models.PROTECT, related_name="chats")
    visitor = models.ForeignKey(ChatVisitor, models.PROTECT, related_name="chats")
    ticket = models.ForeignKey(Ticket, models.CASCADE, null=True, blank=True, related_name="chats")
    state = models.CharField(max_length=8, choices=ChatState, default=ChatState.WAITING)
    team = models.ForeignKey(Team, models.SET_NULL, null=True, blank=True, related_name="chats")
    agent = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="chats")
    skills = ArrayField(models.CharField(max_length=60), default=list, blank=True)
    language = models.CharField(max_length=8, blank=True)
    answers = models.JSONField(default=dict, blank=True, help_text=_("To the widget's questions."))
    subject = models.CharField(max_length=200, blank=True)
    page_url = models.CharField(max_length=1000, blank=True)
    bot = models.JSONField(default=dict, blank=True, help_text=_("Where in its flow the assistant is."))

    last_seq = models.PositiveIntegerField(default=0)
    visitor_seen_seq = models.PositiveIntegerField(default=0)
    agent_seen_seq = models.PositiveIntegerField(default=0)
    last_said_at = models.DateTimeField(default=timezone.now)
    visitor_said_at = models.DateTimeField(
        null=True, blank=True, help_text=_("The oldest of the visitor's words that no agent has answered.")
    )

    started_at = models.DateTimeField(default=timezone.now)
    queued_at = models.DateTimeField(null=True, blank=True, help_text=_("Since when it waits for an agent."))
    goes_first = models.BooleanField(default=False, help_text=_("It was transferred: not to the end of the queue."))
    joined_at_position = models.PositiveSmallIntegerField(null=True, blank=True)
    told_seconds = models.PositiveIntegerField(null=True, blank=True, help_text=_("The wait that was announced."))
    accepted_at = models.DateTimeField(null=True, blank=True)
    first_reply_at = models.DateTimeField(null=True, blank=True)
    hold_until = models.DateTimeField(null=True, blank=True, help_text=_("When the agent said they would be back."))
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=8, choices=EndedBy, blank=True)

    class Meta:
        ordering = ["-pk"]
        indexes = [
            models.Index(fields=["ticket"], name="chat_of_ticket"),
            models.Index(fields=["team", "queued_at"], name="chat_waiting", condition=Q(state="waiting")),
            models.Index(fields=["agent"], name="chat_active", condition=Q(state="active")),
            models.Index(fields=["last_said_at"], name="chat_live", condition=~Q(state="ended")),
            models.Index(fields=["team", "-accepted_at"], name="chat_waited", condition=Q(accepted_at__isnull=False)),
            models.Index(fields=["ended_at"], name="chat_ended", condition=Q(ended_at__isnull=False)),
        ]
        constraints = [
            models.UniqueConstraint(fields=["visitor"], condition=~Q(state="ended"), name="chat_live_one_a_visitor"),
            models.CheckConstraint(condition=~Q(state="active") | Q(agent__isnull=False), name="chat_active_has_agent"),
        ]

    def __str__(self) -> str:
        return self.subject or str(self.visitor)

    @property
    def is_live(self) -> bool:
        return self.state != ChatState.ENDED


class Said(models.TextChoices):
    """Whose an entry of a chat is."""

    VISITOR = "visitor", _("Visitor")
    AGENT = "agent", _("Agent")
    BOT = "bot", _("Assistant")
    EVENT = "event", _("What happened")


class ChatEntry(models.Model):
    """One line of a chat, as both sides have it: never changed, and all of it may be seen by the visitor.

    The entry is the truth of the chat and is committed before anybody hears of it. What was said becomes a `Message`
    of the ticket a moment later (tickets/chat/settling.py). `payload` holds {"files": [attachment ids]}, for events
    {"kind", …}, for the assistant {"options", "articles"}.
    """

    chat = models.ForeignKey(Chat, models.CASCADE, related_name="entries")
    seq = models.PositiveIntegerField()
    said = models.CharField(max_length=8, choices=Said)
    client_id = models.UUIDField(null=True, blank=True, help_text=_("Made where it was written: twice is once."))
    author = models.ForeignKey(User, models.SET_NULL, null=True, blank=True, related_name="+")
    name = models.CharField(max_length=200, blank=True)
    text = models.TextField(blank=True)
    payload = models.JSONField(default=dict, blank=True)
    created_at = models.DateTimeField(default=timezone.now)
    is_settled = models.BooleanField(default=False, help_text=_("Its message is on the ticket, or it needs none."))
    message = models.OneToOneField(
        Message, models.SET_NULL, null=True, blank=True, related_name="chat_entry", help_text=_("Once settled.")
    )

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["chat", "seq"], name="chat_entry_unique_seq"),
            models.UniqueConstraint(fields=["chat", "client_id"], name="chat_entry_unique_client_id"),
        ]
        indexes = [models.Index(fields=["chat", "seq"], name="chat_entry_unsettled", condition=Q(is_settled=False))]

    def __str__(self) -> str:
        return f"{self.seq} {self.said}: {self.text[:60]}"


class ChatUpload(models.Model):
    """A file that a visitor has sent up; it goes out with their next words, or is deleted unsent."""

    visitor = models.ForeignKey(ChatVisitor, models.CASCADE, related_name="uploads")
    attachment = models.OneToOneField(Attachment, models.CASCADE, related_name="chat_upload")

    def __str__(self) -> str:
        return str(self.attachment)


class OfferState(models.TextChoices):
    OPEN = "open", _("Offered")
    ACCEPTED = "accepted", _("Accepted")
    DECLINED = "declined", _("Declined")
    EXPIRED = "expired", _("Not answered in time")
    WITHDRAWN = "withdrawn", _("No longer needed")


class ChatOffer(models.Model):
    """A waiting chat put before one person, who has until `expires_at` to say something."""

    chat = models.ForeignKey(Chat, models.CASCADE, related_name="offers")
    user = models.ForeignKey(User, models.CASCADE, related_name="chat_offers")
    state = models.CharField(max_length=9, choices=OfferState, default=OfferState.OPEN)
    reasons = ArrayField(models.CharField(max_length=300), default=list, blank=True)
    offered_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    answered_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["chat"], condition=Q(state="open"), name="chat_offered_once")]
        indexes = [
            models.Index(fields=["expires_at"], name="chat_offer_open", condition=Q(state="open")),
            models.Index(fields=["user", "-offered_at"], name="chat_offer_of_user"),
        ]

    def __str__(self) -> str:
        return f"{self.chat} to {self.user}"


class BlockedBy(models.TextChoices):
    VISITOR = "visitor", _("this browser")
    ADDRESS = "address", _("their network address")
    CUSTOMER = "customer", _("this customer")


class ChatBlock(models.Model):
    """Somebody who gets no more chats. Network addresses are kept as a keyed hash."""

    by = models.CharField(max_length=8, choices=BlockedBy)
    value = models.CharField(max_length=64)
    shown = models.CharField(max_length=200, help_text=_("What agents recognise it by."))
    reason = models.CharField(max_length=300, blank=True)
    made_by = models.ForeignKey(User, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    until = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-pk"]
        constraints = [models.UniqueConstraint(fields=["by", "value"], name="chat_block_unique")]

    def __str__(self) -> str:
        return self.shown
