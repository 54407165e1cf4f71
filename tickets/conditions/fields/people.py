"""Who has to do with the ticket: assignee, requester, organisation, followers, those mentioned, those who draft."""

from __future__ import annotations

from django.db.models import OuterRef, QuerySet
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from customers.models import Customer, Identity, IdentityKind, Organisation
from helpdesk.accounts.models import Role, User
from tickets.conditions.changes import Past
from tickets.conditions.choices import FlagOfMine
from tickets.conditions.field import PEOPLE, Field
from tickets.conditions.fields.ticket import YES_NO, copies
from tickets.conditions.references import Reference
from tickets.conditions.scopes import LIST
from tickets.conditions.sources import Column, Related
from tickets.conditions.words import Code, Words
from tickets.models import Draft, Follower, Mention


def staff() -> QuerySet[User]:
    return User.objects.filter(is_active=True).exclude(role=Role.COMPANY)


def takers() -> QuerySet[User]:
    return staff().exclude(role=Role.LIGHT)


def followers() -> QuerySet[Follower]:
    return Follower.objects.filter(ticket=OuterRef("pk"))


def mentions() -> QuerySet[Mention]:
    """A row for everybody who was named in a note, or whose team was."""
    return Mention.objects.filter(ticket=OuterRef("pk")).annotate(who=Coalesce("user_id", "team__members"))


def drafts() -> QuerySet[Draft]:
    return Draft.objects.filter(ticket=OuterRef("pk"))


def addresses() -> QuerySet[Identity]:
    return Identity.objects.filter(customer=OuterRef("requester_id"), kind=IdentityKind.EMAIL)


PERSON_GONE = _("Person %(id)s no longer exists")
# Zendesk's own rules ask whether the assignee is the requester. Here customers and staff are never the same person.
REQUESTER = {"requester_id": _("the requester")}
assignees = Reference(User, PERSON_GONE, offered=takers, of_users=True, words=REQUESTER)
colleagues = Reference(User, PERSON_GONE, offered=staff, of_users=True)
customers = Reference(Customer, _("Customer %(id)s no longer exists"), can_be_empty=False, lookup="customer")
organisations = Reference(Organisation, _("Organisation %(id)s no longer exists"), lookup="organisation")

FIELDS: tuple[Field, ...] = (
    Field(
        "assignee_id", _("Assignee"), PEOPLE, assignees, Column("assignee_id"), past=Past("assignee.changed", "old_id")
    ),
    Field(
        "requester_id", _("Requester"), PEOPLE, customers, Column("requester_id"),
        past=Past("requester.changed", "old_id"),
    ),
    Field(
        "organization_id", _("Organisation"), PEOPLE, organisations, Column("requester__organisation_id"),
        past=Past("requester.changed", "old_organisation_id"),
    ),
    Field("requester_address", _("Requester’s address"), PEOPLE, Words(is_folded=True), Related(addresses, "value")),
    Field("cc_address", _("Address in copy"), PEOPLE, Words(is_folded=True), Related(copies, "address")),
    Field("locale_id", _("Requester’s language"), PEOPLE, Code(can_be_empty=True), Column("requester__language")),
    Field("follower", _("Follower"), PEOPLE, colleagues, Related(followers, "user_id")),
    Field("mention", _("Mentioned"), PEOPLE, colleagues, Related(mentions, "who")),
    Field(
        "draft_of_mine", _("I have a draft"), PEOPLE, FlagOfMine(*YES_NO), Related(drafts, "user_id"),
        scopes=frozenset({LIST}),
    ),
)  # fmt: skip
