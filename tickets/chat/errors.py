"""Why a chat does not do what was asked."""

from __future__ import annotations

from django.utils.translation import gettext as _

from helpdesk.accounts.models import User
from tickets.services.errors import Refused


class ChatOver(Refused):
    """Nothing more can be said in it; the ticket goes on."""

    def __init__(self) -> None:
        super().__init__(_("This chat is over."))


class NotYours(Refused):
    """Somebody else talks with this visitor, or nobody does yet: two people never answer the same one."""

    def __init__(self) -> None:
        super().__init__(_("You are not the one who talks with this visitor. Accept the chat or take it over first."))


class Taken(Refused):
    """A colleague was quicker."""

    def __init__(self, agent: User | None) -> None:
        super().__init__(_("%(name)s talks with this visitor already.") % {"name": agent or _("Somebody")})
