"""A whole macro as one change of a bulk edit: its words and changes on each ticket, filled in for that ticket."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from customers.actors import Actor
from helpdesk.accounts.models import User
from tickets import services
from tickets.automation import macros
from tickets.automation.kinds import BULK, Action, Change, Choices, read_id
from tickets.conditions.problems import Wrong
from tickets.models import DraftMode, Macro, Ticket


@dataclass(frozen=True)
class UseMacro(Action):
    """Here the words are sent: a bulk edit has no composer, and says before it begins to how many it writes."""

    widget = "choice"

    def read(self, value: object) -> str:
        if Macro.objects.filter(pk=read_id(value), is_active=True, deleted_at=None).exists():
            return str(value)
        raise Wrong(_("There is no such macro."))

    def choices(self, user: User) -> Choices:
        return [(str(offer.macro.pk), offer.macro.title) for offer in macros.usable(user, now=timezone.now())]

    def shown(self, value: Any) -> str:
        macro = Macro.objects.filter(pk=value).first()
        if macro is None:
            return str(value)
        writes = macros.mode_of(macro.actions) == DraftMode.REPLY
        return _("%(title)s, which replies to the customer") % {"title": macro.title} if writes else macro.title

    def bind(self, value: Any, actor: Actor) -> Change:
        user = actor.user
        macro = Macro.objects.visible_to(user).filter(pk=value, is_active=True).first() if user else None
        if user is None or macro is None or not macros.is_for(user, macro):
            raise services.Refused(_("There is no such macro."))
        return lambda ticket: _use(macro, ticket, user)


def _use(macro: Macro, ticket: Ticket, user: User) -> None:
    actor = Actor.agent(user)
    if html := macros.words_of(macro, ticket, user=user):
        files = [file.pk for file in macros.copy_files(macro, user=user, now=timezone.now())]
        write = services.add_reply if macros.mode_of(macro.actions) == DraftMode.REPLY else services.add_note
        write(ticket, html, actor=actor, attachment_ids=files, keeps_draft=True)
    macros.carry_out(ticket, macros.changes_in(macro), used=[macro.pk], user=user)


USE_MACRO = UseMacro("macro", gettext_lazy("Macro"), gettext_lazy("use the macro %(value)s"), scopes=frozenset({BULK}))
