"""What services of articles refuse."""

from __future__ import annotations

from django.utils.translation import gettext as _

from helpdesk.accounts.models import User


class Refused(Exception):
    """Against the rules; `field` is where a form shows it, empty for none in particular."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.message, self.field = message, field


class ChangedMeanwhile(Refused):
    """Somebody saved it after it was read: `by` says who, `version` what it is now."""

    def __init__(self, version: int, by: User | None) -> None:
        who = str(by) if by else _("Somebody")
        super().__init__(_("%(who)s has changed this text since you opened it.") % {"who": who})
        self.version, self.by = version, by
