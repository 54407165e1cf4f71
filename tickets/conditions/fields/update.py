"""What this update was: made or changed, by whom, through which channel, with which words. Triggers alone can ask."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from helpdesk.accounts.models import User
from tickets.conditions.choices import Choice, OneOf, Presence
from tickets.conditions.field import UPDATE, Field
from tickets.conditions.fields.people import PERSON_GONE, staff
from tickets.conditions.references import Reference
from tickets.conditions.scopes import TRIGGER
from tickets.conditions.sources import OfUpdate
from tickets.conditions.words import Code, Words
from tickets.models import Channel

if TYPE_CHECKING:
    from tickets.conditions.situation import Situation

AGENT, END_USER = "agent", "end_user"


class UpdateType(TextChoices):
    CREATE = "Create", _("opens the ticket")
    CHANGE = "Change", _("changes the ticket")


class CommentIs(TextChoices):
    """Zendesk's values; the third is any words at all."""

    PUBLIC = "true", _("public")
    PRIVATE = "false", _("an internal note")
    ANY = "not_relevant", _("there, public or not")
    SEEN = "requester_can_see_comment", _("there, and the requester can see it")


def _kind_of_update(it: Situation) -> tuple[Any, ...]:
    return (UpdateType.CREATE if it.update.is_new else UpdateType.CHANGE,)


def _comment(it: Situation) -> tuple[Any, ...]:
    message = it.update.message
    if message is None:
        return ()
    return (CommentIs.PRIVATE, CommentIs.ANY) if message.is_note else (CommentIs.PUBLIC, CommentIs.ANY, CommentIs.SEEN)


def _words(it: Situation) -> tuple[Any, ...]:
    return (it.update.message.text,) if it.update.message else ()


def _role(it: Situation) -> tuple[Any, ...]:
    if it.update.user:
        return (AGENT, it.update.user.pk)
    return (END_USER,) if it.update.customer else ()


def _channel(it: Situation) -> tuple[Any, ...]:
    return (it.update.channel,) if it.update.channel else ()


def _sender(it: Situation) -> tuple[Any, ...]:
    message = it.update.message
    return (message.from_address.lower(),) if message and message.from_address else ()


def _recipients(it: Situation) -> tuple[Any, ...]:
    message = it.update.message
    return tuple(address.lower() for address in (*message.to, *message.cc)) if message else ()


def _files(it: Situation) -> tuple[Any, ...]:
    return (True,) if it.update.has_files else ()


ROLES = Reference(
    User,
    PERSON_GONE,
    offered=staff,
    can_be_empty=False,
    words={AGENT: _("an agent"), END_USER: _("a customer")},
)
HERE = frozenset({TRIGGER})

FIELDS: tuple[Field, ...] = (
    Field("update_type", _("Update"), UPDATE, Choice(UpdateType), OfUpdate(_kind_of_update), scopes=HERE),
    Field("comment_is_public", _("Message"), UPDATE, OneOf(CommentIs), OfUpdate(_comment), scopes=HERE),
    Field("comment_includes_word", _("Words of the message"), UPDATE, Words(), OfUpdate(_words), scopes=HERE),
    Field("current_via_id", _("Channel of the update"), UPDATE, OneOf(Channel), OfUpdate(_channel), scopes=HERE),
    Field("role", _("Made by"), UPDATE, ROLES, OfUpdate(_role), scopes=HERE),
    Field("received_from", _("Message from address"), UPDATE, Code(is_folded=True), OfUpdate(_sender), scopes=HERE),
    Field("sent_to", _("Message to address"), UPDATE, Code(is_folded=True), OfUpdate(_recipients), scopes=HERE),
    Field("attachment", _("File with the message"), UPDATE, Presence(), OfUpdate(_files, is_costly=True), scopes=HERE),
)
