"""What the ticket is: status, priority, type, tags, where it came in and who may see it."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import Team
from tickets.conditions.changes import Past
from tickets.conditions.choices import Choice, Flag, Presence
from tickets.conditions.field import TICKET, Field
from tickets.conditions.people_words import HasOneOf
from tickets.conditions.references import Reference
from tickets.conditions.scopes import EVERYWHERE, TRIGGER
from tickets.conditions.sources import WAITING_SINCE, Column, Related
from tickets.conditions.words import Code, Tags
from tickets.models import (
    Attachment,
    CcState,
    Channel,
    DeliveryState,
    Inbox,
    Message,
    Priority,
    PublicCase,
    Status,
    TicketCC,
    TicketType,
    Triage,
)

YES_NO = (("true", _("yes")), ("false", _("no")))
PUBLIC_PRIVATE = (("public", _("public: the customer can see it")), ("private", _("private: internal notes only")))


def public_messages() -> QuerySet[Message]:
    return Message.objects.public().filter(ticket=OuterRef("pk"))


def files() -> QuerySet[Attachment]:
    shown = Attachment.objects.exclude(message__delivery_state=DeliveryState.CANCELLED)
    return shown.filter(message__ticket=OuterRef("pk"))


def public_cases() -> QuerySet[PublicCase]:
    return PublicCase.objects.filter(ticket=OuterRef("pk"))


def copies() -> QuerySet[TicketCC]:
    return TicketCC.objects.filter(ticket=OuterRef("pk"), state=CcState.CC)


teams = Reference(Team, _("Team %(id)s no longer exists"), offered=Team.objects.all)
inboxes = Reference(Inbox, _("Inbox %(id)s no longer exists"), offered=Inbox.objects.all, can_be_empty=False)

FIELDS: tuple[Field, ...] = (
    Field(
        "status", _("Status"), TICKET, Choice(Status, is_ordered=True), Column("status"), past=Past("status.changed")
    ),
    Field(
        "priority", _("Priority"), TICKET, Choice(Priority, is_ordered=True), Column("priority"),
        past=Past("priority.changed", at_birth=("",)),
    ),
    Field("type", _("Type"), TICKET, Choice(TicketType), Column("type"), past=Past("type.changed", at_birth=("",))),
    Field("current_tags", _("Tags"), TICKET, Tags(), Column("tags")),
    Field("group_id", _("Team"), TICKET, teams, Column("team_id"), past=Past("team.changed", "old_id")),
    Field("inbox_id", _("Inbox"), TICKET, inboxes, Column("inbox_id"), past=Past("inbox.changed", "old_id")),
    Field("recipient", _("Received at address"), TICKET, Code(is_folded=True), Column("inbox__address")),
    Field("via_id", _("Channel"), TICKET, Choice(Channel), Column("channel")),
    Field("is_waiting", _("Customer waits for an answer"), TICKET, Flag(*YES_NO), WAITING_SINCE),
    Field("ticket_is_public", _("Visibility"), TICKET, Flag(*PUBLIC_PRIVATE), Related(public_messages, "pk", limit=1)),
    Field(
        "attachment", _("Attachment"), TICKET, Presence(), Related(files, "pk", limit=1, kept="has_files"),
        scopes=EVERYWHERE - {TRIGGER},
    ),
    Field(
        "public_triage", _("Public post"), TICKET, HasOneOf(Triage), Related(public_cases, "triage", limit=1),
    ),
    Field("cc", _("People in copy"), TICKET, Presence(), Related(copies, "pk", limit=1)),
)  # fmt: skip
