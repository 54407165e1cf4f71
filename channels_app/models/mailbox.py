"""Mailboxes elsewhere that mail is fetched from, and how far each of their folders has been read."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from channels_app.models.mail import ChannelAccount
from helpdesk.lib.sealing import seal, unseal


class MailProtocol(models.TextChoices):
    IMAP = "imap", "IMAP"
    POP3 = "pop3", "POP3"


class MailSecurity(models.TextChoices):
    TLS = "tls", _("TLS from the beginning")
    STARTTLS = "starttls", _("STARTTLS")
    NONE = "none", _("None: passwords can be read on the way")


class Afterwards(models.TextChoices):
    """What becomes of a mail there once its bytes are stored here."""

    LEAVE = "leave", _("Leave it as it is")
    SEEN = "seen", _("Mark it as read")
    MOVE = "move", _("Move it to another folder")
    DELETE = "delete", _("Delete it")


def inbox_alone() -> list[str]:
    return ["INBOX"]


class Mailbox(models.Model):
    """One mailbox on a server. What comes out of it came to `account`, whatever its mails say."""

    account = models.ForeignKey(
        ChannelAccount, models.CASCADE, related_name="mailboxes", verbose_name=_("inbox for its mails")
    )
    protocol = models.CharField(_("protocol"), max_length=4, choices=MailProtocol, default=MailProtocol.IMAP)
    host = models.CharField(_("server"), max_length=253)
    port = models.PositiveIntegerField(_("port"), null=True, blank=True, help_text=_("Empty: the usual one."))
    security = models.CharField(_("encryption"), max_length=8, choices=MailSecurity, default=MailSecurity.TLS)
    username = models.CharField(_("user name"), max_length=320)
    sealed_password = models.TextField(blank=True)
    folders = ArrayField(models.CharField(max_length=255), default=inbox_alone, verbose_name=_("folders"))
    afterwards = models.CharField(_("then"), max_length=8, choices=Afterwards, default=Afterwards.SEEN)
    move_to = models.CharField(_("move to"), max_length=255, blank=True)
    takes_old = models.BooleanField(
        _("also take what lies there already"), default=False, help_text=_("Otherwise only what comes from now on.")
    )
    is_active = models.BooleanField(_("active"), default=True)

    problem = models.CharField(max_length=500, blank=True, help_text=_("Why nothing can be fetched now."))
    problem_at = models.DateTimeField(null=True, blank=True)
    last_success_at = models.DateTimeField(null=True, blank=True, help_text=_("When it was last read to its end."))
    last_mail_at = models.DateTimeField(null=True, blank=True)
    waiting = models.PositiveIntegerField(default=0, help_text=_("Mails that were there and not yet stored."))
    updated_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "mailboxes"
        ordering = ["host", "username", "pk"]
        constraints = [models.UniqueConstraint(fields=["protocol", "host", "username"], name="mailbox_once")]

    def __str__(self) -> str:
        return f"{self.username} · {self.host}"

    @property
    def password(self) -> str:
        """Raises `CannotOpen` when SECRET_KEY is another than when it was sealed."""
        return unseal(self.sealed_password) if self.sealed_password else ""

    @password.setter
    def password(self, password: str) -> None:
        self.sealed_password = seal(password) if password else ""


class MailboxFolder(models.Model):
    """How far a folder was read by IMAP: (UIDVALIDITY, UID) names a mail for ever (RFC 3501 §2.3.1.1).

    `stored_uid` is the last whose bytes are stored, `settled_uid` the last with which was done what is done afterwards.
    """

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="folders_read")
    name = models.CharField(max_length=255)
    uidvalidity = models.BigIntegerField()
    stored_uid = models.BigIntegerField(default=0)
    settled_uid = models.BigIntegerField(default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "name"], name="mailbox_folder_once")]

    def __str__(self) -> str:
        return f"{self.name} to {self.stored_uid}"


class MailboxSeen(models.Model):
    """A mail of a POP3 mailbox that is dealt with, by the server's own name for it (UIDL, RFC 1939 §7)."""

    mailbox = models.ForeignKey(Mailbox, models.CASCADE, related_name="seen", db_index=False)
    uidl = models.CharField(max_length=255)
    is_ours = models.BooleanField(default=True, help_text=_("All of it is here; otherwise it stays there."))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["mailbox", "uidl"], name="mailbox_seen_once")]

    def __str__(self) -> str:
        return self.uidl
