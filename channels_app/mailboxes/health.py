"""How a mailbox fares, in a word and a sentence."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels_app.models import Mailbox
from channels_app.setup.health import Health

SILENT = timedelta(minutes=5)  # it is looked at each minute


def health_of(mailbox: Mailbox, *, now: datetime | None = None) -> Health:
    """What matters most of all that is known."""
    now = now or timezone.now()
    if not mailbox.is_active:
        return Health("slate", _("paused"), _("What comes stays there, and is fetched later."))
    if mailbox.problem:
        return Health("red", _("broken"), mailbox.problem)
    if mailbox.last_success_at is None:
        return Health("slate", _("new"), _("It has not been read yet."))
    if mailbox.waiting:
        said = ngettext("%(n)s mail is being fetched.", "%(n)s mails are being fetched.", mailbox.waiting)
        return Health("blue", _("behind"), said % {"n": mailbox.waiting})
    if now - mailbox.last_success_at > SILENT:
        return Health("amber", _("silent"), _("It was not read for minutes: does the process for incoming mail run?"))
    return Health("green", _("read"))
