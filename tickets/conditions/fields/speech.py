"""How customers write: the language that was worked out, and a tone that was heard, of ticket and message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext_lazy as _

from tickets.conditions.choices import Choice, OneOf
from tickets.conditions.field import TICKET, UPDATE, Field
from tickets.conditions.scopes import TRIGGER
from tickets.conditions.sources import Column, OfUpdate
from tickets.language import Language
from tickets.tone import Tone

if TYPE_CHECKING:
    from tickets.conditions.situation import Situation


def _language(it: Situation) -> tuple[Any, ...]:
    return (it.update.message.language,) if it.update.message else ()


def _tone(it: Situation) -> tuple[Any, ...]:
    return (it.update.message.tone,) if it.update.message else ()


HERE = frozenset({TRIGGER})

FIELDS: tuple[Field, ...] = (
    Field("language", _("Customer writes in"), TICKET, Choice(Language), Column("language")),
    Field("tone", _("Tone (a hint)"), TICKET, Choice(Tone), Column("tone")),
    Field("message_language", _("Language of the message"), UPDATE, OneOf(Language), OfUpdate(_language), scopes=HERE),
    Field("message_tone", _("Tone of the message (a hint)"), UPDATE, OneOf(Tone), OfUpdate(_tone), scopes=HERE),
)
